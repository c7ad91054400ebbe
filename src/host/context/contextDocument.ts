import * as vscode from 'vscode';

/** The scheme of the readonly document that shows the text of the context. */
export const CONTEXT_SCHEME = 'parley-context';

/** Shows the text of the context exactly as it is sent, in one readonly editor that is kept current while it is open. */
export interface ContextDocument extends vscode.Disposable {
  /** False when no context is sent. */
  show(): Promise<boolean>;
}

export function createContextDocument(
  shownText: () => Promise<string | undefined>,
  onChanged: vscode.Event<void>,
): ContextDocument {
  const uri = vscode.Uri.from({ scheme: CONTEXT_SCHEME, path: `/${vscode.l10n.t('Context')}` });
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const isOpen = (): boolean =>
    vscode.workspace.textDocuments.some((document) => document.uri.scheme === CONTEXT_SCHEME);
  const registrations = vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(CONTEXT_SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: async () => (await shownText()) ?? '',
    }),
    onChanged(() => {
      if (isOpen()) changed.fire(uri);
    }),
  );
  return {
    async show() {
      if ((await shownText()) === undefined) return false;
      // A document that VS Code still holds is as it was when it was shown last.
      changed.fire(uri);
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document, { preview: true });
      return true;
    },
    dispose() {
      registrations.dispose();
      changed.dispose();
    },
  };
}
