import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContextFacts, ContextFile } from '../../../../src/core/context/facts.ts';
import type { Pin } from '../../../../src/core/context/pinned.ts';
import { contextRows, type TreeRow } from '../../../../src/host/context/tree/treeModel.ts';
import { MOST_ROWS } from '../../../../src/host/context/tree/treeStretches.ts';
import { lookingWords } from '../../../../src/host/context/tree/treeWords.ts';

const NOW = 1_000_000;
const WORKSPACE: Pin = { kind: 'workspace' };

const t = (message: string, ...args: readonly (string | number)[]): string =>
  message.replace(/\{(\d)\}/g, (_, at) => String(args[Number(at)]));

function file(path: string, tokens = 10, more: Partial<ContextFile> = {}): ContextFile {
  return { path, uri: `file:///w/${path}`, tokens, state: 'inPack', ...more };
}

function facts(more: Partial<ContextFacts>): ContextFacts {
  const { files = [] } = more;
  return {
    pins: [WORKSPACE],
    files,
    removed: [],
    leftOut: [],
    tokens: files.reduce((sum, { tokens }) => sum + tokens, 0),
    exact: true,
    pendingTokens: 0,
    cache: { state: 'none', tokens: 0 },
    ...more,
  };
}

function rows(more: Partial<ContextFacts>, roots: readonly string[] = []): readonly TreeRow[] {
  return contextRows(facts(more), NOW, roots, t);
}

/** The tree as text, two levels of indentation a row. */
function drawn(all: readonly TreeRow[], depth = 0): string[] {
  return all.flatMap(({ label, description, rows: below }) => [
    `${'  '.repeat(depth)}${label}${description === '' ? '' : ` | ${description}`}`,
    ...drawn(below?.() ?? [], depth + 1),
  ]);
}

function below(all: readonly TreeRow[], id: string): readonly TreeRow[] {
  const found = all.find((row) => row.id === id);
  assert.ok(found?.rows, id);
  return found.rows();
}

function allOf(tree: readonly TreeRow[]): TreeRow[] {
  return tree.flatMap((row) => [row, ...allOf(row.rows?.() ?? [])]);
}

test('without pins there are no rows, so that the view can say what pinning does', () => {
  assert.deepEqual(rows({ pins: [] }), []);
});

test('what a conversation still has from before is shown though nothing is pinned any more', () => {
  assert.deepEqual(
    rows({ pins: [], removed: [{ path: 'a.ts', files: 1 }] }).map(({ id }) => id),
    ['summary', 'removed'],
  );
});

test('a folder that is gone is one row that says how many files it had, and counts as that many', () => {
  const removed = [
    { path: 'src/old/', files: 1_200 },
    { path: 'a.ts', files: 1 },
    { path: 'lib/', files: 30, kept: 2 },
  ];
  const tree = rows({ files: [file('b.ts')], removed, pendingTokens: 40 });
  assert.ok(drawn(below(tree, 'summary')).includes('Updates | 1,231 files · ~40 tokens'));
  const group = tree.find(({ id }) => id === 'removed');
  assert.deepEqual(drawn(group ? [group] : []), [
    'Removed (1,231) | told with the next question',
    '  src/old/ | 1,200 files',
    '  a.ts',
    '  lib/ | 30 files, all but 2',
  ]);
  assert.deepEqual(drawn(below(rows({ removed: [{ path: '', files: 9 }] }), 'removed')), [
    'All files | 9 files',
  ]);
});

test('of 20,000 files that are gone one by one only as many rows are made as are looked at', () => {
  const removed = Array.from({ length: 20_000 }, (_, at) => ({ path: `f${at}`, files: 1 }));
  assert.equal(below(rows({ removed }), 'removed').length, 20_000 / MOST_ROWS);
});

