import * as vscode from 'vscode';
import { type Result, succeed } from '../../core/ports.ts';
import { homeFolder } from '../storage/location.ts';

/** Where a file shall go: the given place, else what the user chooses. Undefined when they choose none. */
export async function askWhereTo(
  given: unknown,
  name: string,
  title: string,
  filters: Readonly<Record<string, readonly string[]>>,
): Promise<vscode.Uri | undefined> {
  if (given instanceof vscode.Uri) return given;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homeFolder());
  const defaultUri = vscode.Uri.joinPath(folder, name);
  return vscode.window.showSaveDialog({ defaultUri, title, filters: mutable(filters) });
}

/** Which file shall come in. Undefined when the user chooses none. */
export async function askWhichFile(given: unknown): Promise<vscode.Uri | undefined> {
  if (given instanceof vscode.Uri) return given;
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Import Conversation or Backup'),
    openLabel: vscode.l10n.t('Import'),
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homeFolder()),
    filters: { [vscode.l10n.t('Exports and backups of Parley')]: ['json', 'zip'] },
  });
  return chosen?.[0];
}

/** A title as the name of a file, without ending. */
export function fileNameOf(title: string): string {
  const words = title.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}._]+/gu, '-');
  const letters = [...words.replace(/^[-.]+/, '')].slice(0, 60);
  return letters.join('').replace(/[-.]+$/, '') || 'conversation';
}

/** What was written. */
export interface Written {
  readonly place: vscode.Uri;
  /** How many of the attachments that belong to it are gone. */
  readonly missing?: number;
}

/**
 * Has a file written at a path of this machine and brings it to its place, which may lie elsewhere: an extension runs where the
 * workspace is, and the dialog also offers other places.
 */
export async function writeAt(
  target: vscode.Uri,
  scratch: vscode.Uri,
  write: (file: string) => Promise<Result<unknown>>,
): Promise<Result<Written>> {
  const isHere = target.scheme === 'file';
  const here = isHere ? target : scratch;
  try {
    const written = await write(here.fsPath);
    if (!written.ok) return written;
    if (!isHere) await vscode.workspace.fs.copy(here, target, { overwrite: true });
    return succeed({ place: target });
  } catch (error) {
    return { ok: false, failure: { kind: 'storage', message: messageOf(error) } };
  } finally {
    if (!isHere) await removeQuietly(scratch);
  }
}

/** Reads a file that may lie elsewhere from a path of this machine. */
export async function readFrom<T>(
  source: vscode.Uri,
  scratch: vscode.Uri,
  read: (file: string) => Promise<Result<T>>,
): Promise<Result<T>> {
  if (source.scheme === 'file') return read(source.fsPath);
  try {
    await vscode.workspace.fs.copy(source, scratch, { overwrite: true });
    return await read(scratch.fsPath);
  } catch (error) {
    return { ok: false, failure: { kind: 'storage', message: messageOf(error) } };
  } finally {
    await removeQuietly(scratch);
  }
}

async function removeQuietly(uri: vscode.Uri): Promise<void> {
  await vscode.workspace.fs.delete(uri).then(undefined, () => undefined);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function mutable(filters: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(filters).map(([name, endings]) => [name, [...endings]]));
}
