import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PinnedFile } from '../../../../src/core/context/pinned.ts';
import type { UpdatePart } from '../../../../src/core/conversation/parts.ts';
import { estimateBlock } from '../../../../src/core/money/estimate.ts';
import { estimateText } from '../../../../src/core/money/estimateText.ts';
import { packOf } from '../../../../src/core/request/pack.ts';
import { heldFiles, tokensOfUpdate, updatesOf, updating } from '../../../../src/core/request/packUpdates.ts';
import { questionBlocks } from '../../../../src/core/request/request.ts';
import { createRandom, type Random } from '../../../support/random.ts';
import { numbered, pinned } from './files.ts';

function updatesBetween(before: readonly PinnedFile[], now: readonly PinnedFile[]): readonly UpdatePart[] {
  const { manifest, text } = packOf(before);
  return updatesOf(heldFiles(manifest, text, []), now);
}

function told(parts: readonly UpdatePart[]): readonly string[] {
  return parts.map(({ path, change, from, form }) =>
    [change, ...(from === undefined ? [] : [`${from} ->`]), path, form].join(' '),
  );
}

test('what Claude has as it is needs no words', () => {
  const files = [pinned('a.ts', numbered(50)), pinned('b.ts', 'b')];
  assert.deepEqual(updatesBetween(files, files), []);
  assert.deepEqual(updatesBetween(files, [pinned('b.ts', 'b'), pinned('a.ts', numbered(50))]), []);
});

test('a small edit of a long file goes out as a diff, a new text as a whole', () => {
  const long = numbered(50);
  const edited = long.replace('line 25\n', 'line 25, edited\n');
  const parts = updatesBetween(
    [pinned('a.ts', long), pinned('b.ts', long)],
    [pinned('a.ts', edited), pinned('b.ts', numbered(50, 'other'))],
  );
  assert.deepEqual(told(parts), ['changed a.ts diff', 'changed b.ts whole']);
  assert.equal(
    parts[0]?.text,
    `@@ -22,7 +22,7 @@
 line 22
 line 23
 line 24
-line 25
+line 25, edited
 line 26
 line 27
 line 28
`,
  );
  assert.equal(parts[0]?.hash, pinned('a.ts', edited).hash);
});

test('an edit of a short file goes out with the whole file', () => {
  assert.deepEqual(told(updatesBetween([pinned('a', 'one\ntwo\n')], [pinned('a', 'one\n2\n')])), [
    'changed a whole',
  ]);
});

test('a diff tells of the line end that a file lost or got', () => {
  const long = numbered(50);
  for (const [before, now] of [
    [long, long.slice(0, -1)],
    [long.slice(0, -1), long],
  ] as const) {
    const [part] = updatesBetween([pinned('a', before)], [pinned('a', now)]);
    assert.match(part?.text ?? '', /\\ No newline at end of file/);
    const { manifest, text } = packOf([pinned('a', before)]);
    assert.equal(
      heldFiles(manifest, text, part ? [part] : [])
        .get('a')
        ?.text(),
      now,
    );
  }
});

