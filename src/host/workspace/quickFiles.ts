import * as vscode from 'vscode';
import { type LocalStat, localEntries, localFile, localStat } from '../storage/localFiles.ts';

/**
 * As `vscode.workspace.fs`, for reading many files: each of its calls goes to the window and back, which takes longer than
 * the disk does. Whatever lies on this machine's disk and is a plain file or folder is read from there; the
 * rest, and every error, comes from VS Code.
 */
export const quickFiles: QuickFiles = {
  async stat(uri) {
    const found = isLocal(uri) ? await localStat(uri.fsPath) : undefined;
    return found ? told(found) : vscode.workspace.fs.stat(uri);
  },
  async readFile(uri) {
    const found = isLocal(uri) ? await localFile(uri.fsPath, () => true) : undefined;
    return found?.bytes ?? vscode.workspace.fs.readFile(uri);
  },
  async readIf(uri, isWanted) {
    const found = isLocal(uri) ? await localFile(uri.fsPath, (stat) => isWanted(told(stat))) : undefined;
    if (found) return { ...found, stat: told(found.stat) };
    const stat = await vscode.workspace.fs.stat(uri);
    return isWanted(stat) ? { stat, bytes: await vscode.workspace.fs.readFile(uri) } : { stat };
  },
  async readDirectory(uri) {
    const entries = isLocal(uri) ? await localEntries(uri.fsPath) : undefined;
    if (!entries) return vscode.workspace.fs.readDirectory(uri);
    return entries.map(({ name, kind }) => [name, TYPES[kind]]);
  },
};

export interface QuickFiles extends Pick<vscode.FileSystem, 'stat' | 'readFile' | 'readDirectory'> {
  /** A file, and what it holds if that is wanted of what it is. */
  readIf(
    uri: vscode.Uri,
    isWanted: (stat: vscode.FileStat) => boolean,
  ): Promise<{ readonly stat: vscode.FileStat; readonly bytes?: Uint8Array }>;
}

function told({ kind, ...rest }: LocalStat): vscode.FileStat {
  return { type: TYPES[kind], ...rest };
}

const TYPES = { file: vscode.FileType.File, folder: vscode.FileType.Directory };

/** An extension host finds the files of its own machine under this scheme, also on a remote one. */
function isLocal(uri: vscode.Uri): boolean {
  return uri.scheme === 'file';
}
