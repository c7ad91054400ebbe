import * as vscode from 'vscode';

/** The quick fix "Explain with Parley" on every problem, in every language. */
export function registerExplainAction(): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { pattern: '**' },
    { provideCodeActions: (document, _range, { diagnostics }) => actionsFor(document, diagnostics) },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

function actionsFor(
  { uri }: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction[] {
  const [first] = diagnostics;
  if (!first) return [];
  const title = vscode.l10n.t('Explain with Parley');
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [first];
  action.command = { command: 'parley.explainProblem', title, arguments: [uri, first.range] };
  return [action];
}