test('a diff that would fit in two places has more lines around it, or does not go out', () => {
  const block = `{\n${'  same\n'.repeat(6)}}\n`;
  const twice = `first\n${block}second\n${block}third\n${numbered(60)}`;
  const edited = twice.replace(/second\n\{\n {2}same\n {2}same\n {2}same\n/, (found) => `${found}  new\n`);
  const [part] = updatesBetween([pinned('a', twice)], [pinned('a', edited)]);
  assert.equal(part?.form, 'diff');
  assert.match(part?.text ?? '', /^ second$/m);
  const alike = 'same\n'.repeat(400);
  const [whole] = updatesBetween([pinned('a', alike)], [pinned('a', `${alike}same\n`)]);
  assert.equal(whole?.form, 'whole');
});

test('files that came are told in the order of the paths, what is gone last', () => {
  const parts = updatesBetween(
    [pinned('b', 'b'), pinned('d', 'd')],
    [pinned('c', 'c'), pinned('b', 'B'), pinned('a', 'a')],
  );
  assert.deepEqual(told(parts), ['added a whole', 'changed b whole', 'added c whole', 'removed d none']);
  assert.equal(parts[3]?.hash, '');
});

test('a file that has moved is one update without its text', () => {
  const text = numbered(30);
  const parts = updatesBetween([pinned('old/a.ts', text)], [pinned('new/a.ts', text)]);
  assert.deepEqual(told(parts), ['changed old/a.ts -> new/a.ts none']);
  assert.equal(parts[0]?.text, '');
});

test('of several with one text each has moved from the one with its name', () => {
  const before = ['x/other.ts', 'y/gone.ts', 'y/index.ts'].map((path) => pinned(path, 'same'));
  const now = ['z/other.ts', 'z/index.ts'].map((path) => pinned(path, 'same'));
  assert.deepEqual(told(updatesBetween(before, now)), [
    'changed y/index.ts -> z/index.ts none',
    'changed x/other.ts -> z/other.ts none',
    'removed y/gone.ts none',
  ]);
});

test('a file that was edited has moved from none of two that have its name', () => {
  const text = numbered(60);
  const before = ['x/index.ts', 'y/index.ts'].map((path) => pinned(path, `${text}${path}`));
  assert.deepEqual(told(updatesBetween(before, [pinned('z/index.ts', text)])), [
    'added z/index.ts whole',
    'removed . none',
  ]);
});

test('a file that has moved and was edited is a diff from where it was', () => {
  const text = numbered(60);
  const edited = text.replace('line 30\n', 'line thirty\n');
  assert.deepEqual(
    told(
      updatesBetween(
        [pinned('old/a.ts', text), pinned('lib/one.ts', text.replaceAll('line', 'row'))],
        [pinned('new/a.ts', edited), pinned('lib/two.ts', edited.replaceAll('line', 'row'))],
      ),
    ),
    ['changed lib/one.ts -> lib/two.ts diff', 'changed old/a.ts -> new/a.ts diff'],
  );
});

test('two files that only share a name are two updates', () => {
  const parts = updatesBetween(
    [pinned('a/index.ts', numbered(40, 'a'))],
    [pinned('b/index.ts', numbered(40, 'b'))],
  );
  assert.deepEqual(told(parts), ['added b/index.ts whole', 'removed a/index.ts none']);
});

test('a change that is taken back is told only when it was told before', () => {
  const before = [pinned('a', numbered(50))];
  const edited = [pinned('a', numbered(51))];
  const { manifest, text } = packOf(before);
  const sent = updatesOf(heldFiles(manifest, text, []), edited);
  assert.deepEqual(told(sent), ['changed a diff']);
  assert.deepEqual(updatesOf(heldFiles(manifest, text, []), before), []);
  assert.deepEqual(told(updatesOf(heldFiles(manifest, text, sent), before)), ['changed a diff']);
});

test('a file that was removed comes back with its whole text', () => {
  const files = [pinned('a', numbered(50)), pinned('b', 'b')];
  const { manifest, text } = packOf(files);
  const removed = updatesOf(heldFiles(manifest, text, []), files.slice(1));
  assert.deepEqual(told(removed), ['removed a none']);
  const held = heldFiles(manifest, text, removed);
  assert.equal(held.has('a'), false);
  assert.deepEqual(told(updatesOf(held, files)), ['added a whole']);
});

test('after a diff that does not apply a text is unknown, what is there now is told whole, and then it is known', () => {
  const { manifest, text } = packOf([pinned('a', numbered(50))]);
  const now = pinned('a', numbered(52));
  const broken: readonly UpdatePart[] = [
    '@@ -1,1 +1,1 @@\n-nothing like it\n+new\n',
    '@@ no diff',
    'words',
  ].map((diff) => ({ kind: 'update', path: 'a', change: 'changed', form: 'diff', text: diff, hash: 'h' }));
  for (const part of broken) {
    const held = heldFiles(manifest, text, [part]);
    assert.equal(held.get('a')?.hash, 'h');
    assert.equal(held.get('a')?.text(), undefined);
    const next = updatesOf(held, [now]);
    assert.deepEqual(told(next), ['changed a whole']);
    assert.equal(
      heldFiles(manifest, text, [part, ...next])
        .get('a')
        ?.text(),
      now.text,
    );
  }
});

test('a manifest that does not fit its pack gives no text to build on', () => {
  const { manifest, text } = packOf([pinned('a', numbered(50))]);
  assert.equal(heldFiles(manifest, text, []).get('a')?.text(), numbered(50));
  const held = heldFiles(manifest, ` ${text}`, []);
  assert.equal(held.get('a')?.text(), undefined);
  assert.deepEqual(told(updatesOf(held, [pinned('a', numbered(51))])), ['changed a whole']);
});

test('the same values give the same answers, without looking again', () => {
  const { manifest, text } = packOf([pinned('a', numbered(50))]);
  const now = [pinned('a', numbered(51))];
  const first = updatesOf(heldFiles(manifest, text, []), now);
  assert.equal(updatesOf(heldFiles(manifest, text, []), now), first);
  const held = heldFiles(manifest, text, [...first]);
  assert.equal(heldFiles(manifest, text, [...first]), held);
  assert.deepEqual(updatesOf(held, now), []);
});

test('what was compared in steps is there at once, and looked at once', () => {
  const before = [pinned('a', numbered(60)), pinned('old', numbered(80, 'b')), pinned('c', 'c')];
  const now = [pinned('a', `${numbered(60)}more\n`), pinned('new/old', `${numbered(80, 'b')}more\n`)];
  const { manifest, text } = packOf(before);
  const held = heldFiles(manifest, text, []);
  const steps = updating(held, now);
  let turns = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) turns++;
  assert.ok(turns >= 2);
  assert.equal(updatesOf(held, now), step.value);
  assert.deepEqual(told(step.value), ['changed a diff', 'changed old -> new/old diff', 'removed c none']);
});