test('the first row says how large the context is, by count or by estimate, and what share of the window it takes', () => {
  const files = [file('a.ts', 30_000), file('b.ts', 1_204)];
  const [summary] = rows({ files, window: 200_000 });
  assert.deepEqual(
    [summary?.label, summary?.description, summary?.spoken],
    ['2 files · 31,204 tokens', '16 % of the window', 'Context: 2 files, 31,204 tokens, 16 % of the window'],
  );
  const [estimate] = rows({ files, exact: false });
  assert.equal(estimate?.label, '2 files · ~31,204 tokens');
  assert.equal(estimate?.spoken, 'Context: 2 files, about 31,204 tokens');
});

test('below it stand price, cache, hit rate and the offer to repack with both figures', () => {
  const summary = below(
    rows({
      files: [file('a.ts', 10, { state: 'updatePending' })],
      removed: [{ path: 'b.ts', files: 1 }],
      pendingTokens: 480,
      price: { warm: 0.00624, cold: 0.078 },
      cache: { state: 'warm', expires: NOW + 263_000, tokens: 31_204 },
      hitRate: 0.996,
      repack: { keepUsd: 0.05, repackUsd: 0.02, turns: 5, updateTokens: 9_000 },
    }),
    'summary',
  );
  assert.deepEqual(drawn(summary), [
    'Repack and save $0.0300 | $0.0200 instead of $0.0500 over the next 5 questions',
    'Updates | 2 files · ~480 tokens',
    'Price | $0.0062 warm · $0.0780 cold',
    'Cache | warm, 4 min left',
    'Read from cache so far | 99 %',
  ]);
  assert.equal(summary[0]?.kind, 'repack');
});

test('what is not known is not there, and a price too small to show is not nothing', () => {
  assert.deepEqual(drawn(below(rows({}), 'summary')), ['Cache | nothing written yet']);
  assert.equal(below(rows({ price: { warm: 0, cold: 0 } }), 'summary').length, 1);
  const cheap = drawn(below(rows({ price: { warm: 0.00001, cold: 0.0001 } }), 'summary'));
  assert.equal(cheap[0], 'Price | under $0.0001 warm · $0.0001 cold');
});

test('the cache runs down in its own row until it is cold, and no other row changes with time', () => {
  const warm = rows({ cache: { state: 'warm', expires: NOW + 65_000, tokens: 1 } });
  const timed = allOf(warm).filter(({ at }) => at);
  assert.deepEqual(
    timed.map(({ id }) => id),
    ['summary/cache'],
  );
  const later = (ms: number): string | undefined => timed[0]?.at?.(NOW + ms).description;
  assert.deepEqual(
    [later(0), later(6_000), later(65_000)],
    ['warm, 1 min left', 'warm, under a minute left', 'cold: the next question writes it'],
  );
});

test('a folder has its files below it, folders first, in one row with what they hold alone, and sums', () => {
  const files = [
    file('src/a2.ts', 1),
    file('src/a10.ts', 2),
    file('src/host/context/x.ts', 3),
    file('src/host/context/y.ts', 4, { state: 'updatePending' }),
  ];
  const [, pin] = rows({ pins: [{ kind: 'folder', path: 'src' }], files });
  assert.ok(pin);
  assert.deepEqual(drawn([pin]), [
    'src/ | 4 files · ≈10 tokens · 1 update pending',
    '  host/context/ | 2 files · ≈7 tokens · 1 update pending',
    '    x.ts | ≈3 tokens',
    '    y.ts | update pending · ≈4 tokens',
    '  a2.ts | ≈1 token',
    '  a10.ts | ≈2 tokens',
  ]);
});

test('folders whose names begin alike do not stand in one row', () => {
  const [, pin] = rows({ files: [file('x/b/1.ts'), file('x/bc/2.ts')] });
  assert.ok(pin);
  assert.deepEqual(drawn([pin]).slice(1), [
    '  x/ | 2 files · ≈20 tokens',
    '    b/ | 1 file · ≈10 tokens',
    '      1.ts | ≈10 tokens',
    '    bc/ | 1 file · ≈10 tokens',
    '      2.ts | ≈10 tokens',
  ]);
});

