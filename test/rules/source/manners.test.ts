import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sourcesIn } from './sources.ts';

const sources = sourcesIn('src');

/** The lines of the sources that match, as `path:line`. Comments count too: they are read by people. */
function linesWith(pattern: RegExp): readonly string[] {
  return sources.flatMap((file) =>
    file.text
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${file.path}:${at + 1} ${line.trim()}`] : [])),
  );
}

test('no any, no @ts-ignore, no lint suppression', () => {
  assert.deepEqual(
    linesWith(/:\s*any\b|\bas any\b|<any>|@ts-(ignore|nocheck|expect-error)|biome-ignore/),
    [],
  );
});

test('no promise of later work', () => {
  assert.deepEqual(linesWith(/\b(TODO|FIXME|XXX|HACK)\b/), []);
});

test('the host writes no key anywhere but into secret storage', () => {
  const writers = sources.filter((file) => /secrets\.store\(/.test(file.text)).map((file) => file.path);
  assert.deepEqual(writers, ['src/host/keyStore.ts']);
});

test('the page is posted to, never awaited', () => {
  assert.deepEqual(linesWith(/await\s+\S*postMessage\(/), []);
});

test('hidden pages are not kept alive', () => {
  assert.deepEqual(linesWith(/retainContextWhenHidden:\s*true/), []);
});

test('activation stays a few lines', () => {
  const [extension] = sources.filter((file) => file.path === 'src/extension.ts');
  assert.ok(extension && extension.text.split('\n').length <= 45);
});

test('the repository names no path of a machine and no package registry', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0');
  const texts = files.filter((file) => /\.(ts|mjs|js|json|md|css|yml)$|^\.ci\//.test(file));
  const wrong = texts.filter((file) => {
    const text = readFileSync(file, 'utf8');
    return /(^|[\s"'(])\/(home|root|Users)\/\w/.test(text) || /registry\.npmjs/.test(text);
  });
  assert.deepEqual(wrong, []);
});
