import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { TestContext } from 'node:test';

/** The names of files and folders that are taken to the device from now on, in order. On Linux only. */
export async function watchSyncs(t: TestContext): Promise<string[]> {
  const names: string[] = [];
  const handle = await fs.open('.');
  const prototype: fs.FileHandle = Object.getPrototypeOf(handle);
  const { sync } = prototype;
  await handle.close();
  t.mock.method(prototype, 'sync', async function (this: fs.FileHandle) {
    names.push(path.basename(await fs.readlink(`/proc/self/fd/${this.fd}`)));
    await sync.call(this);
  });
  return names;
}
