import * as vscode from 'vscode';

/** The scheme of the readonly documents that show tables of tokens. */
export const TOKENS_SCHEME = 'parley-tokens';

/** Readonly documents whose text can be replaced while they are shown. */
export interface TokenDocuments extends vscode.Disposable {
  /** Opens a new document beside whatever is open. */
  show(name: string, text: string): Promise<TokenDocument>;
}

export interface TokenDocument {
  replace(text: string): void;
}

/** So many tables can be looked at again; the oldest are forgotten first. */
const REMEMBERED = 20;

export function createTokenDocuments(): TokenDocuments {
  const texts = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const registration = vscode.workspace.registerTextDocumentContentProvider(TOKENS_SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) =>
      texts.get(uri.toString()) ?? vscode.l10n.t('These figures are gone. Count again to see them.'),
  });
  let made = 0;

  function keep(uri: vscode.Uri, text: string): void {
    texts.set(uri.toString(), text);
    const oldest = texts.keys().next();
    if (texts.size > REMEMBERED && !oldest.done) texts.delete(oldest.value);
  }

  return {
    async show(name, text) {
      const uri = vscode.Uri.from({ scheme: TOKENS_SCHEME, path: `/${name}`, query: String(++made) });
      keep(uri, text);
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document, { preview: true });
      return {
        replace(next) {
          keep(uri, next);
          changed.fire(uri);
        },
      };
    },
    dispose() {
      registration.dispose();
      changed.dispose();
    },
  };
}
