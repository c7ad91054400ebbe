import * as vscode from 'vscode';

/** Which files the user has been at. */
export interface RecentEditors extends vscode.Disposable {
  /** URIs as strings, the newest first: the active editor, those before it, then the other open tabs. */
  list(): readonly string[];
}

/** So many editors are remembered. */
const REMEMBERED = 50;

export function createRecentEditors(): RecentEditors {
  let seen: readonly string[] = [];
  const note = (editor: vscode.TextEditor | undefined): void => {
    if (!editor || NO_FILES.has(editor.document.uri.scheme)) return;
    const uri = editor.document.uri.toString();
    seen = [uri, ...seen.filter((other) => other !== uri)].slice(0, REMEMBERED);
  };
  note(vscode.window.activeTextEditor);
  const listening = vscode.window.onDidChangeActiveTextEditor(note);
  return {
    list: () => [...new Set([...seen, ...openTabs().map((uri) => uri.toString())])],
    dispose: () => listening.dispose(),
  };
}

/** The files of all tabs, the active ones of each group first. */
export function openTabs(): readonly vscode.Uri[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs
    .toSorted((one, other) => Number(other.isActive) - Number(one.isActive))
    .flatMap(({ input }) =>
      input instanceof vscode.TabInputText ||
      input instanceof vscode.TabInputCustom ||
      input instanceof vscode.TabInputNotebook
        ? [input.uri]
        : [],
    )
    .filter(({ scheme }) => !NO_FILES.has(scheme));
}

/** Schemes of outputs, input boxes and documents that only show something. */
const NO_FILES: ReadonlySet<string> = new Set([
  'output',
  'debug',
  'comment',
  'vscode-interactive-input',
  'parley-tokens',
  'parley-context',
]);
