import * as vscode from 'vscode';
import { LONGEST_TEXT, messageOf, problemAt } from './fileText.ts';
import { type Found, foundNothing } from './found.ts';
import { notebookPatterns } from './languages.ts';
import { cellsIn } from './nbformat.ts';
import { type NotebookCell, notebookText } from './notebookText.ts';
import { fileName, isSame, shownPath } from './shownPath.ts';

/** Whether VS Code opens a file as a notebook: it does so now, or an extension claims its name. */
export function isNotebook(uri: vscode.Uri): boolean {
  const name = fileName(uri).toLowerCase();
  return (
    openNotebook(uri) !== undefined || notebookPatterns().some((pattern) => fits(name, pattern.toLowerCase()))
  );
}

/** Why a notebook could not be taken; gone is what will not come back by itself. */
export interface Unreadable {
  readonly isGone: boolean;
  readonly sentence: string;
}

/** A notebook as text, with unsaved cells, also one that was never saved, and the pictures among its outputs. Never throws. */
export async function notebookAt(uri: vscode.Uri): Promise<Found> {
  const now = await notebookNow(uri);
  return 'sentence' in now ? foundNothing(now.sentence) : now;
}

/** The same for one who compares: what cannot be read at the moment is told from what is gone. Never throws. */
export async function notebookNow(uri: vscode.Uri): Promise<Found | Unreadable> {
  const open = openNotebook(uri);
  // One that nobody looks at stays open after its file is gone, and may even count as changed.
  const problem = open?.isUntitled ? undefined : await problemAt(uri);
  if (problem) return problem;
  try {
    const notebook = open ?? (await vscode.workspace.openNotebookDocument(uri));
    return foundNotebook(shownPath(uri), notebook.getCells().map(cellOf), uri);
  } catch (error) {
    const name = shownPath(uri);
    const sentence = vscode.l10n.t('{0} cannot be opened as a notebook: {1}', name, messageOf(error));
    return { isGone: false, sentence };
  }
}

function openNotebook(uri: vscode.Uri): vscode.NotebookDocument | undefined {
  return vscode.workspace.notebookDocuments.find(
    (notebook) => !notebook.isClosed && isSame(notebook.uri, uri),
  );
}

/** A Jupyter notebook of which only the text is known; undefined when it is none. */
export function notebookInText(name: string, text: string): Found | undefined {
  const cells = cellsIn(text);
  return cells && foundNotebook(name, cells);
}

function foundNotebook(label: string, cells: readonly NotebookCell[], uri?: vscode.Uri): Found {
  const name = label.split('/').at(-1) ?? label;
  const isBlank = cells.every((cell) => cell.text.trim() === '' && cell.outputs.length === 0);
  if (isBlank) return foundNothing(vscode.l10n.t('{0} is empty, so there is nothing to attach.', name));
  const { text, pictures } = notebookText(name, cells);
  if (text.length > LONGEST_TEXT) {
    return foundNothing(vscode.l10n.t('{0} has more text than can be attached.', name));
  }
  const address = uri ? { uri: uri.toString() } : {};
  return {
    parts: [{ kind: 'excerpt', origin: 'notebook', label, languageId: 'markdown', text, ...address }],
    pictures,
    sentences: [],
  };
}

function cellOf({ kind, document, outputs }: vscode.NotebookCell): NotebookCell {
  return {
    kind: kind === vscode.NotebookCellKind.Code ? 'code' : 'markup',
    languageId: document.languageId,
    text: document.getText(),
    outputs: outputs.map(({ items }) => items),
  };
}

/** Claims are patterns of names such as `*.ipynb`; more than stars is hardly ever in them. */
function fits(name: string, pattern: string): boolean {
  const last = pattern.split('/').at(-1) ?? '';
  const parts = last.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return /[^*]/.test(last) && new RegExp(`^${parts.join('.*')}$`).test(name);
}