test('a file that goes out whole is the same part whatever it is compared with', () => {
  const now = [pinned('a', numbered(90, 'now'))];
  const updates = ['one', 'two'].map((name) => {
    const { manifest, text } = packOf([pinned('a', numbered(90, name))]);
    return updatesOf(heldFiles(manifest, text, []), now)[0];
  });
  assert.ok(updates[0]);
  assert.equal(updates[0], updates[1]);
});

test('the tokens of an update are those of its block but for a few', () => {
  const before = [pinned('src/a.ts', numbered(900)), pinned('src/b.ts', 'b'), pinned('src/c.ts', 'c')];
  const edited = numbered(900).replaceAll('00\n', 'oo\n');
  const now = [pinned('src/a.ts', edited), pinned('src/b.ts', numbered(90)), pinned('src/d.ts', 'd')];
  const updates = updatesBetween(before, now);
  const forms = updates.map(({ change, form }) => `${change} ${form}`);
  assert.deepEqual(forms, ['changed diff', 'changed whole', 'added whole', 'removed none']);
  for (const update of updates) {
    const exact = questionBlocks([update]).reduce((sum, block) => sum + estimateBlock(block, 'high'), 0);
    for (const part of [update, { ...update }]) {
      const tokens = tokensOfUpdate(part);
      assert.ok(Math.abs(tokens - exact) <= 12, `${update.path}: ${tokens} of ${exact}`);
    }
  }
});

test('where very many files have changed, the diffs have an end and the updates are right all the same', () => {
  const count = 2_000;
  const all = (lines: number): readonly PinnedFile[] =>
    Array.from({ length: count }, (_, index) => pinned(`f${index}`, numbered(lines, `line of ${index}:`)));
  const { manifest, text } = packOf(all(40));
  const parts = updatesOf(heldFiles(manifest, text, []), all(41));
  assert.equal(parts.length, count);
  const diffs = parts.filter(({ form }) => form === 'diff').length;
  assert.ok(diffs > 100 && diffs < count, `${diffs}`);
  assert.deepEqual(updatesOf(heldFiles(manifest, text, parts), all(41)), []);
});

