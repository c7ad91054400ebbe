import * as vscode from 'vscode';
import { currentSettings } from '../settings.ts';
import { INSTRUCTION_FILES, type InstructionFile, instructionTexts, MOST_BYTES } from './instructionTexts.ts';

/**
 * AGENTS.md and CLAUDE.md at the root of each workspace folder, as they lie on disk. Empty in Restricted Mode
 * and with the setting `parley.useInstructionFiles` off; never fails. What is there but left out is said in
 * a line to `log`.
 */
export async function readInstructionFiles(log: (line: string) => void): Promise<readonly InstructionFile[]> {
  if (!vscode.workspace.isTrusted || !currentSettings().useInstructionFiles) return [];
  const folders = vscode.workspace.workspaceFolders ?? [];
  const places = folders.flatMap((folder) =>
    INSTRUCTION_FILES.map((file) => ({
      name: folders.length > 1 ? `${folder.name}/${file}` : file,
      uri: vscode.Uri.joinPath(folder.uri, file),
    })),
  );
  const found = await Promise.all(
    places.map(async ({ name, uri }) => {
      const bytes = await read(uri, name, log);
      return bytes ? [{ name, bytes }] : [];
    }),
  );
  return instructionTexts(found.flat());
}

/** Calls back when `readInstructionFiles` may give something else, except after a change of settings. */
export function onInstructionFilesChanged(listener: () => void): vscode.Disposable {
  let watchers = watch(listener);
  const folders = vscode.workspace.onDidChangeWorkspaceFolders(() => {
    watchers.dispose();
    watchers = watch(listener);
    listener();
  });
  const trust = vscode.workspace.onDidGrantWorkspaceTrust(listener);
  return new vscode.Disposable(() => {
    folders.dispose();
    trust.dispose();
    watchers.dispose();
  });
}

async function read(
  uri: vscode.Uri,
  name: string,
  log: (line: string) => void,
): Promise<Uint8Array | undefined> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    const bytes = size > MOST_BYTES ? undefined : await vscode.workspace.fs.readFile(uri);
    if (bytes && bytes.length <= MOST_BYTES) return bytes;
    log(`${name} is larger than ${MOST_BYTES / 1024} KB and is left out of the instructions.`);
  } catch (error) {
    const code = error instanceof vscode.FileSystemError ? error.code : 'Unknown';
    if (code !== 'FileNotFound') log(`${name} could not be read (${code}) and is left out.`);
  }
  return undefined;
}

function watch(listener: () => void): vscode.Disposable {
  const watchers = (vscode.workspace.workspaceFolders ?? []).map((folder) => {
    const pattern = new vscode.RelativePattern(folder, `{${INSTRUCTION_FILES.join(',')}}`);
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    watcher.onDidCreate(listener);
    watcher.onDidChange(listener);
    watcher.onDidDelete(listener);
    return watcher;
  });
  return vscode.Disposable.from(...watchers);
}
