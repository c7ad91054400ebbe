import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import type { SpendingEntry } from '../../../src/core/money/money.ts';
import { createSpendingLog } from '../../../src/host/storage/spendingLog.ts';
import { createRandom } from '../../support/random.ts';

const roots: string[] = [];
after(() => Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true }))));

const NOVEMBER = Date.UTC(2026, 10, 22, 12);
const lines: string[] = [];
const log = (line: string): void => void lines.push(line);

/** A folder that does not exist yet, as when Parley is new. */
async function newFolder(): Promise<string> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-spending-'));
  roots.push(root);
  return path.join(root, 'spending');
}

function entry(turn: string, at = NOVEMBER, more: Partial<SpendingEntry> = {}): SpendingEntry {
  return {
    at,
    conversation: 'c1',
    turn,
    model: 'claude-sonnet-5-5',
    modelName: 'Claude Sonnet 5.5',
    kind: 'billed',
    what: 'answer',
    usage: { fresh: 12, read: 900, write5m: 30, write1h: 0, output: 200, thinking: 50 },
    ...more,
  };
}

async function turnsSince(folder: string, time: number): Promise<readonly string[]> {
  return (await createSpendingLog(folder, log).since(time)).map(({ turn }) => turn);
}

test('an entry is read back as it was written, by another window too', async () => {
  const folder = await newFolder();
  const quoted = { fresh: 12, read: 930, write5m: 0, write1h: 0 };
  const written = [entry('a', NOVEMBER, { quoted }), entry('b', NOVEMBER + 1, { kind: 'reserved' })];
  const spending = createSpendingLog(folder, log);
  for (const each of written) assert.equal((await spending.append(each)).ok, true);
  assert.deepEqual(await spending.since(0), written);
  assert.deepEqual(await createSpendingLog(folder, log).since(0), written);
});

test('the months are in files of their own, by the UTC month of the entry, readable by the user alone', async () => {
  const folder = await newFolder();
  const spending = createSpendingLog(folder, log);
  await spending.append(entry('last', Date.UTC(2026, 10, 30, 23, 59, 59, 999)));
  await spending.append(entry('first', Date.UTC(2026, 11, 1)));
  assert.deepEqual((await fs.readdir(folder)).sort(), ['2026-11.jsonl', '2026-12.jsonl']);
  const { mode } = await fs.stat(path.join(folder, '2026-11.jsonl'));
  if (process.platform !== 'win32') assert.equal(mode & 0o777, 0o600);
});

test('entries come oldest first, whatever the order in which windows wrote them', async () => {
  const folder = await newFolder();
  const spending = createSpendingLog(folder, log);
  for (const day of [20, 3, 28, 3]) await spending.append(entry(`d${day}`, Date.UTC(2026, 10, day)));
  await spending.append(entry('october', Date.UTC(2026, 9, 31)));
  assert.deepEqual(await turnsSince(folder, 0), ['october', 'd3', 'd3', 'd20', 'd28']);
  assert.deepEqual(await turnsSince(folder, Date.UTC(2026, 10, 20)), ['d20', 'd28']);
});

test('months before the asked time are not even opened', async () => {
  const folder = await newFolder();
  const spending = createSpendingLog(folder, log);
  await spending.append(entry('old', Date.UTC(2026, 8, 1)));
  await spending.append(entry('new', Date.UTC(2026, 10, 1)));
  await fs.appendFile(path.join(folder, '2026-09.jsonl'), 'rubbish\n');
  lines.length = 0;
  assert.deepEqual(await turnsSince(folder, Date.UTC(2026, 9, 1)), ['new']);
  assert.deepEqual(lines, []);
  assert.deepEqual(await turnsSince(folder, 0), ['old', 'new']);
  assert.match(lines.join(), /spending log 2026-09\.jsonl .* passed over: 1\./);
});

test('reading again costs what is new: what was read is not looked at any more', async () => {
  const folder = await newFolder();
  const reader = createSpendingLog(folder, log);
  const writer = createSpendingLog(folder, log);
  await writer.append(entry('one'));
  assert.equal((await reader.since(0)).length, 1);
  // Change bytes that were read already; whoever reads from the start would stumble over them.
  const file = path.join(folder, '2026-11.jsonl');
  const handle = await fs.open(file, 'r+');
  await handle.write('#####', 0);
  await handle.close();
  await writer.append(entry('two', NOVEMBER + 1));
  assert.deepEqual(
    (await reader.since(0)).map(({ turn }) => turn),
    ['one', 'two'],
  );
});

test('a torn last line is closed before the next entry, and costs no other', async () => {
  const folder = await newFolder();
  const spending = createSpendingLog(folder, log);
  await spending.append(entry('one'));
  assert.equal((await spending.since(0)).length, 1);
  const file = path.join(folder, '2026-11.jsonl');
  await fs.appendFile(file, '{"at":17955');
  assert.equal((await spending.since(0)).length, 1);
  await spending.append(entry('two'));
  assert.deepEqual(await turnsSince(folder, 0), ['one', 'two']);
  assert.equal((await spending.since(0)).length, 2);
});

test('a line that is still being written is read when it is whole', async () => {
  const folder = await newFolder();
  const spending = createSpendingLog(folder, log);
  await spending.append(entry('one'));
  const file = path.join(folder, '2026-11.jsonl');
  const next = `${JSON.stringify(entry('two: é🙂'))}\n`;
  const bytes = Buffer.from(next);
  const half = bytes.indexOf('é') + 1;
  await fs.appendFile(file, bytes.subarray(0, half));
  assert.equal((await spending.since(0)).length, 1);
  await fs.appendFile(file, bytes.subarray(half));
  assert.equal((await spending.since(0)).at(-1)?.turn, 'two: é🙂');
});