test('until the first files are found there are pins and no figures', () => {
  const found = rows({ pins: [{ kind: 'branch' }], looking: { files: 0 } });
  assert.deepEqual(drawn(found), ['Files changed on this branch | being looked at']);
});

test('a file that is pinned by itself is one row, which opens it and can be unpinned', () => {
  const pin: Pin = { kind: 'file', path: 'src/a.ts' };
  const [, row] = rows({ pins: [pin], files: [file('src/a.ts', 7, { state: 'updated' })] });
  assert.deepEqual(
    [row?.kind, row?.label, row?.description, row?.uri, row?.pin, row?.rows],
    ['pin', 'a.ts', 'updated · ≈7 tokens · src', 'file:///w/src/a.ts', pin, undefined],
  );
  assert.equal(row?.spoken, 'src/a.ts, pinned, updated, ≈7 tokens');
});

test('a file that nobody has looked at yet can be opened as well', () => {
  const [row] = rows({ pins: [{ kind: 'file', path: 'src/a.ts' }], looking: { files: 0 } });
  assert.deepEqual(
    [row?.description, row?.uri, row?.opens],
    ['src · being looked at', undefined, 'src/a.ts'],
  );
});

test('of what may not be read nothing is said as if it were not there', () => {
  const pins: readonly Pin[] = [
    { kind: 'folder', path: 'src' },
    { kind: 'file', path: 'a.ts' },
  ];
  assert.deepEqual(drawn(rows({ pins, isUnknown: true })), ['src/ | not read yet', 'a.ts | not read yet']);
});

test('where several of one name are pinned, their folders come first', () => {
  const paths = ['client/src/a.ts', 'server/src/a.ts', 'server/b.ts'];
  const pins = paths.map((path): Pin => ({ kind: 'file', path }));
  const [, ...found] = rows({ pins, files: paths.map((path) => file(path, 7, { state: 'updated' })) });
  assert.deepEqual(drawn(found), [
    'a.ts | client/src · updated · ≈7 tokens',
    'a.ts | server/src · updated · ≈7 tokens',
    'b.ts | updated · ≈7 tokens · server',
  ]);
});

test('every file stands below one pin, so that the pins add up to the whole', () => {
  const pins: readonly Pin[] = [
    WORKSPACE,
    { kind: 'glob', glob: '**/*.md' },
    { kind: 'folder', path: 'src' },
    { kind: 'folder', path: 'src/core' },
    { kind: 'file', path: 'src/core/a.ts' },
    { kind: 'openEditors' },
    { kind: 'branch' },
  ];
  const files = [
    file('README.md'),
    file('src/README.md'),
    file('src/b.ts'),
    file('src/core/a.ts'),
    file('src/core/c.ts'),
    file('test/open.ts', 10, { by: 'openEditors' }),
    file('src/changed.ts', 10, { by: 'branch' }),
    file('other.txt'),
  ];
  const tree = rows({ pins, files }).slice(1);
  const filesIn = (row: TreeRow): string[] =>
    allOf([row]).flatMap(({ uri }) => (uri === undefined ? [] : [uri.slice('file:///w/'.length)]));
  assert.deepEqual(Object.fromEntries(tree.map((row) => [row.label, filesIn(row)])), {
    'Whole workspace': ['other.txt'],
    '**/*.md': ['README.md'],
    'src/': ['src/b.ts', 'src/README.md'],
    'src/core/': ['src/core/c.ts'],
    'a.ts': ['src/core/a.ts'],
    'Open editors': ['test/open.ts'],
    'Files changed on this branch': ['src/changed.ts'],
  });
});

test('what brings a file in is believed, and a folder of the same name elsewhere is another one', () => {
  const pins: readonly Pin[] = [
    { kind: 'folder', path: 'lib' },
    { kind: 'glob', glob: '**/*.ts' },
    { kind: 'glob', glob: '**/*.md' },
    WORKSPACE,
  ];
  const files = [
    file('src/lib/a.ts', 10, { by: 'workspace' }),
    file('src/lib/b.md', 10, { by: 'glob' }),
    file('src/lib/c.txt'),
    file('lib/d.ts', 10, { by: 'folder' }),
  ];
  const sums = rows({ pins, files }).map(({ label, description }) => `${label} ${description}`);
  assert.deepEqual(sums.slice(1), [
    'lib/ 1 file · ≈10 tokens',
    '**/*.ts no files of its own',
    '**/*.md 1 file · ≈10 tokens',
    'Whole workspace 2 files · ≈20 tokens',
  ]);
});

