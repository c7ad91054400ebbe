import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installOnce } from './installOnce.ts';
import { nodeBinary, npmInstall } from './npm.ts';
import { testFolder } from './paths.ts';

/** A VS Code server with its web workbench, ready to start. */
export interface VsCode {
  /** The folder of the server: `out/server-main.js` and the built-in extensions. */
  readonly root: string;
  /** The Node to run it with. */
  readonly node: string;
}

/** code-server 4.139.1 carries the complete server and workbench of VS Code 1.139.1. */
const codeServer = '4.139.1';
const root = 'node_modules/code-server/lib/vscode';

/** Native modules without a prebuilt binary, and what is put in their place. */
const replacements = {
  'node_modules/@vscode/spdlog/index.js': 'spdlog.cjs',
  'node_modules/@vscode/native-watchdog/index.js': 'nativeWatchdog.cjs',
};

/** Installs the pinned VS Code from npm, once; prints what it does while that takes time. */
export async function ensureVsCode(print: (line: string) => void = console.log): Promise<VsCode> {
  if (process.platform === 'win32') {
    throw new Error(
      'The VS Code that Parley is tested in runs on Linux and macOS. On Windows, please use WSL.',
    );
  }
  const folder = join(testFolder, 'lab', `code-server-${codeServer}-${await recipe()}`);
  await installOnce(folder, async (partial) => {
    const started = Date.now();
    print('Getting VS Code 1.139 from npm (once, about 700 MB on disk) …');
    await npmInstall(partial, [`code-server@${codeServer}`]);
    print('  … the libraries of its server');
    await npmInstall(join(partial, root));
    print('  … the libraries of its built-in extensions');
    await npmInstall(join(partial, root, 'extensions'));
    await replaceNativeModules(join(partial, root));
    print(`  … done in ${Math.round((Date.now() - started) / 1000)} s`);
  });
  return { root: join(folder, root), node: nodeBinary() };
}

async function replaceNativeModules(vsCode: string): Promise<void> {
  for (const [path, replacement] of Object.entries(replacements)) {
    await writeFile(join(vsCode, path), await readReplacement(replacement));
  }
}

/** Changes with the replacements, so that an installation made with older ones is not used. */
async function recipe(): Promise<string> {
  const hash = createHash('sha256');
  for (const replacement of Object.values(replacements)) hash.update(await readReplacement(replacement));
  return hash.digest('hex').slice(0, 8);
}

function readReplacement(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, 'replacements', name), 'utf8');
}
