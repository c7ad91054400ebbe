import * as vscode from 'vscode';
import { localBytes, localEntries, localStat } from '../storage/localFiles.ts';

/**
 * As `vscode.workspace.fs`, for reading many files: each of its calls goes to the window and back, which takes longer than
 * the disk does. Whatever lies on this machine's disk and is a plain file or folder is read from there; the
 * rest, and every error, comes from VS Code.
 */
export const quickFiles: Pick<vscode.FileSystem, 'stat' | 'readFile' | 'readDirectory'> = {
  async stat(uri) {
    const found = isLocal(uri) ? await localStat(uri.fsPath) : undefined;
    if (!found) return vscode.workspace.fs.stat(uri);
    const { kind, ...rest } = found;
    return { type: TYPES[kind], ...rest };
  },
  async readFile(uri) {
    const bytes = isLocal(uri) ? await localBytes(uri.fsPath) : undefined;
    return bytes ?? vscode.workspace.fs.readFile(uri);
  },
  async readDirectory(uri) {
    const entries = isLocal(uri) ? await localEntries(uri.fsPath) : undefined;
    if (!entries) return vscode.workspace.fs.readDirectory(uri);
    return entries.map(({ name, kind }) => [name, TYPES[kind]]);
  },
};

const TYPES = { file: vscode.FileType.File, folder: vscode.FileType.Directory };

/** An extension host finds the files of its own machine under this scheme, also on a remote one. */
function isLocal(uri: vscode.Uri): boolean {
  return uri.scheme === 'file';
}