test('a file that was put in the place of another is read from its beginning', async () => {
  const folder = await newFolder();
  const spending = createSpendingLog(folder, log);
  await spending.append(entry('one'));
  await spending.since(0);
  const file = path.join(folder, '2026-11.jsonl');
  await fs.writeFile(`${file}.new`, `${JSON.stringify(entry('other'))}\n${JSON.stringify(entry('more'))}\n`);
  await fs.rename(`${file}.new`, file);
  assert.deepEqual(
    (await spending.since(0)).map(({ turn }) => turn),
    ['other', 'more'],
  );
});

test('lines of a foreign kind are passed over: missing, negative or wrong fields', async () => {
  const folder = await newFolder();
  const good = entry('good');
  const { usage: _, ...without } = good;
  const foreign = [
    null,
    7,
    [],
    {},
    without,
    { ...good, at: 'today' },
    { ...good, at: -1 },
    { ...good, at: 1e300 },
    { ...good, kind: 'guessed' },
    { ...good, what: 'lunch' },
    { ...good, model: 5 },
    { ...good, usage: { ...good.usage, read: -1 } },
    { ...good, usage: { ...good.usage, output: null } },
    { ...good, quoted: { fresh: 1 } },
  ];
  await fs.mkdir(folder, { recursive: true });
  const text = [...foreign, good].map((value) => `${JSON.stringify(value)}\n`).join('\r\n\n');
  await fs.writeFile(path.join(folder, '2026-11.jsonl'), text);
  assert.deepEqual(await turnsSince(folder, 0), ['good']);
});

test('what is no entry is refused instead of written', async () => {
  const folder = await newFolder();
  const spending = createSpendingLog(folder, log);
  for (const at of [Number.NaN, Number.POSITIVE_INFINITY, -5]) {
    assert.equal((await spending.append(entry('x', at))).ok, false);
  }
  assert.deepEqual(await spending.since(Number.NaN), []);
  assert.deepEqual(await spending.since(Number.POSITIVE_INFINITY), []);
});

test('a folder that cannot be used is a failure for who writes and nothing spent for who reads', async () => {
  const folder = await newFolder();
  await fs.writeFile(folder, 'a file where the folder should be');
  const spending = createSpendingLog(folder, log);
  const appended = await spending.append(entry('x'));
  assert.ok(!appended.ok);
  assert.equal(appended.failure.kind, 'storage');
  assert.deepEqual(await spending.since(0), []);
  await fs.rm(folder);
  assert.equal((await spending.append(entry('y'))).ok, true);
  assert.deepEqual(await turnsSince(folder, 0), ['y']);
});

test('three processes write at once and every entry is there once', async () => {
  const folder = await newFolder();
  const each = 150;
  const module = new URL('../../../src/host/storage/spendingLog.ts', import.meta.url).href;
  const script = `
    import { createSpendingLog } from ${JSON.stringify(module)};
    const log = createSpendingLog(${JSON.stringify(folder)}, console.error);
    const { entry, name } = JSON.parse(process.argv[1]);
    for (let n = 0; n < ${each}; n++) {
      const turn = name + n + '-' + 'é'.repeat((n * 37) % 3000);
      const { ok } = await log.append({ ...entry, turn, kind: n % 2 ? 'billed' : 'reserved' });
      if (!ok) process.exitCode = 1;
      if (n % 10 === 0) await log.since(0);
    }`;
  const reader = createSpendingLog(folder, assert.fail);
  const writers = ['a', 'b', 'c'].map((name) => {
    const argument = JSON.stringify({ entry: entry(''), name });
    return spawn(process.execPath, ['--input-type=module', '--eval', script, argument], { stdio: 'inherit' });
  });
  const codes = writers.map((writer) => once(writer, 'exit'));
  let ended = false;
  const all = Promise.all(codes).then((results) => {
    ended = true;
    return results;
  });
  while (!ended) await reader.since(0);
  assert.deepEqual(
    (await all).map(([code]) => code),
    [0, 0, 0],
  );
  const expected = ['a', 'b', 'c'].flatMap((name) => Array.from({ length: each }, (_, n) => `${name}${n}`));
  for (const window of [reader, createSpendingLog(folder, assert.fail)]) {
    const found = (await window.since(0)).map(({ turn }) => turn.split('-')[0]);
    assert.deepEqual(found.sort(), expected.sort());
  }
});

test('random bytes never throw, and what comes after them is read', async () => {
  const random = createRandom(20261122);
  for (let round = 0; round < 60; round++) {
    const folder = await newFolder();
    const spending = createSpendingLog(folder, log);
    await fs.mkdir(folder, { recursive: true });
    const bytes = Uint8Array.from({ length: random.below(400) }, () => random.below(256));
    const whole = Buffer.from(`${JSON.stringify(entry('torn'))}\n`);
    const cut = whole.subarray(random.below(whole.length), whole.length);
    await fs.writeFile(path.join(folder, '2026-11.jsonl'), random.next() < 0.5 ? bytes : cut);
    if (random.next() < 0.5) await spending.since(0);
    assert.equal((await spending.append(entry('after'))).ok, true);
    assert.equal((await spending.since(0)).at(-1)?.turn, 'after', `round ${round}`);
  }
});
