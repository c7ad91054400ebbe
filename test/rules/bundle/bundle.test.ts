import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { test } from 'node:test';
import { filesIn } from './vsix.ts';

const VSIX = 'parley.vsix';
const KB = 1024;

/** Source files that went into a bundle, as esbuild saw them. */
function inputsOf(bundle: 'extension' | 'claude' | 'webview'): readonly string[] {
  const meta = JSON.parse(readFileSync(`out/${bundle}.meta.json`, 'utf8')) as {
    inputs: Record<string, unknown>;
  };
  return Object.keys(meta.inputs);
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
    'extension/dist/webview.js',
  ]) {
    assert.ok(names.includes(needed), needed);
  }
  for (const needed of [
    'extension/media/chat.css',
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

test('what activates holds neither the SDK nor anything of the page', () => {
  const foreign = inputsOf('extension').filter((input) => /node_modules|src\/(webview|claude)\//.test(input));
  assert.deepEqual(foreign, []);
  assert.ok(sizeOf('extension.cjs') < 100 * KB, `${sizeOf('extension.cjs')} bytes`);
});

test('the room with the SDK holds the slim client and nothing of the other rooms', () => {
  const foreign = inputsOf('claude').filter((input) => /src\/(webview|host)\//.test(input));
  assert.deepEqual(foreign, []);
  assert.ok(sizeOf('claude.cjs') < 220 * KB, `${sizeOf('claude.cjs')} bytes`);
});

test('the page weighs at most 250 KB and holds nothing of host and SDK', () => {
  const foreign = inputsOf('webview').filter((input) => /src\/(host|claude)\/|@anthropic-ai/.test(input));
  assert.deepEqual(foreign, []);
  assert.ok(sizeOf('webview.js') <= 250 * KB, `${sizeOf('webview.js')} bytes`);
});

test('the page runs without eval', () => {
  assert.doesNotMatch(readFileSync('dist/webview.js', 'utf8'), /\beval\(|new Function\(/);
});
