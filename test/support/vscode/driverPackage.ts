import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { driverExtension } from './driver.ts';
import { installOnce } from './installOnce.ts';
import { repository, testFolder } from './paths.ts';

/** Packs the driver's extension, so that it is installed as any other one, and returns the path of the VSIX. */
export async function packDriver(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of ['package.json', 'extension.js'])
    hash.update(await readFile(join(driverExtension, name)));
  const folder = join(testFolder, 'lab', `driver-${hash.digest('hex').slice(0, 8)}`);
  await installOnce(folder, async (partial) => {
    const vsce = join(repository, 'node_modules/@vscode/vsce/vsce');
    const output = ['--out', join(partial, 'driver.vsix')];
    const lenient = ['--no-dependencies', '--skip-license', '--allow-star-activation'];
    await promisify(execFile)(process.execPath, [vsce, 'package', ...output, ...lenient], {
      cwd: driverExtension,
    });
  });
  return join(folder, 'driver.vsix');
}
