import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContextFacts, ContextFile } from '../../../../src/core/context/facts.ts';
import { createGivenRows } from '../../../../src/host/context/tree/givenRows.ts';
import { contextRows, type TreeRow } from '../../../../src/host/context/tree/treeModel.ts';

const NOW = 1_000_000;

const t = (message: string, ...args: readonly (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_, at) => String(args[Number(at)]));

function file(path: string, more: Partial<ContextFile> = {}): ContextFile {
  return { path, uri: `file:///w/${path}`, tokens: 10, state: 'inPack', ...more };
}

function rows(more: Partial<ContextFacts> = {}): readonly TreeRow[] {
  const facts: ContextFacts = {
    pins: [
      { kind: 'folder', path: 'src' },
      { kind: 'file', path: 'a.md' },
    ],
    files: [file('a.md'), file('src/b.ts'), file('src/x/c.ts')],
    removed: [],
    leftOut: [],
    tokens: 30,
    exact: true,
    pendingTokens: 0,
    cache: { state: 'none', tokens: 0 },
    price: { warm: 0.001, cold: 0.01 },
    ...more,
  };
  return contextRows(facts, NOW, [], t);
}

/** VS Code with this tree, in which the rows of these ids are unfolded. */
function shown(upper: readonly TreeRow[], ...unfolded: readonly string[]) {
  const given = createGivenRows();
  const handed = new Map<string, TreeRow>();
  function give(rows: readonly TreeRow[], above?: TreeRow): void {
    given.give(rows, above);
    for (const row of rows) {
      handed.set(row.id, row);
      if (unfolded.includes(row.id)) give(row.rows?.() ?? [], row);
    }
  }
  give(upper);
  return {
    given,
    handed,
    /** The ids of what is asked for anew; only of rows that VS Code knows. */
    update(upper: readonly TreeRow[]): readonly string[] | 'all' {
      const changes = given.update(upper);
      if (changes === 'all') return changes;
      for (const row of changes) assert.equal(handed.get(row.id), row);
      return changes.map(({ id }) => id);
    },
  };
}

const SRC = 'pin:src/';

test('what reads the same is not asked for anew', () => {
  const { update } = shown(rows(), 'summary', SRC);
  assert.deepEqual(update(rows()), []);
});

test('another price is asked for in its own row, and the rows of pins are left alone', () => {
  const { update, given, handed } = shown(rows(), 'summary', SRC);
  assert.deepEqual(update(rows({ price: { warm: 0.002, cold: 0.02 } })), ['summary/price']);
  const price = handed.get('summary/price');
  assert.ok(price);
  assert.equal(price.description, '$0.0010 warm · $0.0100 cold');
  assert.equal(given.current(price).description, '$0.0020 warm · $0.0200 cold');
  assert.deepEqual(update(rows({ price: { warm: 0.003, cold: 0.03 } })), ['summary/price'], 'and then again');
});

test('where rows come or go, the row above them is asked for anew, or everything', () => {
  const { update } = shown(rows(), 'summary', SRC);
  assert.deepEqual(update(rows({ hitRate: 0.5 })), ['summary']);
  assert.equal(update(rows({ leftOut: [{ path: 'k', uri: '', kind: 'file', reason: 'secret' }] })), 'all');
  assert.equal(update(rows()), 'all', 'until it is given again');
});

test('an edited file changes its row and those above it that count its update', () => {
  const files = [file('a.md'), file('src/b.ts', { state: 'updatePending' }), file('src/x/c.ts')];
  const unfolded = shown(rows(), SRC);
  assert.deepEqual(unfolded.update(rows({ files })), [SRC]);
  const folded = shown(rows());
  assert.deepEqual(folded.update(rows({ files: [file('a.md', { state: 'updated' }), ...files.slice(1)] })), [
    SRC,
    'pin:a.md',
  ]);
});

test('a row that is asked for anew has the rows below it as they read by then', () => {
  const { update, given, handed } = shown(rows(), SRC);
  const files = [file('a.md'), file('src/d.ts', { state: 'updated' })];
  assert.deepEqual(update(rows({ files, tokens: 20 })), ['summary', SRC]);
  const pin = handed.get(SRC);
  assert.ok(pin);
  assert.deepEqual(
    given
      .current(pin)
      .rows?.()
      .map(({ label }) => label),
    ['d.ts'],
  );
});

test('what was folded and never looked at is not made to be compared', () => {
  const { update } = shown(rows());
  const made: TreeRow = {
    ...(rows().find(({ id }) => id === SRC) ?? assert.fail()),
    rows: () => assert.fail('made'),
  };
  assert.deepEqual(update(rows().map((row) => (row.id === SRC ? made : row))), []);
});

test('a row with which something else can be done is another row', () => {
  const { update } = shown(rows());
  assert.equal(update(rows().map((row) => ({ ...row, caution: 'Take care.' }))), 'all');
});
