import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { VsCode } from './vsCode.ts';

/** What the tests use, directly or by opening such files. `node_modules` holds the TypeScript that they share. */
const USED = [
  'configuration-editing',
  'css',
  'git',
  'git-base',
  'html',
  'ipynb',
  'javascript',
  'json',
  'json-language-features',
  'markdown-basics',
  'media-preview',
  'ms-vscode.js-debug',
  'node_modules',
  'python',
  'search-result',
  'shellscript',
  'theme-defaults',
  'theme-modern-icons',
  'theme-seti',
  'typescript-basics',
  'typescript-language-features',
  'xml',
  'yaml',
];

/**
 * Makes a folder with a quarter of the extensions that come with VS Code: reading, sending and registering all of them is
 * a sixth of what opening a window costs.
 */
export async function linkBuiltIns(vsCode: VsCode, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of USED) await symlink(join(vsCode.root, 'extensions', name), join(folder, name));
}
