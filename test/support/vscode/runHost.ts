import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleHostTests } from './hostBundle.ts';
import { withHostWindows } from './hostWindows.ts';
import { ensurePackages } from './packages.ts';
import { repository } from './paths.ts';

/** Runs `test/host` in the extension host, with Parley from `dist/` as with F5; the exit code tells how it went. */
async function main(): Promise<number> {
  const bundle = await bundleHostTests();
  const folder = await mkdtemp(join(tmpdir(), 'parley-'));
  const workspace = join(folder, 'workspace');
  await cp(join(import.meta.dirname, 'sampleWorkspace'), workspace, { recursive: true });
  try {
    const environment = { PARLEY_HOST_REPORT: bundle.report, PARLEY_PACKAGES: await ensurePackages() };
    return await withHostWindows(environment, async (windows) => {
      const work = { folder: workspace, entry: bundle.entry, extension: repository, within: WITHIN };
      const code = await windows.run(work);
      console.log(await readFile(bundle.report, 'utf8'));
      return code;
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** In ms. */
const WITHIN = 300_000;

process.exitCode = await main();
