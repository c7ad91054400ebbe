import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importTargets } from '../../../../src/host/context/pinning/importText.ts';

/** Whether one of the targets may lie at that path. */
function leads(language: string, text: string, path: string, name = 'a'): boolean {
  return importTargets(language, text, name).some(({ paths }) => paths.includes(path));
}

test('scripts import under the names of what they are compiled to, and without extensions', () => {
  const text = `import a from './a.js';\nexport * from "../b";\nimport('./c.mjs');\nconst d = require('./d');\nimport './e.css?inline';\nimport type { F } from "./f.ts";`;
  for (const path of [
    './a.js',
    './a.ts',
    './a.tsx',
    '../b.ts',
    '../b/index.ts',
    './c.mts',
    './d.json',
    './e.css',
    './f.ts',
  ]) {
    assert.ok(leads('typescript', text, path), path);
  }
  assert.deepEqual(
    importTargets('javascript', `import x from 'react'; require('node:fs'); // from './`, 'a.js'),
    [],
  );
});

test('styles import partial files', () => {
  const text = `@use 'parts/buttons';\n@import url("./base.css");\n@import 'http://x/y.css';\n@forward "mixins" show a;`;
  for (const path of ['parts/_buttons.scss', './base.css', '_mixins.scss'])
    assert.ok(leads('scss', text, path), path);
  assert.equal(importTargets('css', text, 'a.css').length, 3);
});

test('Python imports modules of packages above it, and relative ones', () => {
  const text = `import os, app.models as m\nfrom . import sibling\nfrom ..pkg.mod import (\n  one,  # first\n  two,\n)\nfrom app.views import index`;
  for (const path of [
    'app/models.py',
    'sibling.py',
    '../pkg/mod.py',
    '../pkg/mod/two.py',
    'app/views/index.py',
    'app/views.py',
  ]) {
    assert.ok(leads('python', text, path), path);
  }
  const all = importTargets('python', text, 'a.py');
  assert.equal(all.find(({ paths }) => paths.includes('sibling.py'))?.from, 'document');
  assert.equal(all.find(({ paths }) => paths.includes('app/views.py'))?.from, 'above');
});

test('C includes what is in quotes, Rust has modules beside its roots or below its files', () => {
  assert.ok(leads('c', '#include "util/list.h"\n#include <stdio.h>', 'util/list.h'));
  assert.equal(importTargets('cpp', '#include <vector>', 'a.cpp').length, 0);
  assert.ok(leads('rust', 'pub mod parser;', 'parser.rs', 'lib.rs'));
  assert.ok(leads('rust', 'mod lexer;', 'parser/lexer.rs', 'parser.rs'));
  assert.ok(leads('rust', 'pub(crate) mod x;', 'x/mod.rs', 'mod.rs'));
});

test('Go and languages that nobody knows import nothing', () => {
  assert.deepEqual(importTargets('go', 'import "example.com/x/y"', 'a.go'), []);
  assert.deepEqual(importTargets('brainfuck', '+++', 'a'), []);
});
