import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { run as runTests } from 'node:test';
import { spec } from 'node:test/reporters';

/**
 * Runs inside the extension host: runs the tests that are bundled beside this module and writes what `node --test` would
 * print to the file that `PARLEY_HOST_REPORT` names. Rejects when a test fails, as VS Code expects it.
 */
export async function run(): Promise<void> {
  const report = process.env.PARLEY_HOST_REPORT;
  if (!report) throw new Error('PARLEY_HOST_REPORT does not say where to write the report');
  const events = runTests({ files: [join(__dirname, 'tests.cjs')], isolation: 'none' });
  let passed = 0;
  let failed = 0;
  const stray: string[] = [];
  events.on('test:pass', () => passed++);
  events.on('test:fail', () => failed++);
  events.on('test:diagnostic', ({ message }) => {
    if (message.includes('asynchronous activity') && !NOT_OURS.test(message)) stray.push(message);
  });
  const file = createWriteStream(report);
  for await (const text of events.compose<NodeJS.ReadableStream>(new spec())) file.write(text);
  await new Promise<void>((resolve) => file.end(resolve));
  const went = stray.length === 0 && failed === 0 && passed > 0;
  if (!went) throw new Error(`Not all tests of the extension host passed: see ${report}`);
}

/** VS Code's own Git extension, in the same process, trips over a repository whose folder a test has deleted. */
const NOT_OURS = /Repository not initialized/;
