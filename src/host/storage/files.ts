import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Failure } from '../../core/conversation/model.ts';

/** A file system error as a failure: the system's code and nothing that could hold a secret. */
export function storageFailure(error: unknown): Failure {
  const code = errorCode(error);
  return { kind: 'storage', message: code ?? (error instanceof Error ? error.message : String(error)) };
}

/** The system's error code (`ENOENT`), where there is one. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** The text of a file, or undefined when it is not there. Other errors are thrown. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await fs.readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** As `readIfThere`, the bytes. */
export async function readBytesIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await fs.readFile(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** False only where it is certain that nothing has this name. */
export async function isThere(file: string): Promise<boolean> {
  try {
    await fs.stat(file);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ENOENT';
  }
}

/** Takes a file, or the names in a folder, to the device. Windows opens no folders; there the file system keeps names by itself. */
export async function syncPath(name: string, kind: 'file' | 'folder'): Promise<void> {
  if (kind === 'folder' && process.platform === 'win32') return;
  const handle = await fs.open(name, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The JSON value in a file; undefined when it is missing, unreadable or broken. Never for what could not be made anew. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await fs.readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Replaces a file in one step, so that a crash leaves the old or the new text and never half of one. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await fs.writeFile(draft, text, { mode: 0o600 });
    await fs.rename(draft, file);
  } catch (error) {
    await fs.rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}
