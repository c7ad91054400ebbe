import { glob, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { repository, testFolder } from './paths.ts';

/** The tests for inside the extension host, bundled for VS Code's `extensionTestsPath`. */
export interface HostBundle {
  /** The module that exports `run()`. */
  readonly entry: string;
  /** Where `run()` writes what `node --test` would print, when it is named by `PARLEY_HOST_REPORT`. */
  readonly report: string;
}

/**
 * node:test takes the tests to be complete when Node has nothing left to do, which in an extension host never happens.
 * At this event it waits for all tests that are registered, and ends.
 */
const endOfTests = "setImmediate(() => process.emit('beforeExit', 0));";

/** Bundles `test/host/index.ts` and, apart from it, all test files: node:test loads these itself. */
export async function bundleHostTests(): Promise<HostBundle> {
  const folder = join(testFolder, 'host');
  await rm(folder, { recursive: true, force: true });
  const imports: string[] = [];
  for await (const path of glob('test/host/**/*.test.ts', { cwd: repository })) {
    imports.push(`import ${JSON.stringify(`./${path}`)};`);
  }
  const common: BuildOptions = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    sourcemap: 'inline',
    logLevel: 'warning',
  };
  const entry = join(folder, 'index.cjs');
  await build({ ...common, entryPoints: [join(repository, 'test/host/index.ts')], outfile: entry });
  await build({
    ...common,
    stdin: { contents: [...imports.sort(), endOfTests].join('\n'), resolveDir: repository },
    outfile: join(folder, 'tests.cjs'),
  });
  return { entry, report: join(folder, 'report.txt') };
}
