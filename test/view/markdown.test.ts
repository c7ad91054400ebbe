import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHighlight } from '../../src/webview/highlight/highlight.ts';
import { createDecorate } from '../../src/webview/render/codeBlock.ts';
import { editorLanguage, fenceLanguage, isShell } from '../../src/webview/render/languages.ts';
import { createMarkdown, showAll } from '../../src/webview/render/markdown.ts';
import { dom } from './dom.ts';

const t = (message: string): string => message;
const markdown = createMarkdown(dom, t, createDecorate(dom.document, t), createHighlight());

function shown(source: string): HTMLElement {
  const frame = dom.document.createElement('div');
  frame.append(...showAll(markdown, source));
  return frame;
}

test('Nested fences stay one block of code', () => {
  const frame = shown('````md\n```ts\nlet a;\n```\n````\n\nafter');
  assert.equal(frame.querySelectorAll('pre').length, 1);
  assert.equal(frame.querySelector('pre')?.textContent, '```ts\nlet a;\n```');
  assert.equal(frame.querySelector(':scope > p')?.textContent, 'after');
});

test('A closed fence is colored and an open one is not', () => {
  assert.ok(shown('```ts\nconst a = 1;\n```').querySelector('.hljs-keyword'));
  assert.equal(shown('```ts\nconst a = 1;\n').querySelector('.hljs-keyword'), null);
  assert.equal(shown('````ts\nconst a = 1;\n```').querySelector('.hljs-keyword'), null);
});

test('Coloring changes no character of the code', () => {
  const code = 'const a = "<b>&amp;";\n\n// `x` $y\n\tif (a < b && c > d) {}';
  assert.equal(shown(`\`\`\`ts\n${code}\n\`\`\``).querySelector('pre')?.textContent, code);
});

test('Every common language is known by its usual short name', () => {
  const names =
    'ts js jsx py rb rs go java kt c cpp cs php sh bash ps1 sql json yaml toml ini html xml css md diff dockerfile lua makefile';
  for (const name of names.split(' ')) {
    const frame = shown(`\`\`\`${name}\n"a" 1\n\`\`\``);
    assert.equal(frame.querySelector<HTMLElement>('.code-block')?.dataset.language, name);
  }
  assert.ok(shown('```python\ndef f(): return 1\n```').querySelector('.hljs-keyword'));
  assert.ok(shown('```c\nint main(void) { return 0; }\n```').querySelector('.hljs-type'));
  assert.ok(shown('```css\na { color: #fff; }\n```').querySelector('.hljs-attribute'));
  assert.ok(shown('```sql\nSELECT 1\n```').querySelector('.hljs-keyword'));
  for (const name of ['scss', 'less'])
    assert.ok(shown(`\`\`\`${name}\na { color: #fff; } // b\n\`\`\``).querySelector('.hljs-comment'), name);
});

test('An unknown language is plain text', () => {
  assert.equal(shown('```brainfuck\n+-<>\n```').querySelector('code')?.innerHTML, '+-&lt;&gt;');
});

test('Wide tables scroll in a frame of their own', () => {
  const frame = shown('| a | b |\n|--:|---|\n| 1 | 2 |').querySelector<HTMLElement>('.table-frame');
  assert.equal(frame?.tabIndex, 0);
  assert.equal(frame?.querySelector('td')?.getAttribute('align'), 'right');
});

test('Task lists show their state as text', () => {
  assert.equal(shown('- [x] done\n- [ ] open').querySelector('input'), null);
  assert.match(shown('- [x] done\n- [ ] open').textContent ?? '', /☑ done\s*☐ open/);
});

test('Fence names become the names VS Code uses', () => {
  assert.equal(fenceLanguage(' TS title="a.ts"'), 'ts');
  assert.equal(fenceLanguage(undefined), '');
  assert.equal(editorLanguage('ts'), 'typescript');
  assert.equal(editorLanguage(''), 'plaintext');
  assert.equal(editorLanguage('constructor'), 'constructor');
  assert.equal(isShell('zsh'), true);
  assert.equal(isShell('console'), false);
  assert.equal(isShell('ts'), false);
});