test('in a workspace of several folders pins mean their files with and without the name of the folder', () => {
  const pins: readonly Pin[] = [
    { kind: 'folder', path: 'one/src' },
    { kind: 'folder', path: 'lib' },
    { kind: 'glob', glob: '*.md' },
    { kind: 'file', path: 'a.ts' },
  ];
  const files = [file('one/src/x/y.ts'), file('two/lib/z.ts'), file('two/README.md'), file('one/a.ts')];
  assert.deepEqual(drawn(rows({ pins, files }, ['one', 'two']).slice(1)), [
    'one/src/ | 1 file · ≈10 tokens',
    '  x/ | 1 file · ≈10 tokens',
    '    y.ts | ≈10 tokens',
    'lib/ | 1 file · ≈10 tokens',
    '  z.ts | ≈10 tokens',
    '*.md | 1 file · ≈10 tokens',
    '  two/ | 1 file · ≈10 tokens',
    '    README.md | ≈10 tokens',
    'a.ts | ≈10 tokens · one',
  ]);
});

test('where one workspace folder is left of several, pins still mean their files by the name of the folder', () => {
  const pins: readonly Pin[] = [
    { kind: 'folder', path: 'one/src' },
    { kind: 'file', path: 'one/a.ts' },
    { kind: 'file', path: 'one/b.ts' },
    { kind: 'folder', path: 'one' },
  ];
  const files = [file('src/x/y.ts'), file('a.ts'), file('lib/z.ts')];
  const leftOut = [{ path: 'b.ts', uri: 'file:///w/b.ts', kind: 'file', reason: 'binary' }] as const;
  assert.deepEqual(drawn(rows({ pins, files, leftOut }, ['one']).slice(1, 5)), [
    'one/src/ | 1 file · ≈10 tokens',
    '  x/ | 1 file · ≈10 tokens',
    '    y.ts | ≈10 tokens',
    'a.ts | ≈10 tokens',
    'b.ts | one · binary',
    'one/ | 1 file · ≈10 tokens',
    '  lib/ | 1 file · ≈10 tokens',
    '    z.ts | ≈10 tokens',
  ]);
});

test('what is left out stands by reason, the worst first, with the rule and never the secret', () => {
  const entry = { uri: 'file:///w/x', kind: 'file' } as const;
  const tree = rows({
    leftOut: [
      { ...entry, path: 'dist', kind: 'folder', reason: 'ignored', detail: '.gitignore: dist/' },
      { ...entry, path: 'old.lock', reason: 'generated' },
      { ...entry, path: 'id_rsa', reason: 'secret', detail: 'private key' },
      { ...entry, path: 'big.ts', reason: 'overBudget', tokens: 90_000 },
    ],
  });
  assert.deepEqual(drawn(tree.slice(-1)), [
    'Left out (4)',
    '  May hold a secret (1)',
    '    id_rsa | looks like it holds a secret: private key',
    '  Over parley.context.maxTokens (1)',
    '    big.ts | no room left below parley.context.maxTokens · ~90,000 tokens',
    '  Generated and lock files (1)',
    '    old.lock | generated or a lock file',
    '  Ignored (1)',
    '    dist/ | ignored by .gitignore: dist/',
  ]);
  const opened = allOf(tree).filter(({ uri }) => uri !== undefined);
  assert.deepEqual(
    opened.map(({ label }) => label),
    ['id_rsa', 'big.ts', 'old.lock'],
    'a folder opens nothing',
  );
});

