import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAlive } from './processes.ts';

/**
 * Fills `folder` with `fill` unless it exists. The work happens in a folder beside it that is renamed at the end, so a
 * folder that exists is complete: an interrupted run leaves nothing half-done, and of two runs at once the first wins.
 */
export async function installOnce(folder: string, fill: (partial: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  await removeAbandoned(folder);
  const partial = `${folder}.partial-${process.pid}-${randomBytes(3).toString('hex')}`;
  await mkdir(partial, { recursive: true });
  try {
    await fill(partial);
    await rename(partial, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  const parent = dirname(folder);
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const owner = name.match(/\.partial-(\d+)-/)?.[1];
    if (!owner || !name.startsWith(`${basename(folder)}.`) || (await isAlive(Number(owner)))) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}
