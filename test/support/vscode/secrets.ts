import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** 32 random bytes in hexadecimal digits that belong to a data folder: made once, the same ever after. */
export async function secretOf(dataFolder: string, name: string): Promise<string> {
  const path = secretFile(dataFolder, name);
  await mkdir(dataFolder, { recursive: true });
  try {
    await writeFile(path, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return readFile(path, 'utf8');
}

/** Where `secretOf` keeps it. */
export function secretFile(dataFolder: string, name: string): string {
  return join(dataFolder, `${name}.txt`);
}
