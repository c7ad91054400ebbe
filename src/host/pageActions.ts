import * as vscode from 'vscode';
import type { CodePart, ExcerptPart, Part, UpdatePart } from '../core/conversation/parts.ts';
import { removedText } from '../core/request/packRemovals.ts';
import type { ExcerptView } from './attaching/excerptView.ts';

/** Opens a link the page was clicked on. Only web and mail addresses leave the editor. */
export async function openLink(href: string): Promise<void> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(href)?.[1]?.toLowerCase();
  if (scheme !== 'https' && scheme !== 'http' && scheme !== 'mailto') {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Parley opens web and mail links only: {0}', href.slice(0, 200)),
    );
    return;
  }
  await vscode.env.openExternal(vscode.Uri.parse(href, true));
}

export async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
}

/** Replaces the selections of the editor used last; without one the code goes into a new file. */
export async function insertAtCursor(text: string): Promise<void> {
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
  if (!editor) return openNewFile(text, 'plaintext');
  const done = await editor.edit((edit) => {
    for (const selection of editor.selections) edit.replace(selection, text);
  });
  if (done) return void (await vscode.window.showTextDocument(editor.document, editor.viewColumn));
  void vscode.window.showWarningMessage(vscode.l10n.t('This file cannot be changed.'));
}

/** Opens text as an untitled document; a language VS Code does not know becomes plain text. */
export async function openNewFile(text: string, language: string): Promise<void> {
  const known = await vscode.languages.getLanguages();
  const languageId = known.find((id) => id === language.toLowerCase()) ?? ALIASES[language.toLowerCase()];
  const usable = languageId !== undefined && known.includes(languageId);
  const document = await vscode.workspace.openTextDocument({
    content: text,
    ...(usable ? { language: languageId } : {}),
  });
  await vscode.window.showTextDocument(document);
}

/** Puts a command into the terminal without running it: Enter stays with the user. */
export async function runInTerminal(text: string): Promise<void> {
  const terminal = vscode.window.activeTerminal ?? vscode.window.createTerminal();
  terminal.show();
  terminal.sendText(text.trimEnd(), false);
}

/**
 * Shows where an attachment came from, or what it holds where it came from no place; says so when that is gone.
 * Pictures that are stored here the page shows itself.
 */
export async function openPart(
  part: Part | undefined,
  excerpts: Pick<ExcerptView, 'show'>,
  tell: (sentence: string) => void = warn,
): Promise<void> {
  switch (part?.kind) {
    case 'code':
      return openCode(part, tell);
    case 'excerpt':
      return part.origin === 'folder' && part.uri !== undefined
        ? openUri('revealInExplorer', part.uri, part.label, tell)
        : excerpts.show(part);
    case 'update':
      return excerpts.show(excerptOf(part));
    case 'document':
      return part.uri === undefined ? undefined : openUri('vscode.open', part.uri, part.label, tell);
    case 'image':
      return part.source.type === 'url' ? openLink(part.source.url) : undefined;
  }
}

/** What an update says, as it was sent. VS Code tells the language of a whole file by its name. */
function excerptOf({ path, form, text, removed }: UpdatePart): ExcerptPart {
  if (removed) {
    const label = vscode.l10n.t('Removed files');
    return { kind: 'excerpt', origin: 'file', label, languageId: '', text: removedText(removed) };
  }
  const label = form === 'diff' ? vscode.l10n.t('{0} (changes)', path) : path;
  const languageId = form === 'diff' ? 'diff' : '';
  return { kind: 'excerpt', origin: 'file', label, languageId, text };
}

async function openCode(part: CodePart, tell: (sentence: string) => void): Promise<void> {
  try {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(part.uri, true));
    const end = document.lineAt(Math.min(part.endLine, document.lineCount) - 1).range.end;
    const start = new vscode.Position(Math.min(part.startLine, document.lineCount) - 1, 0);
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(start, end) });
  } catch {
    tell(gone(part.path));
  }
}

async function openUri(
  command: string,
  uri: string,
  label: string,
  tell: (sentence: string) => void,
): Promise<void> {
  const target = vscode.Uri.parse(uri, true);
  try {
    await vscode.workspace.fs.stat(target);
    await vscode.commands.executeCommand(command, target);
  } catch {
    tell(gone(label));
  }
}

function gone(name: string): string {
  return vscode.l10n.t('{0} cannot be opened any more.', name);
}

function warn(sentence: string): void {
  void vscode.window.showWarningMessage(sentence);
}

/** Names that Markdown fences use where VS Code has another id. */
const ALIASES: Readonly<Record<string, string>> = {
  ts: 'typescript',
  tsx: 'typescriptreact',
  js: 'javascript',
  jsx: 'javascriptreact',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'shellscript',
  bash: 'shellscript',
  shell: 'shellscript',
  zsh: 'shellscript',
  console: 'shellscript',
  ps1: 'powershell',
  yml: 'yaml',
  md: 'markdown',
  cs: 'csharp',
  'c++': 'cpp',
  text: 'plaintext',
};
