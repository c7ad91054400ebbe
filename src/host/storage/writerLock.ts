import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { readJson, writeWhole } from './files.ts';

/** Says which window writes a conversation. The window that asked last owns it. */
export interface WriterLock {
  /** Takes the conversation over; false while an answer of a living window is arriving in it. */
  take(id: string): Promise<boolean>;
  /** False when another window has taken the conversation over since. */
  isOurs(id: string): Promise<boolean>;
  /** While busy, other windows cannot take the conversation over; also counts when it is taken only later. */
  setBusy(id: string, busy: boolean): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly token: string;
  readonly busy: boolean;
}

/**
 * Locks as small files beside the journals. No lock outlives its process: the busy mark of a dead process
 * does not count, and an idle owner gives way to whoever asks.
 */
export function createWriterLock(directory: string): WriterLock {
  const token = randomUUID();
  const busy = new Set<string>();
  const fileOf = (id: string): string => path.join(directory, `${id}.lock`);

  async function write(id: string): Promise<void> {
    const holder: Holder = { pid: process.pid, token, busy: busy.has(id) };
    await writeWhole(fileOf(id), JSON.stringify(holder));
  }

  async function holderOf(id: string): Promise<Holder | undefined> {
    const value = await readJson(fileOf(id));
    return isHolder(value) ? value : undefined;
  }

  return {
    async take(id) {
      const holder = await holderOf(id);
      if (holder && holder.token !== token && holder.busy && isAlive(holder.pid)) return false;
      await fs.mkdir(directory, { recursive: true });
      await write(id);
      return true;
    },
    async isOurs(id) {
      return (await holderOf(id))?.token === token;
    },
    async setBusy(id, isBusy) {
      if (isBusy) busy.add(id);
      else busy.delete(id);
      if ((await holderOf(id))?.token === token) await write(id);
    },
  };
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, token, busy } = value as Partial<Record<keyof Holder, unknown>>;
  return typeof pid === 'number' && typeof token === 'string' && typeof busy === 'boolean';
}

/** A process of another user answers with EPERM, which also means that it lives. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
