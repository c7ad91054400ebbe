import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marked } from 'marked';
import { emptyConversation, reduceAll } from '../../../src/core/conversation/events.ts';
import type { ContentBlock, Conversation } from '../../../src/core/conversation/model.ts';
import type { Part } from '../../../src/core/conversation/parts.ts';
import { type MarkdownExport, toMarkdown } from '../../../src/core/exporting/markdown.ts';
import { pricesWith } from '../../../src/core/money/prices.ts';
import { code, image, NO_USAGE, openAnswer, question } from '../../support/conversations.ts';

type State = 'done' | 'stopped' | 'failed' | 'interrupted';

function talk(
  parts: readonly (Part | string)[],
  answers: readonly ContentBlock[],
  state: State = 'done',
): Conversation {
  return reduceAll(emptyConversation('c1', 0), [
    { type: 'renamed', title: 'Of *stars* and\n<b>fences' },
    { type: 'turnAdded', turn: question('q', null, ...parts) },
    { type: 'turnAdded', turn: openAnswer('a', 'q') },
    ...answers.map((block, index) => ({ type: 'blockStarted', turn: 'a', index, block, at: 3 }) as const),
    {
      type: 'turnEnded',
      turn: 'a',
      state,
      at: 4,
      usage: { ...NO_USAGE, input: 200, cacheRead: 800, output: 1234 },
      ...(state === 'failed' ? { failure: { kind: 'overloaded' } as const } : {}),
    },
  ]);
}

function markdownOf(conversation: Conversation, withThinking = false): MarkdownExport {
  return toMarkdown(conversation, {
    t: (message, ...values) => message.replace(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)])),
    prices: pricesWith({}).prices,
    withThinking,
    folder: 'my talk.files',
    date: (at) => `time ${at}`,
    usd: (amount) => `$${amount.toFixed(4)}`,
  });
}

/** What a reader of Markdown sees: the kinds of its blocks at the outermost level. */
function outline(markdown: string): readonly string[] {
  return marked.lexer(markdown).flatMap(({ type }) => (type === 'space' ? [] : [type]));
}

const says = (text: string): ContentBlock => ({ type: 'text', text });

test('title, models, turns and bill stand in it, and the answer word for word', () => {
  const answer = '# Mine\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n- x\n  - y';
  const { text, files } = markdownOf(talk(['Why?'], [says(answer)]));
  assert.ok(
    text.startsWith('# Of \\*stars\\* and \\<b\\>fences\n\ntime 0 · Claude Sonnet 5.5\n\n---\n'),
    text,
  );
  assert.ok(text.includes('**You** · time 1\n\n> Why?\n\n---\n\n**Claude Sonnet 5.5** · time 2\n\n'), text);
  assert.ok(text.includes(`\n\n${answer}\n\n`));
  assert.match(
    text,
    /1,000 tokens in \(80% from the cache\) · 1,234 tokens out · \$0\.\d{4} by the prices of today/,
  );
  assert.match(text, /All answers together: 1,000 tokens in .*<\/sub>\n$/);
  assert.deepEqual(files, []);
});

test('code that is attached stands in a fence that nothing in it can close, with its path and lines', () => {
  const text = 'a\n````md\n```\nb\n```\n````\n';
  const { text: markdown } = markdownOf(
    talk(['Look', code(text, { path: 'a`b.md', startLine: 3, endLine: 8 })], []),
  );
  assert.ok(
    markdown.includes(`\`\`a\`b.md\`\`, lines 3 to 8\n\n\`\`\`\`\`typescript\n${text}\`\`\`\`\`\n`),
    markdown,
  );
});

test('pictures and documents lie beside it, each once, and are linked by a relative path', () => {
  const [first, second] = ['a'.repeat(64), 'b'.repeat(64)];
  const pdf: Part = {
    kind: 'document',
    label: 'paper [1].pdf',
    source: { type: 'stored', sha256: second, mediaType: 'application/pdf', bytes: 9 },
  };
  const { text, files } = markdownOf(talk([image(first, 'my shot.png'), image(first), pdf, 'Well?'], []));
  assert.deepEqual(files, [
    { name: 'my-shot-aaaaaaaa.png', sha256: first },
    { name: 'paper-1-bbbbbbbb.pdf', sha256: second },
  ]);
  assert.ok(text.includes('![my shot.png](my%20talk.files/my-shot-aaaaaaaa.png)'), text);
  assert.ok(text.includes('[paper \\[1\\].pdf](my%20talk.files/paper-1-bbbbbbbb.pdf)'), text);
});

test('a picture by its address is a link that nobody follows unasked, and only to the web', () => {
  const at = (url: string): Part => ({ kind: 'image', label: 'x', source: { type: 'url', url } });
  const { text } = markdownOf(talk([at('https://example.com/a b.png'), at('javascript:alert(1)')], []));
  assert.ok(text.includes('[x](<https://example.com/a%20b.png>)'), text);
  assert.ok(text.includes('`javascript:alert(1)`') && !text.includes(']('.concat('javascript')), text);
});