test('a pinned file that does not go out says why on its own row as well', () => {
  const pins: readonly Pin[] = [
    { kind: 'file', path: 'src/gone.ts' },
    { kind: 'file', path: '.env' },
    { kind: 'folder', path: 'lib' },
    { kind: 'glob', glob: '*.py' },
  ];
  const leftOut = [
    { path: 'src/gone.ts', uri: 'file:///w/src/gone.ts', kind: 'file', reason: 'missing' },
    { path: '.env', uri: 'file:///w/.env', kind: 'file', reason: 'secret', detail: '.env' },
    { path: 'lib', uri: 'file:///w/lib', kind: 'folder', reason: 'missing' },
  ] as const;
  const pinned = rows({ pins, leftOut }).slice(1, 5);
  assert.deepEqual(drawn(pinned), [
    'gone.ts | src · not there',
    '.env | looks like it holds a secret: .env',
    'lib/ | not there',
    '*.py | no files of its own',
  ]);
  assert.deepEqual(
    pinned.map(({ uri }) => uri),
    [undefined, 'file:///w/.env', undefined, undefined],
  );
});

test('of 20,000 files only as many rows are made as are looked at', () => {
  const files = Array.from({ length: 20_000 }, (_, at) => file(`data/${String(at).padStart(5, '0')}.txt`, 1));
  const tree = rows({ files });
  const data = below(below(tree, 'pin:workspace:'), 'pin:workspace:\n/data/');
  assert.equal(data.length, 20_000 / MOST_ROWS);
  assert.equal(data[1]?.label, '00500.txt … 00999.txt');
  assert.deepEqual([data[1]?.rows?.().length, data[1]?.rows?.()[0]?.label], [MOST_ROWS, '00500.txt']);
});

test('no two rows have one id, and ids stay when the figures change', () => {
  const make = (tokens: number): string[] =>
    allOf(
      rows({
        pins: [WORKSPACE, { kind: 'folder', path: 'a' }, { kind: 'file', path: 'a/b/c.ts' }],
        files: ['x.ts', 'a/x.ts', 'a/b/c.ts', 'a/b/d.ts', 'b/a/x.ts'].map((path) => file(path, tokens)),
        removed: [{ path: 'x.ts', files: 1 }],
        leftOut: [
          { path: 'a', uri: '', kind: 'file', reason: 'empty' },
          { path: 'a', uri: '', kind: 'folder', reason: 'empty' },
        ],
      }),
    ).map(({ id }) => id);
  const ids = make(1);
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(make(2), ids);
});

test('files, globs and twins that are called like other rows have ids of their own', () => {
  const names = ['summary', 'removed', 'leftOut', 'removed/x', 'leftOut/secret'];
  const twin = { path: 'é.ts', kind: 'file', reason: 'unreadable', detail: 'a twin' } as const;
  const ids = allOf(
    rows({
      pins: [
        ...names.map((path): Pin => ({ kind: 'file', path })),
        { kind: 'glob', glob: '**' },
        { kind: 'glob', glob: '**/a.ts' },
      ],
      files: [...names.map((path) => file(path)), file('a.ts', 1, { by: 'glob' }), file('b.md')],
      removed: [{ path: 'x', files: 1 }],
      leftOut: [
        { path: 'key', uri: 'file:///w/key', kind: 'file', reason: 'secret' },
        { ...twin, uri: 'file:///w/%C3%A9.ts' },
        { ...twin, uri: 'file:///w/e%CC%81.ts' },
      ],
    }),
  ).map(({ id }) => id);
  assert.deepEqual(
    ids.filter((id, at) => ids.indexOf(id) !== at),
    [],
  );
});

test('every file says whether Claude has it as it is: in the pack, pending or updated; the eye finds those that are not', () => {
  const states = ['inPack', 'updatePending', 'updated'] as const;
  const files = states.map((state) => file(`${state}.ts`, 7, { state }));
  const shown = below(rows({ files }), 'pin:workspace:');
  assert.deepEqual(
    shown.map(({ spoken, description }) => [spoken, description]),
    [
      ['inPack.ts, in the pack, ≈7 tokens', '≈7 tokens'],
      ['updated.ts, updated, ≈7 tokens', 'updated · ≈7 tokens'],
      ['updatePending.ts, update pending, ≈7 tokens', 'update pending · ≈7 tokens'],
    ],
  );
  assert.equal(shown[0]?.tooltip, 'inPack.ts\nin the pack\n≈7 tokens');
});

