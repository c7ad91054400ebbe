import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AssistantTurn,
  MissCause,
  Repair,
  SentRequest,
  Usage,
} from '../../src/core/conversation/model.ts';
import type { ImagePart } from '../../src/core/conversation/parts.ts';
import { answered, asked, openPage, type Page, textIn } from './support.ts';

const USAGE: Usage = { input: 200, cacheRead: 12_000, cacheWrite: 231, cacheWrite1h: 0, output: 512 };

function pageWith(more: Partial<AssistantTurn>, text = 'Because.'): Page {
  return openPage({ turns: [asked('q', null, 'Why?'), answered('a', 'q', text, more)] });
}

const SENT: SentRequest = {
  at: 1000,
  points: [],
  quoted: { fresh: 0, read: 12_000, write5m: 431, write1h: 0, exact: true, maxOutput: 32_000 },
};

function dataOf(page: Page): DOMStringMap | undefined {
  return page.all('[data-part="usage"]')[0]?.dataset;
}

test('The usage line carries the prompt, its cached share, the bill, and what had been quoted', () => {
  const page = pageWith({ usage: USAGE, sent: SENT });
  const { usd, quotedUsd, ...tokens } = { ...dataOf(page) };
  assert.deepEqual(tokens, {
    part: 'usage',
    input: '12431',
    cacheRead: '12000',
    cacheWrite: '231',
    output: '512',
  });
  assert.ok(Math.abs(Number(usd) - 0.0072975) < 1e-9, usd);
  assert.ok(Math.abs(Number(quotedUsd) - 0.0073975) < 1e-9, quotedUsd);
  assert.equal(
    textIn(page, '[data-part="usage"]'),
    '12,431 in (97% cached) · 512 out · $0.0073 (quoted $0.0074) · 3.2 s',
  );
  page.close();
});

test('Without a price or a quote the line says less and invents nothing', () => {
  const page = pageWith({ usage: USAGE, model: { id: 'some-model', name: 'Some' }, sent: SENT });
  assert.equal(textIn(page, '[data-part="usage"]'), '12,431 in (97% cached) · 512 out · 3.2 s');
  assert.equal(dataOf(page)?.usd, undefined);
  page.close();
  const unquoted = pageWith({ usage: USAGE });
  assert.match(textIn(unquoted, '[data-part="usage"]'), /512 out · \$0\.0073 · 3\.2 s$/);
  unquoted.close();
});

test('An interrupted answer says no time: it was closed when somebody came back, maybe days later', () => {
  const page = pageWith({ usage: USAGE, state: 'interrupted', endedAt: 1_000_000_000 });
  assert.match(textIn(page, '[data-part="usage"]'), /512 out · \$0\.0073$/);
  page.close();
});

test('The dollars include earlier attempts and summaries on the way, and failed answers show theirs', () => {
  const usage = { ...USAGE, iterations: [{ type: 'compaction', input_tokens: 0, output_tokens: 100_000 }] };
  const iterated = pageWith({ usage });
  assert.ok(Number(dataOf(iterated)?.usd) >= 1, dataOf(iterated)?.usd);
  iterated.close();
  const attempts = [{ at: 0, usage: { ...USAGE, output: 100_000 }, failure: { kind: 'cutOff' } as const }];
  const repeated = pageWith({ usage: USAGE, attempts });
  assert.ok(Number(dataOf(repeated)?.usd) > 1);
  assert.match(
    repeated.all('[data-part="usage"]')[0]?.title ?? '',
    /Requests before this one are included: 1/,
  );
  repeated.close();
  const failed = pageWith({ state: 'failed', failure: { kind: 'cutOff' }, usage: USAGE });
  assert.match(textIn(failed, '[data-part="usage"]'), /\$0\.0073/);
  failed.close();
});

test('How much of the output was thinking is in the title', () => {
  const page = pageWith({ usage: { ...USAGE, thinking: 300 } });
  assert.match(page.all('[data-part="usage"]')[0]?.title ?? '', /300 of the output were thinking/);
  page.close();
});

test('A cache miss says why it happened and what it cost', () => {
  const page = pageWith({ usage: USAGE, cacheMiss: { cause: 'modelChanged', tokens: 41_200 } });
  assert.equal(
    textIn(page, '[data-part="cache-miss"]'),
    'Cache missed: the model was changed. 41,200 tokens were read again for $0.099 more.',
  );
  page.close();
  const unpriced = pageWith({ model: { id: 'x', name: 'X' }, cacheMiss: { cause: 'expired', tokens: 5 } });
  assert.equal(
    textIn(unpriced, '[data-part="cache-miss"]'),
    'Cache missed: it had expired. 5 tokens were read again.',
  );
  unpriced.close();
});

