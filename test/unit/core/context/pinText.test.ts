import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pin } from '../../../../src/core/context/pinned.ts';
import { pinKey, pinOf, pinText, samePin } from '../../../../src/core/context/pinText.ts';
import { normalizePath } from '../../../../src/core/request/pack.ts';
import { createRandom, type Random } from '../../../support/random.ts';

test('pins are written as one would write them by hand', () => {
  const lines: readonly (readonly [Pin, string])[] = [
    [{ kind: 'file', path: 'src/a.ts' }, 'src/a.ts'],
    [{ kind: 'folder', path: 'src' }, 'src/'],
    [{ kind: 'folder', path: '.' }, './'],
    [{ kind: 'glob', glob: '**/*.md' }, 'glob:**/*.md'],
    [{ kind: 'workspace' }, 'workspace:'],
    [{ kind: 'openEditors' }, 'open-editors:'],
    [{ kind: 'branch' }, 'branch:'],
    [{ kind: 'file', path: 'glob:a' }, './glob:a'],
    [{ kind: 'folder', path: 'branch:' }, './branch:/'],
  ];
  for (const [pin, text] of lines) {
    assert.equal(pinText(pin), text);
    assert.deepEqual(pinOf(text), pin);
  }
});

test('a hand may write paths in other ways', () => {
  assert.deepEqual(pinOf('.\\src\\a.ts'), { kind: 'file', path: 'src/a.ts' });
  assert.deepEqual(pinOf('src//deep/./er/'), { kind: 'folder', path: 'src/deep/er' });
  assert.deepEqual(pinOf('.'), { kind: 'folder', path: '.' });
  assert.deepEqual(pinOf('u\u0308.ts'), { kind: 'file', path: 'ü.ts' });
});

test('what means nothing, or leads out of the workspace, is no pin', () => {
  const lines = [
    '',
    ' ',
    'glob:',
    'glob: ',
    'workspace:x',
    'later:thing',
    'C:\\a.ts',
    'file:///a',
    '/etc/passwd',
    '\\\\server\\a',
    '../a',
    'a/../../b',
    'a/..',
    './../a',
    'glob:/x',
    'glob:../x',
    'glob:a\\..\\x',
    'glob:\\x',
    `glob:${'a'.repeat(5_000)}`,
    'a'.repeat(5_000),
    'a\0b',
  ];
  for (const line of lines) assert.equal(pinOf(line), undefined, line);
});

test('whatever is pinned comes back from its line', () => {
  const seen = new Map<string, Pin>();
  for (let seed = 1; seed <= 2_000; seed++) {
    const pin = anyPin(createRandom(seed));
    assert.deepEqual(pinOf(pinText(pin)), pin, `seed ${seed}`);
    const same = seen.get(pinKey(pin));
    if (same) assert.deepEqual(same, pin);
    seen.set(pinKey(pin), pin);
  }
});

test('pins are the same by what they mean', () => {
  assert.ok(samePin({ kind: 'file', path: 'a' }, { kind: 'file', path: 'a' }));
  assert.ok(!samePin({ kind: 'file', path: 'a' }, { kind: 'folder', path: 'a' }));
  assert.ok(!samePin({ kind: 'glob', glob: 'a' }, { kind: 'file', path: 'a' }));
});

const NAMES = [
  'a',
  'src',
  '.env',
  'glob:x',
  'workspace:',
  'C:',
  ' ',
  ' a',
  'a ',
  '...',
  'é',
  '😀',
  'a\nb',
  '~',
] as const;

function anyPin(random: Random): Pin {
  const names = Array.from({ length: 1 + random.below(3) }, () => random.pick(NAMES));
  const path = normalizePath(names.join('/'));
  return random.pick<Pin>([
    { kind: 'file', path },
    { kind: 'folder', path },
    { kind: 'glob', glob: `${random.pick(['*', '**/', ' ', ':'])}${random.text(5).replaceAll('\0', '')}x` },
    { kind: 'workspace' },
    { kind: 'openEditors' },
    { kind: 'branch' },
  ]);
}
