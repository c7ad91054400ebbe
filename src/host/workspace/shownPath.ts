import * as vscode from 'vscode';

/**
 * How a document is named in a question: by its path in the workspace, else by its full path; an unsaved one by its name,
 * a cell of a notebook by the notebook and its number.
 */
export function shownPath(uri: vscode.Uri): string {
  if (uri.scheme === 'untitled') return uri.path;
  if (uri.scheme !== CELL) return vscode.workspace.asRelativePath(uri).replaceAll('\\', '/');
  const notebook = notebookOf(uri);
  const index = notebook?.getCells().findIndex(({ document }) => isSame(document.uri, uri)) ?? -1;
  const path = shownPath(notebook?.uri ?? uri.with({ scheme: 'file', fragment: '' }));
  return index < 0 ? path : `${path}, cell ${index + 1}`;
}

/** The name of a file without its folders. */
export function fileName(uri: vscode.Uri): string {
  return uri.path.split('/').at(-1) || uri.toString();
}

export function isSame(one: vscode.Uri, other: vscode.Uri): boolean {
  return one.path === other.path && one.toString() === other.toString();
}

/** The scheme of the documents that are the cells of notebooks. */
export const CELL = 'vscode-notebook-cell';

function notebookOf(cell: vscode.Uri): vscode.NotebookDocument | undefined {
  return vscode.workspace.notebookDocuments.find((notebook) =>
    notebook.getCells().some(({ document }) => isSame(document.uri, cell)),
  );
}
