import './dom.ts';

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { createHighlight } from '../../src/webview/highlight/highlight.ts';
import { dom } from './dom.ts';
import { answered, asked, openPage, type Page, snapshot } from './support.ts';

const ADDRESS = 'https://page.test/dist/highlight.js';
const TS = '```ts\nconst a = 1;\n```';

const own = dom.document.createElement('script');
own.nonce = 'n-1';
dom.document.head.append(own);

const pages: Page[] = [];
afterEach(() => {
  for (const page of pages.splice(0)) page.close();
});

function pageWith(text: string, streamed?: string): Page {
  const page = openPage({
    highlight: ADDRESS,
    turns: [
      asked('q', null, 'Why?'),
      answered('a', 'q', text),
      ...(streamed === undefined
        ? []
        : [asked('q2', 'a', 'And?'), answered('a2', 'q2', streamed, { state: 'streaming' })]),
    ],
  });
  pages.push(page);
  return page;
}

function injected(): HTMLScriptElement[] {
  return [...dom.document.querySelectorAll('script')].filter((script) => script !== own);
}

/** Lets the injected script do what the bundle does. */
function arrive(): void {
  const [script] = injected();
  script?.dispatchEvent(new dom.CustomEvent('highlight', { detail: createHighlight() }));
  script?.dispatchEvent(new dom.Event('load'));
}

function fail(page: Page, event: 'load' | 'error'): unknown {
  page.rest();
  injected()[0]?.dispatchEvent(new dom.Event(event));
  return page.wishes.filter((wish) => wish.type === 'report');
}

test('The highlighter is loaded once, after the first drawing, with the nonce of the page’s own script', () => {
  const page = pageWith(TS);
  assert.equal(page.all('.code-block').length, 1);
  assert.deepEqual(injected(), []);
  page.rest();
  assert.deepEqual(
    injected().map(({ src, nonce }) => ({ src, nonce })),
    [{ src: ADDRESS, nonce: 'n-1' }],
  );
  arrive();
  page.type('more to draw');
  page.rest();
  assert.deepEqual(injected(), []);
});

test('Where the browser can tell, the page waits until it rests', (context) => {
  const waiting: (() => void)[] = [];
  Object.assign(dom, { requestIdleCallback: (work: () => void) => waiting.push(work) });
  context.after(() => Reflect.deleteProperty(dom, 'requestIdleCallback'));
  const page = pageWith(TS);
  page.rest();
  assert.equal(injected().length, 0);
  for (const work of waiting) work();
  assert.equal(injected().length, 1);
});

test('Code is plain until the highlighter is there, and then colored with the same words', () => {
  const page = pageWith(`${TS}\n\n~~~unknown\nif\n~~~\n\n    indented`);
  const words = page.all('pre').map((pre) => pre.textContent);
  page.rest();
  assert.equal(page.all('[class*="hljs-"]').length, 0);
  arrive();
  assert.deepEqual(
    page.all('.hljs-keyword').map((word) => word.textContent),
    ['const'],
  );
  assert.deepEqual(
    page.all('pre').map((pre) => pre.textContent),
    words,
  );
  assert.deepEqual(
    page.all('pre > code').map((code) => code.className),
    ['language-ts', 'language-unknown uncolored', ''],
  );
});

test('Coloring leaves focus, selection, scrolling and every other node as they are', () => {
  const page = pageWith(`Before.\n\n${TS}\n\nAfter.\n\n~~~unknown\nif\n~~~`);
  page.rest();
  const code = new Set(page.all('code.language-ts'));
  const others = (): Element[] => page.all('*').filter((element) => !element.closest('code.language-ts'));
  const before = others();
  const [pre, other] = page.all('pre');
  const text = other?.querySelector('code')?.firstChild;
  assert.ok(pre && text);
  pre.focus();
  pre.scrollLeft = 30;
  dom.getSelection()?.setBaseAndExtent(text, 0, text, 2);
  arrive();
  assert.equal(page.all('.hljs-keyword').length, 1);
  assert.deepEqual(new Set(page.all('code.language-ts')), code);
  assert.ok(others().every((element, at) => element === before[at]));
  assert.equal(others().length, before.length);
  assert.equal(dom.document.activeElement, pre);
  assert.equal(pre.scrollLeft, 30);
  assert.equal(dom.getSelection()?.anchorNode, text);
  assert.equal(String(dom.getSelection()), 'if');
});

test('An answer that is being given is colored too, and so is what it says later', () => {
  const page = pageWith('First.', `${TS}\n\n`);
  page.rest();
  arrive();
  assert.equal(page.all('.hljs-keyword').length, 1);
  const first = page.all('.hljs-keyword')[0];
  page.tell({
    type: 'events',
    conversation: 'c1',
    events: [{ type: 'textGrew', turn: 'a2', index: 0, text: `One more:\n\n${TS}\n` }],
  });
  assert.equal(page.all('.hljs-keyword').length, 2);
  assert.equal(page.all('.hljs-keyword')[0], first);
});

test('A conversation that is shown later is colored from its first drawing', () => {
  const page = pageWith('First.');
  page.rest();
  arrive();
  page.tell(snapshot({ id: 'c2', turns: [asked('q', null, 'Why?'), answered('a', 'q', TS)] }));
  assert.equal(page.all('.hljs-keyword').length, 1);
});

for (const [name, event] of [
  ['cannot be loaded', 'error'],
  ['hands nothing over', 'load'],
] as const) {
  test(`When the highlighter ${name}, code stays plain and the host is told once`, () => {
    const page = pageWith(TS);
    const report = { type: 'report', message: 'Code stays plain: highlight.js could not be loaded.' };
    assert.deepEqual(fail(page, event), [report]);
    page.type('more to draw');
    assert.deepEqual(fail(page, event), [report]);
    assert.equal(page.all('[class*="hljs-"]').length, 0);
    assert.equal(page.all('pre')[0]?.textContent, 'const a = 1;');
  });
}

test('A highlighter that changes a character is not believed, and what it gives cannot act', () => {
  const page = pageWith('```ts\nconst a = 1;\n```\n\n```js\nlet b;\n```');
  page.rest();
  const detail = (code: string): string =>
    code.startsWith('const')
      ? 'const a = 2;'
      : `<b onclick="act()" style="top:0">${code}</b><script></script>`;
  injected()[0]?.dispatchEvent(new dom.CustomEvent('highlight', { detail }));
  injected()[0]?.dispatchEvent(new dom.Event('load'));
  assert.deepEqual(
    page.all('pre > code').map((code) => code.innerHTML),
    ['const a = 1;', '<b>let b;</b>'],
  );
});

test('A page that has ended loads nothing and reports nothing', () => {
  const page = pageWith(TS);
  page.rest();
  const [script] = injected();
  page.close();
  assert.deepEqual(injected(), []);
  script?.dispatchEvent(new dom.Event('error'));
  assert.ok(page.wishes.every((wish) => wish.type !== 'report'));
  const brief = pageWith(TS);
  brief.close();
  brief.rest();
  assert.deepEqual(injected(), []);
});

test('Without an address nothing is loaded', () => {
  const page = openPage({ turns: [asked('q', null, 'Why?'), answered('a', 'q', TS)] });
  pages.push(page);
  page.rest();
  assert.deepEqual(injected(), []);
  assert.equal(page.all('pre')[0]?.textContent, 'const a = 1;');
});
