import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../support/vscode/paths.ts';

/** The extensions that Parley is held against, as VS Code names them. */
export const EMPTY = 'parley-bench.empty';
export const ECHO = 'parley-bench.echo';

/** Packs them into a folder, so that they are installed as Parley is, and returns the paths of the VSIX files. */
export function packPeers(folder: string): Promise<string[]> {
  const vsce = join(repository, 'node_modules/@vscode/vsce/vsce');
  return Promise.all(
    [EMPTY, ECHO].map(async (id) => {
      const vsix = join(folder, `${id}.vsix`);
      const args = [vsce, 'package', '--no-dependencies', '--skip-license', '--out', vsix];
      const name = id.slice(id.indexOf('.') + 1);
      await promisify(execFile)(process.execPath, args, { cwd: join(import.meta.dirname, 'peers', name) });
      return vsix;
    }),
  );
}
