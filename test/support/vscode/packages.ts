import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { npmInstall } from './npm.ts';
import { testFolder } from './paths.ts';

/** Packages that tests pack, each unpacked from the registry as it was published. */
const PACKAGES = ['marked@18.2.1', 'lit-html@3.3.3', 'fuzzysort@4.0.2'];

/**
 * The folder that they lie in, by their names. Fetched once: the extension host, whose environment and home are its own, cannot
 * always reach the registry itself.
 */
export async function ensurePackages(): Promise<string> {
  const folder = join(testFolder, `packages-${PACKAGES.join('-')}`);
  if (!existsSync(folder)) {
    const partial = `${folder}.${process.pid}.partial`;
    await mkdir(partial, { recursive: true });
    await npmInstall(partial, PACKAGES);
    await rename(partial, folder).catch(() => rm(partial, { recursive: true, force: true }));
  }
  return join(folder, 'node_modules');
}
