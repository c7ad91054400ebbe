import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as vscode from 'vscode';
import type { Pinned } from '../../../src/core/context/pinned.ts';
import { createLooking, type Looking, type LookOptions } from '../../../src/host/context/pinning/looking.ts';
import type { Sources } from '../../../src/host/context/pinning/sources.ts';
import { createReadingThreads } from '../../../src/host/storage/readingThreads.ts';
import { createRandom, type Random } from '../../support/random.ts';
import { uncancelled } from '../folder.ts';
import { threadFile } from './setup.ts';

/** Files outside of the workspace, of which only the tests tell. */

const root = vscode.Uri.file(mkdtempSync(join(tmpdir(), 'parley-looking-')));
const threads = createReadingThreads({ file: threadFile() });

after(() => {
  threads.dispose();
  rmSync(root.fsPath, { recursive: true, force: true, maxRetries: 10 });
});

/** Put together here, as this file is to be none of its kind. */
const GENERATED = ['//', '@generated'].join(' ');
const KEY = ['AKIA', 'ABCDEFGHIJKLMNOP'].join('');
const TEXTS = ['a\n', 'one two three\n'.repeat(9), '', `${GENERATED}\n`, `'${KEY}'\n`, '\0'] as const;

function sourcesOf(uris: readonly vscode.Uri[]): Sources {
  return {
    async *files() {
      yield { kind: 'workspace', uris };
    },
    leftOut: () => [],
    isUncertain: false,
    note: () => false,
    forget: () => undefined,
    dispose: () => undefined,
  };
}

function options(maxTokens: number): LookOptions {
  const findSecret: LookOptions['findSecret'] = async (text) =>
    text.includes('AKIA') ? { rule: 'AWS access key id', line: 1 } : undefined;
  const onFiles = (): void => undefined;
  return { token: uncancelled(), maxTokens, findSecret, isWatched: () => true, onFiles };
}

async function foundBy(looking: Looking, maxTokens: number): Promise<Pinned> {
  const found = await looking.look([{ kind: 'workspace' }], options(maxTokens));
  assert.ok(found);
  return found;
}

/** Times differ by more than any disk keeps of them. */
function write(uri: vscode.Uri, text: string, edit: number): void {
  writeFileSync(uri.fsPath, text);
  utimesSync(uri.fsPath, 1, 1_000 + edit);
}

async function editAndLook(random: Random, seed: number): Promise<void> {
  const folder = vscode.Uri.joinPath(root, `tree${seed}`);
  mkdirSync(folder.fsPath);
  const uris = Array.from({ length: 40 }, (_, at) => vscode.Uri.joinPath(folder, `${at % 9}-${at}.ts`));
  for (const uri of uris) write(uri, random.below(2) === 0 ? TEXTS[0] : TEXTS[1], 0);
  // Some trees fit in, some never do, and some only at times.
  const maxTokens = random.pick([100_000, 2_000, 3_500, 4_000, 4_500, 5_000]);
  const looking = createLooking(sourcesOf(uris), random.below(2) === 0 ? threads : undefined);
  await foundBy(looking, maxTokens);
  for (let edit = 1; edit <= 15; edit++) {
    for (let more = 0; more <= random.below(3); more++) {
      const uri = uris[random.below(uris.length)] ?? root;
      write(
        uri,
        random.below(4) === 0 ? random.pick(TEXTS) : `${'edited '.repeat(random.below(60))}${edit}\n`,
        edit,
      );
      assert.ok(looking.note(uri));
    }
    const now = random.below(9) === 0 ? maxTokens / 2 : maxTokens;
    assert.deepEqual(
      await foundBy(looking, now),
      await foundBy(createLooking(sourcesOf(uris)), now),
      `seed ${seed}, edit ${edit}`,
    );
  }
}

test('whatever is edited, what is found is what is found from nothing', async () => {
  for (let seed = 0; seed < 12; seed++) await editAndLook(createRandom(seed), seed);
});

test('all files that have changed without a word are found, by threads and without', async () => {
  for (const some of [threads, undefined]) {
    const uris = Array.from({ length: 100 }, (_, at) => vscode.Uri.joinPath(root, `w${at}.ts`));
    for (const uri of uris) write(uri, 'a\n', 0);
    const looking = createLooking(sourcesOf(uris), some);
    await foundBy(looking, 100_000);
    assert.equal(await looking.hasMissed(), false);
    for (const at of [3, 50, 99]) write(uris[at] ?? root, 'edited\n', 1);
    assert.equal(await looking.hasMissed(), true);
    const { files } = await foundBy(looking, 100_000);
    assert.equal(files.filter(({ text }) => text === 'edited\n').length, 3);
    assert.equal(await looking.hasMissed(), false);
  }
});

test('a look that is cancelled leaves nothing of its changes behind', async () => {
  const uris = Array.from({ length: 100 }, (_, at) => vscode.Uri.joinPath(root, `c${at}.ts`));
  for (const uri of uris) write(uri, 'a\n', 0);
  const looking = createLooking(sourcesOf(uris), threads);
  const first = await foundBy(looking, 100_000);
  for (const [at, uri] of uris.entries()) {
    write(uri, 'edited\n', at + 1);
    looking.note(uri);
  }
  const source = new vscode.CancellationTokenSource();
  const cancelled = looking.look([], {
    ...options(100_000),
    token: source.token,
    onFiles: () => source.cancel(),
  });
  assert.equal(await cancelled, undefined);
  const found = await foundBy(looking, 100_000);
  assert.equal(first.files.length, 100);
  assert.ok(found.files.every(({ text }) => text === 'edited\n'));
});
