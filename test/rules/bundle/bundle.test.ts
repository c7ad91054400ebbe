import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { filesIn } from './vsix.ts';

const VSIX = 'parley.vsix';
const KB = 1024;

type Bundle =
  | 'extension'
  | 'claude'
  | 'pdf'
  | 'looking'
  | 'judging'
  | 'secrets'
  | 'reading'
  | 'exporting'
  | 'searching'
  | 'history'
  | 'summaries'
  | 'webview'
  | 'highlight'
  | 'usage';

interface Meta {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
}

function metaOf(bundle: Bundle): Meta {
  return JSON.parse(readFileSync(`out/${bundle}.meta.json`, 'utf8')) as Meta;
}

/** Source files that went into a bundle, as esbuild saw them. */
function inputsOf(bundle: Bundle): readonly string[] {
  return Object.keys(metaOf(bundle).inputs);
}

/** How much of a source file is left in a bundle, in bytes. */
function bytesOf(bundle: Bundle, source: string): number {
  const parts = Object.values(metaOf(bundle).outputs).map(({ inputs }) => inputs[source]?.bytesInOutput ?? 0);
  return parts.reduce((sum, bytes) => sum + bytes, 0);
}

function sizeOf(file: string): number {
  return statSync(`dist/${file}`).size;
}

test('the packaged extension weighs less than 1 MB', () => {
  assert.ok(statSync(VSIX).size < KB * KB, `${statSync(VSIX).size} bytes`);
});

test('the packaged extension holds what it needs and no source, test or map', () => {
  const names = filesIn(VSIX).map((file) => file.name);
  for (const needed of [
    'extension/dist/extension.cjs',
    'extension/dist/claude.cjs',
    'extension/dist/pdf.cjs',
    'extension/dist/looking.cjs',
    'extension/dist/judging.cjs',
    'extension/dist/secrets.cjs',
    'extension/dist/reading.cjs',
    'extension/dist/exporting.cjs',
    'extension/dist/searching.cjs',
    'extension/dist/history.cjs',
    'extension/dist/summaries.cjs',
    'extension/dist/mentions.cjs',
    'extension/dist/pinPickers.cjs',
    'extension/dist/webview.js',
    'extension/dist/highlight.js',
    'extension/dist/usage.js',
  ]) {
    assert.ok(names.includes(needed), needed);
  }
  for (const needed of [
    'extension/media/chat.css',
    'extension/media/usage.css',
    'extension/dist/codicon.ttf',
    'extension/package.nls.json',
  ]) {
    assert.ok(names.includes(needed), needed);
  }
  const allowed = /^(\[Content_Types\]\.xml|extension\.vsixmanifest|extension\/)/;
  const foreign = names.filter(
    (name) => !allowed.test(name) || /\.(ts|map)$|\/(src|test|node_modules|out)\//.test(name),
  );
  assert.deepEqual(foreign, []);
});

test('what activates holds neither the SDK nor the PDF reader nor the rules for secrets nor anything of the page', () => {
  const allowed = /^(src\/(core|host)\/|src\/extension\.ts|node_modules\/(ignore|fuzzysort|diff)\/)/;
  assert.deepEqual(
    inputsOf('extension').filter((input) => !allowed.test(input)),
    [],
  );
  assert.deepEqual(
    inputsOf('extension').filter((input) =>
      /context\/pinning\/(looking|judging|secret(s|Shapes|Marks))\.ts$/.test(input),
    ),
    [],
  );
  // The workspace's context, with its tree, its updates and its costs, is a sixth of it.
  assert.ok(sizeOf('extension.cjs') < 400 * KB, `${sizeOf('extension.cjs')} bytes`);
});

