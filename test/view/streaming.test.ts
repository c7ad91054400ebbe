import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHighlight } from '../../src/webview/highlight/highlight.ts';
import { createDecorate } from '../../src/webview/render/codeBlock.ts';
import { createMarkdown, showAll } from '../../src/webview/render/markdown.ts';
import { createStreamedBody } from '../../src/webview/render/streaming.ts';
import { createRandom } from '../support/random.ts';
import { dom } from './dom.ts';

const t = (message: string): string => message;
const highlight = createHighlight();
const markdown = createMarkdown(dom, t, createDecorate(dom.document, t), highlight);
const still = (): number => 0;

const TEXTS: Readonly<Record<string, string>> = {
  'nested fences': '# A\n\n````md\n```ts\nlet a = 1;\n```\n````\n\ntext\n\n~~~\n```\n~~~\n\nend',
  'an open fence': 'one\n\ntwo\n\n```ts\nconst a = 1;\n\nconst b = 2;\n',
  lists:
    '- a\n- b\n  - c\n\n    more of c\n\n- d\n\n1. x\n2. y\n\n   ```js\n   let z;\n   ```\n\n3. z\n\nend\n\n* other\n+ third',
  'loose and tight lists': '- a\n- b\n\n\n- c\n\npara\n\n- d\n- e',
  tables: 'intro\n\n| a | b |\n|---|:-:|\n| 1 | `x|y` |\n| <br> | **2** |\nnot a row\n\nafter | it\n\nend',
  'setext headings': 'Title\n=====\n\nSub\n---\n\npara\nmore\n===\n\n---\n\nend\n-',
  'early reference links': '[a]: https://a.example "T"\n\nSee [a] and [b][a].\n\nMore [a].\n\nEnd [a].',
  html: 'a <b>bold</b>\n\n<div>\nraw *text*\n</div>\n\n<Button>\n\ntext <br> text\n\n<!-- a\n\nb -->\n\nend\n\n<table><tr><td>x\n\ny',
  quotes: '> a\nlazy\n\n> b\n>\n> - c\n>\n> ```\n> d\n> ```\n\nend\n\n> > deep\n\nlast',
  'line endings': 'one\r\ntwo\r\n\r\n- a\r\n- b\r\n\r\n```ts\r\nlet a;\r\n```\r\n\r\nend\r\n\r\nlast',
  'indented code': 'para\n\n    code\n\n    more\n\npara\n\tno code\n\n\tcode',
  'odd ends': '**bold\n\n`code\n\n[link](http\n\n![i](\n\n| a\n\n~~~',
  'a huge paragraph': `${'word *emphasis* `code` and more. '.repeat(200)}\n\n${'x'.repeat(5000)}\n\nend`,
  'rules and escapes': '***\n\n\\*a\\* &amp; &lt;\n\n- - -\n\n1) a\n2) b\n\n___\nend',
};

function inPieces(text: string, seed: number, most: number): string[] {
  const random = createRandom(seed);
  const ends: string[] = [];
  for (let at = 0; at < text.length; ) {
    at += 1 + random.below(most);
    ends.push(text.slice(0, at));
  }
  return ends;
}

function whole(text: string): HTMLElement {
  const frame = dom.document.createElement('div');
  frame.className = 'markdown';
  frame.append(...showAll(markdown, text));
  return frame;
}

function assertSame(body: HTMLElement, full: HTMLElement, when: string): void {
  if (!body.isEqualNode(full)) assert.equal(body.innerHTML, full.innerHTML, when);
}

for (const [name, text] of Object.entries(TEXTS)) {
  test(`Streamed in pieces, ${name} look as if they had come at once`, () => {
    const full = whole(text);
    for (const [seed, most] of [
      [1, 5],
      [2, 24],
      [4, 400],
    ] as const) {
      const coarse = text.length > 5000 ? 20 * most : most;
      const body = createStreamedBody(dom.document, markdown, still);
      for (const piece of inPieces(text, seed, coarse)) body.grow(piece);
      assertSame(body.element, full, `while growing, seed ${seed}`);
      body.finish(text);
      assertSame(body.element, full, `at the end, seed ${seed}`);
    }
  });
}

