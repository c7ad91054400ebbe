import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Failure } from '../../core/conversation/model.ts';
import { type AttachmentStore, fail, GONE, NOT_READ, type Result, succeed } from '../../core/ports.ts';
import { sha256Of } from '../sha256.ts';
import { errorCode, readBytesIfThere, storageFailure, syncPath } from './files.ts';
import { isHash } from './names.ts';

/** The folder beside the attachments for those that nothing seems to name any more (see `collecting.ts`). */
export const UNUSED = 'unused';

/** How much base64 stays in memory, in characters (one byte each): every request needs it again. */
const REMEMBERED = 64 * 1024 * 1024;

/**
 * Attachments as files `<folder>/<sha256>`, never changed once written. What is read is checked against its
 * name, so that a request never carries a damaged picture.
 */
export function createAttachmentStore(folder: string): AttachmentStore {
  const memory = createMemory(REMEMBERED);

  async function load(sha256: string, encoding: 'base64' | 'utf8'): Promise<Result<string>> {
    // A name that is no hash could be a path to anywhere.
    if (!isHash(sha256)) return fail(gone('not an attachment'));
    const key = `${encoding} ${sha256}`;
    const known = memory.recall(key);
    if (known !== undefined) return succeed(known);
    try {
      const bytes = await read(folder, sha256);
      if ((await sha256Of(bytes)) !== sha256) return fail(gone('attachment damaged'));
      const text = bytes.toString(encoding);
      memory.remember(key, text);
      return succeed(text);
    } catch (error) {
      return fail(
        errorCode(error) === 'ENOENT' ? gone('ENOENT') : { ...storageFailure(error), code: NOT_READ },
      );
    }
  }

  return {
    async put(bytes) {
      try {
        const sha256 = await sha256Of(bytes);
        await store(path.join(folder, sha256), bytes);
        return succeed({ sha256 });
      } catch (error) {
        return fail(storageFailure(error));
      }
    },
    base64: (sha256) => load(sha256, 'base64'),
    text: (sha256) => load(sha256, 'utf8'),
  };
}

function gone(message: string): Failure {
  return { kind: 'storage', code: GONE, message };
}

/** What was set aside is wanted after all when it is read. */
async function read(folder: string, sha256: string): Promise<Buffer> {
  const file = path.join(folder, sha256);
  try {
    return await fs.readFile(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    // Whoever else wants it may have been faster.
    await fs.rename(path.join(folder, UNUSED, sha256), file).catch(unlessGone);
    await touch(file);
    return await fs.readFile(file);
  }
}

/** What is young is not collected. False when the file is gone. */
async function touch(file: string): Promise<boolean> {
  const now = new Date();
  return fs.utimes(file, now, now).then(
    () => true,
    (error: unknown) => errorCode(error) !== 'ENOENT',
  );
}

function unlessGone(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') throw error;
}

/**
 * Written aside and flushed before it gets its name, so that under that name there is never half of it; then the name is flushed.
 * What lies there damaged is replaced.
 */
async function store(file: string, bytes: Uint8Array): Promise<void> {
  if ((await isThere(file, bytes)) && (await touch(file))) return;
  await fs.mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    await fs.writeFile(draft, bytes, { mode: 0o600, flush: true });
    await fs.rename(draft, file);
    await syncPath(path.dirname(file), 'folder');
  } catch (error) {
    await fs.rm(draft, { force: true }).catch(() => undefined);
    // On Windows a file that another window reads cannot be replaced, and need not be.
    if (!(await isThere(file, bytes))) throw error;
  }
}

async function isThere(file: string, bytes: Uint8Array): Promise<boolean> {
  const found = await readBytesIfThere(file).catch(() => undefined);
  return found?.equals(bytes) === true;
}

interface Memory {
  recall(name: string): string | undefined;
  remember(name: string, text: string): void;
}

/** Texts of at most `limit` characters together; the one used longest ago is forgotten first. */
function createMemory(limit: number): Memory {
  const texts = new Map<string, string>();
  let total = 0;

  function forget(name: string): void {
    total -= texts.get(name)?.length ?? 0;
    texts.delete(name);
  }

  function remember(name: string, text: string): void {
    forget(name);
    if (text.length > limit) return;
    texts.set(name, text);
    total += text.length;
    for (const oldest of texts.keys()) {
      if (total <= limit) return;
      forget(oldest);
    }
  }

  return {
    recall(name) {
      const text = texts.get(name);
      if (text !== undefined) remember(name, text);
      return text;
    },
    remember,
  };
}