test('whatever is edited, moved, removed and taken back, Claude has the files as they are after each question', () => {
  const seen: Record<string, number> = {};
  for (let seed = 1; seed <= 150; seed++) {
    try {
      live(createRandom(seed), seen);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  for (const what of [
    'changed diff',
    'changed whole',
    'added whole',
    'removed none',
    'moved none',
    'moved diff',
    'nothing',
  ]) {
    assert.ok((seen[what] ?? 0) > 20, `${what}: ${seen[what]}`);
  }
});

function live(random: Random, seen: Record<string, number>): void {
  let files = Array.from({ length: 1 + random.below(6) }, (_, index) => pinned(`f${index}`, content(random)));
  const states = [files];
  const { manifest, text } = packOf(files);
  const sent: UpdatePart[] = [];
  for (let question = 0; question < 12; question++) {
    for (let edits = random.below(4); edits > 0; edits--) files = edited(files, random);
    if (random.below(8) === 0) files = states[random.below(states.length)] ?? files;
    states.push(files);
    const parts = updatesOf(heldFiles(manifest, text, sent), files);
    note(parts, files, seen);
    sent.push(...parts);
    const held = heldFiles(manifest, text, [...sent]);
    const now = files.toSorted((one, other) => (one.path < other.path ? -1 : 1));
    assert.deepEqual(
      [...held].map(([path, { hash }]) => `${path} ${hash}`).sort(),
      now.map(({ path, hash }) => `${path} ${hash}`),
    );
    for (const file of files) assert.equal(held.get(file.path)?.text(), file.text);
  }
}

test('whatever of a tree is removed, moved and brought back, Claude has the files as they are after each question', () => {
  const seen = { whole: 0, listed: 0, left: 0, single: 0, moved: 0 };
  for (let seed = 1; seed <= 300; seed++) {
    try {
      grow(createRandom(seed), seen);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  assert.ok(
    Object.values(seen).every((times) => times > 100),
    JSON.stringify(seen),
  );
});

function grow(
  random: Random,
  seen: { whole: number; listed: number; left: number; single: number; moved: number },
): void {
  const crowd = Array.from({ length: random.below(60) }, (_, at) => pinned(`a/b/${at}`, `${at}`));
  let files: readonly PinnedFile[] = [...grown(random), ...crowd];
  const { manifest, text } = packOf(files);
  const sent: UpdatePart[] = [];
  for (let question = 0; question < 8; question++) {
    files = pruned(files, random);
    const parts = updatesOf(heldFiles(manifest, text, sent), files);
    const removals = parts.filter(({ change }) => change === 'removed');
    assert.ok(removals.length <= 1);
    for (const { removed } of removals) {
      if (!removed) seen.single++;
      for (const { names, kept } of removed ?? []) seen[names ? 'listed' : kept ? 'left' : 'whole']++;
    }
    seen.moved += parts.filter(({ from }) => from !== undefined).length;
    sent.push(...parts);
    const held = heldFiles(manifest, text, [...sent]);
    assert.deepEqual([...held.keys()].sort(), files.map(({ path }) => path).sort());
    for (const file of files) assert.equal(held.get(file.path)?.text(), file.text);
  }
}

const FOLDERS = ['', 'a/', 'a/b/', 'a/b/c/', 'a/d/', 'ab/', 'e/f/'] as const;

function grown(random: Random): readonly PinnedFile[] {
  const paths = new Set(Array.from({ length: 3 + random.below(20) }, () => somePath(random)));
  return [...paths].map((path) => pinned(path, content(random)));
}

function somePath(random: Random): string {
  return `${random.pick(FOLDERS)}${random.pick(['a', 'b', 'x.ts', 'y.ts', 'z.ts'])}.txt`;
}

/** Takes a folder or single files away, moves some out of it, or brings some in. */
function pruned(files: readonly PinnedFile[], random: Random): readonly PinnedFile[] {
  const folder = random.pick(FOLDERS);
  const stays = (path: string): boolean => !path.startsWith(folder) || random.below(8) === 0;
  const move = random.below(4);
  if (move === 0) return files.filter(() => random.below(3) > 0);
  const kept = move === 1 ? files : files.filter(({ path }) => stays(path));
  const gone = files.filter((file) => !kept.includes(file));
  const found = new Map(kept.map((file) => [file.path, file]));
  for (const { text } of gone.slice(0, random.below(3))) {
    const path = somePath(random);
    if (!found.has(path)) found.set(path, pinned(path, text));
  }
  if (move > 2) return [...found.values()];
  for (const file of grown(random).slice(0, 4)) found.set(file.path, file);
  return [...found.values()];
}

test('a folder of 20,000 files is gone in fewer words than three files, and Claude can be told of its return', () => {
  const files = Array.from({ length: 20_000 }, (_, at) => pinned(`big/${at % 90}/${at}.ts`, `${at}`));
  const kept = [pinned('big.ts', 'kept'), pinned('src/a.ts', 'kept')];
  const { manifest, text } = packOf([...files, ...kept]);
  const parts = updatesOf(heldFiles(manifest, text, []), kept);
  assert.deepEqual(
    parts.map(({ path, removed }) => ({ path, removed })),
    [{ path: 'big/', removed: [{ folder: 'big/', files: 20_000 }] }],
  );
  assert.ok(parts.reduce((sum, part) => sum + tokensOfUpdate(part), 0) < 45);
  const held = heldFiles(manifest, text, parts);
  assert.deepEqual(
    [...held.keys()],
    kept.map(({ path }) => path),
  );
  const back = updatesOf(held, [...kept, ...files.slice(0, 1)]);
  assert.deepEqual(told(back), ['added big/0/0.ts whole']);
});

test('where one file of 20,000 in a folder is left, hardly more is said than its name', () => {
  const files = Array.from({ length: 20_000 }, (_, at) => pinned(`big/${at}.ts`, `${at}`));
  const parts = updatesBetween(files, files.slice(7, 8));
  assert.ok(parts.reduce((sum, part) => sum + tokensOfUpdate(part), 0) < 60);
  const { manifest, text } = packOf(files);
  assert.deepEqual([...heldFiles(manifest, text, parts).keys()], ['big/7.ts']);
});

test('files that are gone from among others take hardly more than their names', () => {
  const files = Array.from({ length: 3_000 }, (_, at) =>
    pinned(`src/part${at % 40}/file${at}.test.ts`, `${at}`),
  );
  const kept = Array.from({ length: 2_000 }, (_, at) => pinned(`src/part${at % 40}/kept${at}.ts`, 'k'));
  const parts = updatesBetween([...files, ...kept], kept);
  assert.equal(parts.length, 1);
  const names = estimateText(files.map(({ path }) => `  ${path.split('/').at(-1)}\n`).join(''));
  const tokens = parts.reduce((sum, part) => sum + tokensOfUpdate(part), 0);
  const exact = questionBlocks(parts).reduce((sum, block) => sum + estimateBlock(block, 'high'), 0);
  assert.ok(tokens < names * 1.1, `${tokens} for ${names}`);
  assert.ok(Math.abs(tokens - exact) <= 12, `${tokens} of ${exact}`);
});

function note(
  parts: readonly UpdatePart[],
  files: readonly PinnedFile[],
  seen: Record<string, number>,
): void {
  if (parts.length === 0) seen.nothing = (seen.nothing ?? 0) + 1;
  for (const { path, change, from, form, text } of parts) {
    const what = `${from === undefined ? change : 'moved'} ${form}`;
    seen[what] = (seen[what] ?? 0) + 1;
    const whole = files.find((file) => file.path === path)?.tokens ?? 0;
    if (form === 'diff') assert.ok(estimateText(text) < whole);
  }
}

function content(random: Random): string {
  const lines = Array.from({ length: random.below(60) }, () => `${random.pick(WORDS)} ${random.below(40)}`);
  return `${lines.join('\n')}${random.pick(['', '\n', '\n\n'])}${random.text(4)}`;
}

const WORDS = [
  'const',
  'return',
  '}',
  '',
  '\\ No newline at end of file',
  '--- a',
  '+++ b',
  '@@ -1 +1 @@',
] as const;

function edited(files: readonly PinnedFile[], random: Random): PinnedFile[] {
  const at = random.below(files.length);
  const file = files[at];
  const rest = files.filter((other) => other !== file);
  const free = ['f0', 'f1', 'x/f2', 'x/f3', 'y/f2', 'z'].find(
    (path) => random.below(2) > 0 && rest.every((other) => other.path !== path),
  );
  if (!file) return [pinned(free ?? 'f0', content(random))];
  const move = random.below(6);
  if (move === 0) return rest;
  if (move === 1 && free !== undefined)
    return [...files.filter(({ path }) => path !== free), pinned(free, content(random))];
  if (move === 2 && free !== undefined) return [...rest, pinned(free, file.text)];
  if (move === 3 && free !== undefined) return [...rest, pinned(free, withEdit(file.text, random))];
  if (move === 4) return [...rest, pinned(file.path, content(random))];
  return [...rest, pinned(file.path, withEdit(file.text, random))];
}

function withEdit(text: string, random: Random): string {
  const lines = text.split('\n');
  lines.splice(
    random.below(lines.length + 1),
    random.below(3),
    ...Array.from({ length: random.below(3) }, () => random.pick(WORDS)),
  );
  return lines.join('\n');
}
