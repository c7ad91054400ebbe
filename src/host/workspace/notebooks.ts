import * as vscode from 'vscode';
import { LONGEST_TEXT, messageOf } from './fileText.ts';
import { type Found, foundNothing } from './found.ts';
import { notebookPatterns } from './languages.ts';
import { cellsIn } from './nbformat.ts';
import { type NotebookCell, notebookText } from './notebookText.ts';
import { fileName, isSame, shownPath } from './shownPath.ts';

/** Whether VS Code opens a file as a notebook: it does so now, or an extension claims its name. */
export function isNotebook(uri: vscode.Uri): boolean {
  const name = fileName(uri).toLowerCase();
  return (
    vscode.workspace.notebookDocuments.some((notebook) => isSame(notebook.uri, uri)) ||
    notebookPatterns().some((pattern) => fits(name, pattern.toLowerCase()))
  );
}

/** A notebook as text, with unsaved cells, and the pictures among its outputs. Never throws. */
export async function notebookAt(uri: vscode.Uri): Promise<Found> {
  try {
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    return foundNotebook(shownPath(uri), notebook.getCells().map(cellOf), uri);
  } catch (error) {
    const sentence = vscode.l10n.t(
      '{0} cannot be opened as a notebook: {1}',
      shownPath(uri),
      messageOf(error),
    );
    return foundNothing(sentence);
  }
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