test('Every cause of a cache miss has words of its own', () => {
  const causes: readonly MissCause[] = [
    'expired',
    'modelChanged',
    'settingsChanged',
    'systemChanged',
    'messagesChanged',
    'toolsChanged',
    'notFound',
    'unknown',
  ];
  const sentences = causes.map((cause) => {
    const page = pageWith({ cacheMiss: { cause, tokens: 1 } });
    const sentence = textIn(page, '[data-part="cache-miss"]');
    page.close();
    return sentence;
  });
  assert.equal(new Set(sentences).size, causes.length);
  const page = pageWith({ cacheMiss: { cause: 'brand_new' as MissCause, tokens: 1 } });
  assert.equal(textIn(page, '[data-part="cache-miss"]'), sentences.at(-1));
  page.close();
});

const SHOT: ImagePart = {
  kind: 'image',
  label: 'shot.png',
  source: { type: 'stored', sha256: 'x', mediaType: 'image/png', bytes: 9, width: 1280, height: 800 },
};

function repairedPage(repairs: readonly Repair[], more: Partial<AssistantTurn> = {}): Page {
  const question = { ...asked('q', null, 'Why?'), parts: [SHOT] };
  return openPage({ turns: [question, answered('a', 'q', 'So.', { repairs, ...more })] });
}

test('Each repair of a request is a sentence', () => {
  const repairs: readonly [Repair, RegExp][] = [
    [{ kind: 'fieldDropped', field: 'effort' }, /does not take "effort"/],
    [{ kind: 'maxTokensLowered', tokens: 8192 }, /8,192 tokens/],
    [{ kind: 'partLeftOut', turn: 'q', part: 0 }, /"shot\.png" was refused .* no longer sent/],
    [{ kind: 'partLeftOut', turn: 'q', part: 0, gone: true }, /"shot\.png" is no longer sent.*file is gone/],
    [{ kind: 'partLeftOut', turn: 'gone', part: 0 }, /"An attachment" was refused/],
    [{ kind: 'partReplaced', turn: 'q', part: 0, by: SHOT }, /"shot\.png" was made smaller/],
    [{ kind: 'blockLeftOut', turn: 'a', index: 0 }, /part of an earlier answer/],
    [{ kind: 'thinkingLeftOut', through: 'a' }, /Earlier thinking/],
    [{ kind: 'turnWithdrawn', turn: 'q' }, /earlier question was refused/],
    [{ kind: 'compactionDropped', compaction: 'k' }, /summary was refused/],
  ];
  const attempts = [{ at: 0, failure: { kind: 'invalidRequest' } as const }];
  const page = repairedPage(
    repairs.map(([repair]) => repair),
    { attempts },
  );
  const notes = page.all('[data-part="repair"]').map((note) => note.textContent ?? '');
  for (const [at, [, sentence]] of repairs.entries()) assert.match(notes[at] ?? '', sentence);
  page.close();
});

test('What was left out to make room is said in one sentence, and not to have been refused', () => {
  const left = (part: number) => ({ kind: 'partLeftOut', turn: 'q', part }) as const;
  const fifty = Array.from({ length: 50 }, (_, part) => left(part));
  for (const [repairs, sentence] of [
    [[left(0)], 'The model takes no more with a request: "shot.png" is no longer sent. You keep it here.'],
    [
      fifty,
      'The model takes no more with a request: 50 attachments, the oldest, are no longer sent. You keep them here.',
    ],
  ] as const) {
    const page = repairedPage([...repairs], { attempts: [{ at: 0 }] });
    assert.deepEqual(
      page.all('[data-part="repair"]').map((note) => note.textContent),
      [sentence],
    );
    page.close();
  }
  const gone = repairedPage([{ ...left(0), gone: true }], { attempts: [{ at: 0 }] });
  assert.match(textIn(gone, '[data-part="repair"]'), /its file is gone/);
  gone.close();
});

test('An image that was too large is said to have been that', () => {
  const attempts = [{ at: 0, failure: { kind: 'invalidRequest', limit: 2000 } as const }];
  const page = repairedPage([{ kind: 'partLeftOut', turn: 'q', part: 0 }], { attempts });
  assert.match(textIn(page, '[data-part="repair"]'), /^"shot\.png" was too large for the API/);
  page.close();
});

test('Thinking that the API left out is said', () => {
  const page = pageWith({ thinkingDropped: 3 });
  assert.match(textIn(page, '[data-part="repair"]'), /Earlier thinking .* was left out by the API \(3\)/);
  page.close();
});

test('What is no longer sent is marked on the question, and not by color alone', () => {
  const parts = [SHOT, { ...SHOT, label: 'other.png' }];
  const turn = { ...asked('q', null, ''), parts, leftOut: [0] };
  const page = openPage({ turns: [turn] });
  const [gone, kept] = page.all('.question .chip');
  assert.match(gone?.title ?? '', /shot\.png 1280×800: no longer sent/);
  assert.equal(gone?.querySelector('s')?.textContent, 'shot.png 1280×800');
  assert.equal(kept?.querySelector('s'), null);
  page.close();
  const withdrawn = openPage({ turns: [{ ...asked('q', null, 'Why?'), withdrawn: true }] });
  assert.match(textIn(withdrawn, '[data-part="withdrawn"]'), /no longer sent/);
  withdrawn.close();
});
