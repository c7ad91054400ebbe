import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { bundleHostTests } from './hostBundle.ts';
import { ensurePackages } from './packages.ts';
import { repository } from './paths.ts';

/**
 * Runs the tests of `test/host` in the desktop VS Code, which is downloaded from Microsoft (and needs a display: on
 * Linux without one, `xvfb-run -a npm run test:desktop`). `PARLEY_VSCODE` chooses a version; the newest stable one else.
 */
async function main(): Promise<number> {
  const bundle = await bundleHostTests();
  const folder = await mkdtemp(join(tmpdir(), 'parley-'));
  const workspace = join(folder, 'workspace');
  await cp(join(import.meta.dirname, 'sampleWorkspace'), workspace, { recursive: true });
  try {
    return await runTests({
      version: process.env.PARLEY_VSCODE ?? 'stable',
      extensionDevelopmentPath: repository,
      extensionTestsPath: bundle.entry,
      extensionTestsEnv: { PARLEY_HOST_REPORT: bundle.report, PARLEY_PACKAGES: await ensurePackages() },
      launchArgs: [workspace, '--disable-extensions', '--user-data-dir', join(folder, 'data')],
    });
  } finally {
    console.log(await readFile(bundle.report, 'utf8').catch(() => 'The tests have not run.'));
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

process.exitCode = await main();
