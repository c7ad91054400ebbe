import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { repository } from './paths.ts';

/** Installs exact versions of packages into `folder`, without running their install scripts. */
export async function npmInstall(folder: string, packages: readonly string[] = []): Promise<void> {
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest)) await writeFile(manifest, '{ "private": true }\n');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  await npm(folder, ['install', '--ignore-scripts', '--omit=dev', ...quiet, ...packages]);
}

/** The Node 24 that the package `node` brought in, which is also the one that code-server asks for. */
export function nodeBinary(): string {
  if (process.versions.node.startsWith('24.')) return process.execPath;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(repository, 'node_modules/node/bin', name);
}

function npm(folder: string, args: readonly string[]): Promise<void> {
  const own = process.env.npm_execpath;
  const [command, first] =
    own && basename(own).startsWith('npm-cli') ? [nodeBinary(), [own]] : ['npm', [] as string[]];
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, '--prefix', folder, ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: command === 'npm' && process.platform === 'win32',
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${args.join(' ')} ended with ${code} in ${folder}`));
    });
  });
}
