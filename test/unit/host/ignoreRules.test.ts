import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { withFewerStars } from '../../../src/host/workspace/fewerStars.ts';
import {
  createIgnoreRules,
  type IgnoreRules,
  withoutBraces,
} from '../../../src/host/workspace/ignoreRules.ts';
import { createRandom, type Random } from '../../support/random.ts';

type Files = Readonly<Record<string, string>>;

/** The rules of a tree: its .gitignore files, the ones nearer to the root first. */
function rulesOf(files: Files): IgnoreRules {
  const found = Object.keys(files).filter((path) => path.endsWith('.gitignore'));
  return found
    .sort((one, other) => one.split('/').length - other.split('/').length)
    .reduce(
      (rules, path) =>
        rules.withPatterns({
          source: path,
          folder: path.slice(0, Math.max(0, path.lastIndexOf('/'))),
          text: files[path] ?? '',
        }),
      createIgnoreRules(false),
    );
}

/** Runs git in a new repository that holds these files. */
function withRepository(files: Files, body: (git: (...args: readonly string[]) => string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'parley-'));
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
    });
  try {
    git('init', '-q');
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    body(git);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The files that git would add, as it lists them itself. */
function assertSameAsGit(files: Files): void {
  withRepository(files, (git) => {
    const listed = git('ls-files', '--others', '--exclude-standard', '-z').split('\0').filter(Boolean);
    const rules = rulesOf(files);
    const kept = Object.keys(files).filter((path) => rules.exclusionOf(path, 'file') === undefined);
    assert.deepEqual(kept.sort(), listed.sort(), JSON.stringify(files, null, 1));
  });
}

test('patterns mean what they mean to git', () => {
  const names = [
    'a.log',
    'keep.log',
    'b.txt',
    'dist/x.js',
    'src/dist/x.js',
    'src/a.log',
    'src/deep/er/a.log',
    'build',
    'lib/build/y',
    'doc/a/b/c.md',
    'doc/c.md',
    '#hash',
    '!bang',
    'with space',
    'trail ',
    'a[1].ts',
    'a1.ts',
    'deep/node_modules/x/y.js',
    'tmp/a',
    'tmp/keep/b',
    'ä/ö.txt',
    'x.JS',
    'star*name',
    'starryname',
  ];
  const gitignore = [
    '\ufeff# first line',
    '*.log',
    '!keep.log',
    '/dist',
    'build/',
    'doc/**/c.md',
    '\\#hash',
    '\\!bang',
    'trail\\ ',
    'with space   ',
    'a[1].ts',
    'node_modules',
    'tmp/*',
    '!tmp/keep',
    'ö.txt',
    '*.js',
    'star\\*name',
    '',
    '  ',
    '/',
    '!',
  ].join('\r\n');
  assertSameAsGit({
    ...Object.fromEntries(names.map((name) => [name, ''])),
    '.gitignore': gitignore,
  });
});

test('a nested file speaks of its own folder, wins over the ones above, and cannot bring back what lies in an ignored folder', () => {
  assertSameAsGit({
    '.gitignore': 'generated\n*.tmp\nclosed/\n',
    'src/.gitignore': '!generated\n/only\nsub/only\n!*.tmp\n',
    'src/generated/a': '',
    'generated/a': '',
    'src/only': '',
    'src/deep/only': '',
    'src/sub/only': '',
    only: '',
    'src/x.tmp': '',
    'x.tmp': '',
    'closed/.gitignore': '!*\n',
    'closed/a': '',
    'src/closed/a': '',
    'we[i]rd* folder/.gitignore': 'x\n',
    'we[i]rd* folder/x': '',
    'wei folder/x': '',
    'src/slash/.gitignore': '/\n',
    'src/slash/a': '',
    'src/slash/sub/a': '',
    'src/marked/.gitignore': '\ufeffb\n',
    'src/marked/b': '',
  });
});

const SEGMENTS = ['a', 'b', 'cc', 'a.b', 'x.log', 'src'] as const;
const PIECES = ['a', 'b', '*', '**', 'a*', '?', '*.log', '[ab]', '[!a]', 'cc', 'src', 'a.b', '**/b'] as const;

function randomTree(random: Random): Files {
  const files: Record<string, string> = {};
  const path = (): string =>
    Array.from({ length: 1 + random.below(4) }, () => random.pick(SEGMENTS)).join('/');
  const folders = new Set<string>();
  for (let made = 0; made < 25; made++) {
    const candidate = path();
    const parents = candidate.split('/').map((_, at, all) => all.slice(0, at).join('/'));
    if (candidate in files || folders.has(candidate) || parents.some((parent) => parent in files)) continue;
    files[candidate] = '';
    for (const parent of parents) folders.add(parent);
  }
  const homes = ['', ...folders].filter((folder) => folder === '' || random.below(3) === 0);
  for (const home of homes) {
    const lines = Array.from({ length: 1 + random.below(4) }, () => randomPattern(random));
    files[`${home === '' ? '' : `${home}/`}.gitignore`] = `${lines.join('\n')}\n`;
  }
  return files;
}

function randomPattern(random: Random): string {
  const body = Array.from({ length: 1 + random.below(3) }, () => random.pick(PIECES)).join('/');
  const sign = random.below(3) === 0 ? '!' : '';
  return `${sign}${random.below(4) === 0 ? '/' : ''}${body}${random.below(4) === 0 ? '/' : ''}`;
}

test('random trees with random patterns come out as in git', () => {
  for (let seed = 1; seed <= 60; seed++) assertSameAsGit(randomTree(createRandom(seed)));
});

test('the rule that is named is the one that git names', () => {
  const files: Files = {
    '.gitignore': '*.log\nout/\n',
    'src/.gitignore': '/made\n',
    'a.log': '',
    'out/deep/x': '',
    'src/made/y': '',
  };
  withRepository(files, (git) => {
    const rules = rulesOf(files);
    for (const path of ['a.log', 'out/deep/x', 'src/made/y']) {
      const [said = ''] = git('check-ignore', '--no-index', '-v', path).split('\t');
      const why = rules.exclusionOf(path, 'file');
      const [source, , pattern] = said.split(':');
      assert.deepEqual(why, { source, pattern });
    }
  });
});

test('a pattern that ends with a slash ignores folders only', () => {
  const rules = createIgnoreRules(false).withPatterns({ source: 's', folder: '', text: 'out/' });
  assert.deepEqual(rules.exclusionOf('out', 'folder'), { source: 's', pattern: 'out/' });
  assert.equal(rules.exclusionOf('out', 'file'), undefined);
});

test('.git is left out everywhere and cannot be brought back; the root itself is never left out', () => {
  const rules = createIgnoreRules(false).withPatterns({ source: 's', folder: '', text: '!.git\n' });
  assert.deepEqual(rules.exclusionOf('.git', 'folder'), { source: '', pattern: '.git' });
  assert.ok(rules.exclusionOf('sub/.git/HEAD', 'file'));
  assert.equal(rules.exclusionOf('.github/x', 'file'), undefined);
  assert.equal(rules.exclusionOf('', 'folder'), undefined);
});

test('letters of either case are the same only where the file system says so', () => {
  const text = { source: 's', folder: '', text: 'Out\n' };
  assert.ok(createIgnoreRules(true).withPatterns(text).exclusionOf('out', 'file'));
  assert.equal(createIgnoreRules(false).withPatterns(text).exclusionOf('out', 'file'), undefined);
});

test('globs of settings are anchored, know braces, can be off, and no pattern brings back what they leave out', () => {
  const rules = createIgnoreRules(false)
    .withGlobs({
      source: 'files.exclude',
      folder: '',
      globs: { '**/*.{js,js.map}': true, top: true, '**/off': false, 'a/{b,c{d,e}}': true, './dot': true },
    })
    .withPatterns({ source: 's', folder: '', text: '!*.js\n!top\n' });
  const kept = [
    'x.js',
    'd/x.js.map',
    'top',
    'top/in',
    'd/top',
    'off',
    'a/b',
    'a/cd',
    'a/ce',
    'a/c',
    'dot',
  ].filter((path) => rules.exclusionOf(path, 'file') === undefined);
  assert.deepEqual(kept, ['d/top', 'off', 'a/c']);
  assert.deepEqual(rules.exclusionOf('d/x.js', 'file'), {
    source: 'files.exclude',
    pattern: '**/*.{js,js.map}',
  });
});

test('globs of a folder below the root speak of that folder', () => {
  const rules = createIgnoreRules(false).withGlobs({ source: 's', folder: 'app', globs: { out: true } });
  assert.ok(rules.exclusionOf('app/out', 'folder'));
  assert.equal(rules.exclusionOf('out', 'folder'), undefined);
});

test('a glob with a condition counts only beside the file it names', () => {
  const rules = createIgnoreRules(false).withGlobs({
    source: 'files.exclude',
    folder: '',
    globs: { '**/*.js': { when: '$(basename).ts' } },
  });
  assert.ok(rules.exclusionOf('src/a.js', 'file', new Set(['a.js', 'a.ts'])));
  assert.equal(rules.exclusionOf('src/b.js', 'file', new Set(['b.js', 'a.ts'])), undefined);
  assert.equal(rules.exclusionOf('src/a.js', 'file'), undefined);
});

test('patterns with more stars than can be tried leave out what they did, and never bring back more', () => {
  const name = 'a'.repeat(250);
  const rules = createIgnoreRules(false).withPatterns({
    source: 's',
    folder: '',
    text: `*a*a*a*a*a*a*b\nkept*\n!kept*a*a*a*a*b\n${'**/a/'.repeat(20)}b\n[*]*\\*\n`,
  });
  assert.equal(rules.exclusionOf(name, 'file'), undefined);
  assert.equal(rules.exclusionOf('a/'.repeat(60).concat('c'), 'file'), undefined);
  assert.deepEqual(rules.exclusionOf(`${name}b`, 'file'), { source: 's', pattern: '*a*a*a*a*a*a*b' });
  assert.ok(rules.exclusionOf('a/'.repeat(20).concat('b'), 'file'));
  assert.ok(rules.exclusionOf('keptaaaab', 'file'));
  assert.ok(rules.exclusionOf('*x*', 'file'));
});

test('patterns of three stars, quoted stars and classes stay as they are', () => {
  for (const pattern of ['*a*b*', '**/a/**/b/**', '\\*\\*\\*\\*\\*', '[*][*][*][*]*', '!*.ts', '/a/b'])
    assert.equal(withFewerStars(pattern), pattern);
  assert.equal(withFewerStars('a*b*c*d*e'), 'a*b*c*e');
  assert.equal(withFewerStars('!a*b*c*d*e'), undefined);
});

test('a setting whose braces mean too many paths leaves out more rather than less', () => {
  const globs = { [`x/${'{a,b}'.repeat(18)}.ts`]: true };
  const rules = createIgnoreRules(false).withGlobs({ source: 's', folder: '', globs });
  assert.ok(rules.exclusionOf(`x/${'ab'.repeat(9)}.ts`, 'file'));
  assert.equal(rules.exclusionOf('x/a.js', 'file'), undefined);
  assert.equal(withoutBraces('{a,b}'.repeat(18)), undefined);
});

test('rules stay the same when others are made from them, and after any number of questions', () => {
  const before = createIgnoreRules(false).withPatterns({ source: 's', folder: '', text: 'a*\n' });
  const after = before.withPatterns({ source: 't', folder: '', text: '!a*\n' });
  for (let index = 0; index < 11_000; index++) {
    assert.ok(before.exclusionOf(`a${index}`, 'file'));
    assert.equal(after.exclusionOf(`a${index}`, 'file'), undefined);
  }
});
