import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { repository } from './paths.ts';

/**
 * Runs `test/e2e`; names of files (`money keys`) run these alone. VS Code starting keeps every core busy, a test that waits
 * none: so several files at a time, and those that take longest first, for none to run alone at the end.
 */
const AT_A_TIME = Number(process.env.PARLEY_E2E_AT_A_TIME ?? 2);

/** From a run of all of them; any other comes after these, by name. */
const LONGEST_FIRST = [
  'durability',
  'keys',
  'accessibility',
  'workspaces',
  'harness',
  'money',
  'pinnedContext',
  'history',
  'images',
  'endpoints',
  'exporting',
  'keyboard',
  'drafts',
  'badInput',
  'addContext',
  'firstQuestion',
  'editorState',
  'resilience',
  'conversations',
];

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const found = globSync('test/e2e/**/*.test.ts', { cwd: repository });
  const files = found.filter((file) => wanted.length === 0 || wanted.includes(nameOf(file))).sort(byLength);
  const ending = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => ending.abort());
  const tests = run({
    files: files.map((file) => join(repository, file)),
    concurrency: AT_A_TIME,
    signal: ending.signal,
  });
  tests.on('test:fail', () => {
    process.exitCode = 1;
  });
  tests.compose(new spec()).pipe(process.stdout);
}

function byLength(one: string, other: string): number {
  return rankOf(one) - rankOf(other) || one.localeCompare(other);
}

function rankOf(file: string): number {
  const index = LONGEST_FIRST.indexOf(nameOf(file));
  return index < 0 ? LONGEST_FIRST.length : index;
}

function nameOf(file: string): string {
  return basename(file, '.test.ts');
}

await main();
