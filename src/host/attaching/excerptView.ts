import * as vscode from 'vscode';
import type { ExcerptPart } from '../../core/conversation/parts.ts';

/** Shows what an excerpt holds, as it was attached, in a read-only editor. */
export interface ExcerptView extends vscode.Disposable {
  show(part: ExcerptPart): Promise<void>;
}

const SCHEME = 'parley-excerpt';
/** An editor that was left open longer ago shows nothing after a reload anyway. */
const MOST_REMEMBERED = 50;

export function createExcerptView(): ExcerptView {
  const texts = new Map<string, string>();
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
  });
  let shown = 0;
  return {
    async show({ label, languageId, text }) {
      const name = label.replace(/[\\/:*?"<>|]+/g, ' ').trim();
      const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${++shown}/${name}` });
      texts.set(uri.toString(), text);
      for (const oldest of texts.keys()) {
        if (texts.size <= MOST_REMEMBERED) break;
        texts.delete(oldest);
      }
      const document = await vscode.workspace.openTextDocument(uri);
      const known = await vscode.languages.getLanguages();
      if (known.includes(languageId)) await vscode.languages.setTextDocumentLanguage(document, languageId);
      await vscode.window.showTextDocument(document, { preview: true });
    },
    dispose: () => provider.dispose(),
  };
}