test('whatever question and answer leave open, the turns that follow stand apart', () => {
  const loose = [
    '```js\nlet a',
    '~~~\n```\nx',
    '> ````md\n> ```',
    '<!-- half',
    'text\n===',
    '- a\n- b',
    '    code',
    '1. ```\nx',
    '- a\n\n  ```\n  x',
    '1. a\n   ```\n   x',
    '- a\n\n```\nx',
    '<pre>\n\nlet a',
    'So:\n\n<script>\n\nalert(1)',
    '<STYLE>\n\n.a {',
    '<?php\n\necho 1;',
    '<![CDATA[\n\nx',
    '<!DOCTYPE\n\nhtml',
    'text\r\n~~~\r\nx',
    '`````\n````\nx',
    '````\n`````',
    '<!-- half\n```\nx',
    '```html\n<!--\n```',
    '<!-- whole --> and <!-- whole -->',
  ];
  const expected = outline(markdownOf(talk(['Q'], [says('fine')])).text);
  for (const text of loose) {
    const inAnswer = outline(markdownOf(talk(['Q'], [says(text)])).text);
    assert.deepEqual(inAnswer.slice(-3), expected.slice(-3), text);
    const inQuestion = outline(markdownOf(talk([text], [says('fine')])).text);
    assert.deepEqual(inQuestion, expected, text);
  }
});

test('what has ended by itself gets no second end', () => {
  for (const text of [
    'A `<!--` begins a comment.',
    '```\n<pre>\n```',
    '<pre>x</pre>',
    '<details>x</details>',
    '> ```\n> x',
  ]) {
    assert.ok(markdownOf(talk(['Q'], [says(text)])).text.includes(`\n\n${text}\n\n<sub>`), text);
  }
});

test('what hides when it is not closed is closed in question and answer', () => {
  const open = '<details><summary>More</summary>\n\n<details>\n\nHidden';
  const { text } = markdownOf(talk([open], [says(open)]));
  assert.ok(text.includes(`> Hidden\n>\n> </details>\n>\n> </details>\n`), text);
  assert.ok(text.includes(`\n\nHidden\n\n</details>\n\n</details>\n\n<sub>`), text);
});

test('nothing in a foreign conversation names a file of another folder, or keeps it from being written', () => {
  const stored = (label: string, mediaType: string, letter: string) =>
    ({
      kind: 'image',
      label,
      source: { type: 'stored', sha256: letter.repeat(64), mediaType, bytes: 9, width: 1, height: 1 },
    }) as Part;
  const parts = [
    stored('../../a/b.png', 'image/../../../.bashrc', 'a'),
    stored('..', 'image/', 'b'),
    stored(`${'x'.repeat(39)}\u{20000}\u{20000}`, 'image/svg+xml', 'c'),
  ];
  const { files } = markdownOf(talk([...parts, 'Q'], []));
  assert.deepEqual(
    files.map(({ name }) => name),
    ['a-b-aaaaaaaa.bin', 'file-bbbbbbbb.bin', `${'x'.repeat(39)}\u{20000}-cccccccc.svg`],
  );
});

test('a state, a failure, a part and a block that only a newer Parley knows keep nothing from being written', () => {
  const conversation = talk(
    ['Q', { kind: 'ofTomorrow', deep: [1] } as unknown as Part],
    [{ type: 'new' }],
    'failed',
  );
  const turns = conversation.turns.map((turn) =>
    turn.role === 'assistant' ? { ...turn, state: 'half*done' as 'done' } : turn,
  );
  const failed = conversation.turns.map((turn) =>
    turn.role === 'assistant' ? { ...turn, failure: { kind: 'ofTomorrow' as 'server' } } : turn,
  );
  assert.match(markdownOf({ ...conversation, turns }).text, /\*half\\\*done\*/);
  const { text } = markdownOf({ ...conversation, turns: failed });
  assert.match(text, /"ofTomorrow"/);
  assert.match(text, /\*This answer failed\. (?!undefined).+\*/);
});

test('an answer that is not whole says so', () => {
  const said = (state: State): string => markdownOf(talk(['Q'], [says('Half')], state)).text;
  assert.match(said('stopped'), /\*This answer was stopped; it is not complete\.\*/);
  assert.match(said('interrupted'), /\*This answer was interrupted; it is not complete\.\*/);
  assert.match(said('failed'), /\*This answer failed\. .*overloaded.*\*/);
  assert.doesNotMatch(said('done'), /not complete|failed/);
});

test('thinking is in it only when it is wanted', () => {
  const thinking = { type: 'thinking', thinking: 'Let me see.\n\n```\nx', signature: 's' };
  const conversation = talk(['Q'], [thinking, says('So.')]);
  assert.doesNotMatch(markdownOf(conversation).text, /Let me see/);
  const { text } = markdownOf(conversation, true);
  assert.ok(
    text.includes(
      '<details><summary>Thinking</summary>\n\n> Let me see.\n>\n> ```\n> x\n\n</details>\n\nSo.',
    ),
    text,
  );
});

test('a price that nobody knows is not invented', () => {
  const conversation = talk(['Q'], [says('So.')]);
  const unknown = {
    ...conversation,
    turns: conversation.turns.map((turn) =>
      turn.role === 'assistant' ? { ...turn, model: { id: 'imaginary-9', name: 'Imaginary' } } : turn,
    ),
  };
  const { text } = markdownOf(unknown);
  assert.match(text, /1,234 tokens out/);
  assert.doesNotMatch(text, /\$/);
});