test('in a workspace of several folders a pin without the name of its folder says as well why it is not sent', () => {
  const pins: readonly Pin[] = [
    { kind: 'file', path: '.env' },
    { kind: 'file', path: 'two/.env' },
    { kind: 'file', path: 'src/x.bin' },
  ];
  const leftOut = [
    { path: 'one/.env', uri: 'file:///one/.env', kind: 'file', reason: 'secret' },
    { path: 'two/.env', uri: 'file:///two/.env', kind: 'file', reason: 'empty' },
    { path: 'else/src/x.bin', uri: 'file:///w/else/src/x.bin', kind: 'file', reason: 'binary' },
  ] as const;
  assert.deepEqual(drawn(rows({ pins, leftOut }, ['one', 'two']).slice(1, 4)), [
    '.env | looks like it holds a secret',
    '.env | two · empty',
    'x.bin | src · not sent',
  ]);
});

test('while files are looked at it is told how many, and nothing of none', () => {
  assert.deepEqual(
    [0, 1, 1_200].map((files) => lookingWords(files, t)),
    ['Looking for files…', 'Looking at 1 file…', 'Looking at 1,200 files…'],
  );
});

test('read aloud, the price is what the context adds to the next question, not all of it', () => {
  const [price] = below(rows({ price: { warm: 0.01, cold: 0.078 } }), 'summary');
  assert.equal(
    price?.spoken,
    'What the context adds to the price of the next question: $0.0100 warm · $0.0780 cold',
  );
});

test('a folder below a pin can be pinned itself, by all of its path', () => {
  const files = [file('src/host/x/1.ts'), file('src/host/x/2.ts'), file('src/b.ts')];
  const tree = rows({ pins: [{ kind: 'folder', path: 'src' }], files });
  const folders = allOf(tree).filter(({ kind }) => kind === 'folder');
  assert.deepEqual(
    folders.map(({ label, offer }) => [label, offer]),
    [['host/x/', { kind: 'folder', path: 'src/host/x' }]],
  );
});

test('what is left out can be pinned where its name overrules the reason; a secret says that it stays', () => {
  const entry = { uri: 'file:///w/x', kind: 'file' } as const;
  const tree = rows({
    pins: [WORKSPACE, { kind: 'file', path: 'named.pem' }],
    leftOut: [
      { ...entry, path: 'dist', kind: 'folder', reason: 'ignored' },
      { ...entry, path: 'old.lock', reason: 'generated' },
      { ...entry, path: 'big.ts', reason: 'overBudget' },
      { ...entry, path: 'id_rsa', reason: 'secret' },
      { ...entry, path: 'named.pem', reason: 'secret' },
      { ...entry, path: 'a.png', reason: 'binary' },
      { ...entry, path: 'b.ts', reason: 'excluded' },
    ],
  });
  const shown = allOf(tree).filter(({ kind }) => kind === 'leftOut' || kind === 'refused');
  const told = Object.fromEntries(shown.map(({ label, kind, offer }) => [label, offer ?? kind]));
  assert.deepEqual(told, {
    id_rsa: { kind: 'file', path: 'id_rsa' },
    'named.pem': 'refused',
    'big.ts': { kind: 'file', path: 'big.ts' },
    'b.ts': 'refused',
    'old.lock': { kind: 'file', path: 'old.lock' },
    'a.png': 'refused',
    'dist/': { kind: 'folder', path: 'dist' },
  });
  const cautious = shown.filter(({ caution }) => caution !== undefined);
  assert.deepEqual(
    cautious.map(({ label }) => label),
    ['id_rsa'],
  );
  assert.match(cautious[0]?.caution ?? '', /^id_rsa is still not sent/);
});