test('Random mixtures of Markdown stream to the same page', () => {
  const lines = Object.values(TEXTS).flatMap((text) => (text.length > 3000 ? [] : text.split(/\r?\n/)));
  for (let seed = 1; seed <= 20; seed += 1) {
    const random = createRandom(seed);
    const text = Array.from({ length: 30 }, () => lines[random.below(lines.length)] ?? '').join('\n');
    const body = createStreamedBody(dom.document, markdown, still);
    for (const piece of inPieces(text, seed, 60)) body.grow(piece);
    body.finish(text);
    assertSame(body.element, whole(text), `seed ${seed}`);
  }
});

test('Wherever in a stream the highlighter arrives, all looks as if it had been there from the start', () => {
  const text =
    '```ts\nlet a = 1;\n```\n\n- b\n\n  ```css\n  a { top: 0 }\n  ```\n\n~~~unknown\nif\n~~~\n\n```js\n\n\tlet c;\n```\n\n```sh\nls';
  const full = whole(text);
  assert.equal(full.querySelectorAll('.hljs-keyword, .hljs-attribute').length, 3);
  let there = false;
  const late = createMarkdown(dom, t, createDecorate(dom.document, t), (code, language) =>
    there ? highlight(code, language) : undefined,
  );
  const pieces = inPieces(text, 3, 24);
  for (const arrival of [...pieces.keys(), pieces.length]) {
    there = false;
    const body = createStreamedBody(dom.document, late, still);
    const arrive = (at: number): void => {
      if (at !== arrival) return;
      there = true;
      late.color(body.element);
    };
    for (const [at, piece] of pieces.entries()) {
      arrive(at);
      body.grow(piece);
    }
    if (arrival < pieces.length) assertSame(body.element, full, `growing, arrived before ${arrival}`);
    body.finish(text);
    arrive(pieces.length);
    assertSame(body.element, full, `finished, arrived before ${arrival}`);
  }
});

test('A reference link that is defined late is found at the end', () => {
  const text = 'See [a].\n\none\n\ntwo\n\nthree\n\n[a]: https://a.example';
  const body = createStreamedBody(dom.document, markdown, still);
  for (const piece of inPieces(text, 1, 5)) body.grow(piece);
  assert.equal(body.element.querySelector('a'), null);
  body.finish(text);
  assert.equal(body.element.querySelector('a')?.dataset.href, 'https://a.example');
});

test('A block that two others follow is never touched again while the text grows', () => {
  const body = createStreamedBody(dom.document, markdown, still);
  body.grow('first\n\nsecond\n\nthird\n\n');
  const [first] = body.element.children;
  first?.setAttribute('data-mark', '1');
  body.grow('first\n\nsecond\n\nthird\n\nfourth');
  assert.equal(body.element.children[0], first);
  assert.equal(first?.getAttribute('data-mark'), '1');
});

test('What the reader has selected in a growing paragraph stays the same text node', () => {
  const body = createStreamedBody(dom.document, markdown, still);
  body.grow('Hello wor');
  const text = body.element.querySelector('p')?.firstChild;
  body.grow('Hello world, and more');
  assert.equal(body.element.querySelector('p')?.firstChild, text);
  body.finish('Hello world, and more.');
  assert.equal(body.element.querySelector('p')?.firstChild, text);
});

test('A text that is not the old one with more at its end is shown from the start', () => {
  const body = createStreamedBody(dom.document, markdown, still);
  body.grow('a\n\nb\n\nc\n\nd');
  body.grow('x\n\ny');
  assert.equal(body.element.innerHTML, '<p>x</p><p>y</p>');
});

test('A text that is slow to parse is shown less often, and whole at its end', () => {
  let clock = 0;
  const slow = {
    ...markdown,
    show: (token: Parameters<typeof markdown.show>[0]) => {
      clock += 100;
      return markdown.show(token);
    },
  };
  const body = createStreamedBody(dom.document, slow, () => clock);
  body.grow('a');
  body.grow('ab');
  assert.equal(body.element.textContent, 'a');
  clock += 1000;
  body.grow('abc');
  assert.equal(body.element.textContent, 'abc');
  body.grow('abcd');
  body.finish('abcde');
  assert.equal(body.element.textContent, 'abcde');
});