test('the room with the SDK holds the slim client and nothing of the other rooms', () => {
  const foreign = inputsOf('claude').filter((input) => /src\/(webview|host)\//.test(input));
  assert.deepEqual(foreign, []);
  assert.ok(sizeOf('claude.cjs') < 220 * KB, `${sizeOf('claude.cjs')} bytes`);
});

test('the PDF reader is a file of its own that nothing else of Parley is in', () => {
  const foreign = inputsOf('pdf').filter((input) => /src\/(core|claude|webview)\//.test(input));
  assert.deepEqual(foreign, []);
  assert.ok(sizeOf('pdf.cjs') < 640 * KB, `${sizeOf('pdf.cjs')} bytes`);
});

test('the rules for secrets are a file of their own that nothing else of Parley is in', () => {
  const foreign = inputsOf('secrets').filter(
    (input) =>
      /^src\//.test(input) && !/^src\/host\/context\/pinning\/secret(s|Shapes|Marks)\.ts$/.test(input),
  );
  assert.deepEqual(foreign, []);
  assert.ok(sizeOf('secrets.cjs') < 110 * KB, `${sizeOf('secrets.cjs')} bytes`);
});

test('what looks at pinned files is a file of its own, and leaves judging them to another', () => {
  const allowed = /^src\/(core|host)\//;
  const other = /context\/pinning\/(judging|secret(s|Shapes|Marks))\.ts$/;
  assert.deepEqual(
    inputsOf('looking').filter((input) => !allowed.test(input) || other.test(input)),
    [],
  );
  assert.ok(sizeOf('looking.cjs') < 40 * KB, `${sizeOf('looking.cjs')} bytes`);
});

test('what judges files is a file of its own that nothing but core is in', () => {
  const allowed = /^src\/(core\/|host\/context\/pinning\/judg(ing|ed)\.ts$)/;
  assert.deepEqual(
    inputsOf('judging').filter((input) => !allowed.test(input)),
    [],
  );
  assert.ok(sizeOf('judging.cjs') < 40 * KB, `${sizeOf('judging.cjs')} bytes`);
});

test('what reads files in threads of their own is light, and shares what judges them', () => {
  const allowed =
    /^src\/host\/(storage\/(readingThread|localFiles)|context\/pinning\/judged|workspace\/plainText)\.ts$/;
  assert.deepEqual(
    inputsOf('reading').filter((input) => !allowed.test(input)),
    [],
  );
  assert.ok(sizeOf('reading.cjs') < 10 * KB, `${sizeOf('reading.cjs')} bytes`);
});

test('what searches conversations is a thread of its own, with the index and what it needs of core', () => {
  const allowed =
    /^(src\/core\/|src\/host\/(storage\/(searchThread|searchIndex|wordIndex|summaries|files)|workspace\/breathing)\.ts$|node_modules\/minisearch\/)/;
  assert.deepEqual(
    inputsOf('searching').filter((input) => !allowed.test(input)),
    [],
  );
  assert.deepEqual(
    inputsOf('extension').filter((input) => /searchIndex|wordIndex|minisearch/.test(input)),
    [],
  );
  assert.ok(sizeOf('searching.cjs') < 60 * KB, `${sizeOf('searching.cjs')} bytes`);
});

test('the list of conversations is a file of its own that loads when it is first shown', () => {
  const allowed = /^src\/(core|host)\//;
  assert.deepEqual(
    inputsOf('history').filter((input) => !allowed.test(input)),
    [],
  );
  assert.ok(sizeOf('history.cjs') < 40 * KB, `${sizeOf('history.cjs')} bytes`);
  assert.ok(sizeOf('summaries.cjs') < 30 * KB, `${sizeOf('summaries.cjs')} bytes`);
});

test('what looks through names is loaded with the first @, or the first pick of what to pin', () => {
  assert.deepEqual(
    inputsOf('extension').filter((input) => /fuzzysort|mentions\/(mentions|ranking)\.ts$/.test(input)),
    [],
  );
  assert.ok(sizeOf('mentions.cjs') < 60 * KB, `${sizeOf('mentions.cjs')} bytes`);
  assert.ok(sizeOf('pinPickers.cjs') < 60 * KB, `${sizeOf('pinPickers.cjs')} bytes`);
});

test('what goes out and comes in is a file of its own, with what writes and reads zip files', () => {
  const allowed = /^(src\/(core|host)\/|node_modules\/(yazl|yauzl|pend|buffer-crc32)\/)/;
  assert.deepEqual(
    inputsOf('exporting').filter((input) => !allowed.test(input)),
    [],
  );
  assert.deepEqual(
    inputsOf('extension').filter((input) =>
      /core\/exporting|storage\/(backup|restoring|collecting)/.test(input),
    ),
    [],
  );
  assert.ok(sizeOf('exporting.cjs') < 100 * KB, `${sizeOf('exporting.cjs')} bytes`);
});

test('the page weighs at most 250 KB and holds nothing of host, SDK and highlight.js', () => {
  const foreign = inputsOf('webview').filter((input) =>
    /src\/(host|claude|webview\/highlight)\/|@anthropic-ai|highlight\.js/.test(input),
  );
  assert.deepEqual(foreign, []);
  assert.ok(sizeOf('webview.js') <= 250 * KB, `${sizeOf('webview.js')} bytes`);
});

test('the page is told its prices and carries no table of them', () => {
  assert.ok(bytesOf('webview', 'src/core/money/prices.ts') > 0);
  assert.equal(bytesOf('webview', 'src/core/money/builtInPrices.ts'), 0);
});

test('what colors code weighs less than 120 KB and holds nothing but highlight.js and its entry', () => {
  const allowed = /^(src\/webview\/highlight\/|node_modules\/highlight\.js\/)/;
  assert.deepEqual(
    inputsOf('highlight').filter((input) => !allowed.test(input)),
    [],
  );
  assert.ok(sizeOf('highlight.js') < 120 * KB, `${sizeOf('highlight.js')} bytes`);
});

test('the usage page weighs at most 40 KB and holds nothing but itself, core and lit-html', () => {
  const allowed = /^(src\/(core|webview)\/|node_modules\/lit-html\/)/;
  const foreign = inputsOf('usage').filter(
    (input) => !allowed.test(input) || /src\/webview\/(view|render|input)\//.test(input),
  );
  assert.deepEqual(foreign, []);
  assert.ok(sizeOf('usage.js') <= 40 * KB, `${sizeOf('usage.js')} bytes`);
});

test('the pages run without eval', () => {
  for (const page of ['webview.js', 'highlight.js', 'usage.js']) {
    assert.doesNotMatch(readFileSync(`dist/${page}`, 'utf8'), /\beval\(|new Function\(/);
  }
});
