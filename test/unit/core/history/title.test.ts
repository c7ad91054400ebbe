import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation } from '../../../../src/core/conversation/events.ts';
import { TITLE_TOKENS, titleIn, titleRequest } from '../../../../src/core/history/titleRequest.ts';
import type { ModelInfo } from '../../../../src/core/modelInfo.ts';
import { pricesWith } from '../../../../src/core/money/prices.ts';
import { conversationOf } from '../../../support/conversations.ts';

const { prices } = pricesWith({
  cheap: { input: 1, output: 5 },
  dear: { input: 10, output: 50 },
  thinker: { input: 0.1, output: 0.5 },
});

const model = (id: string, more: Partial<ModelInfo> = {}): ModelInfo => ({ id, name: id, ...more });
const tokens = (): number => 400;

test('the cheapest model of known price that answers without thinking is asked, for a short answer', () => {
  const models = [
    model('dear'),
    model('thinker', { thinking: ['adaptive'] }),
    model('unknown'),
    model('cheap', { thinking: ['adaptive', 'disabled'] }),
    model('thinker-2', { lifecycle: 'retired' }),
  ];
  const offered = titleRequest(conversationOf('Why is it slow?'), models, prices, tokens);
  assert.equal(offered?.model.id, 'cheap');
  assert.equal(offered?.request.max_tokens, TITLE_TOKENS);
  assert.deepEqual(offered?.request.thinking, { type: 'disabled' });
  assert.equal(offered?.usd, (400 * 1 + TITLE_TOKENS * 5) / 1_000_000);
});

test('only the beginning of the first question and answer goes out', () => {
  const conversation = conversationOf(`Why ${'x'.repeat(50_000)}`, 'A later question');
  const text = JSON.stringify(titleRequest(conversation, [model('cheap')], prices, tokens)?.request);
  assert.ok(text.length < 4_000);
  assert.doesNotMatch(text, /A later question|Let me see/);
});

test('without a word, or without a model of known price, there is no request', () => {
  assert.equal(titleRequest(emptyConversation('c', 1), [model('cheap')], prices, tokens), undefined);
  assert.equal(titleRequest(conversationOf('Why?'), [model('unknown')], prices, tokens), undefined);
});

test('a title is one bare line of at most 60 characters', () => {
  assert.equal(titleIn('"Slow parser."\nBecause it is.'), 'Slow parser');
  assert.equal(titleIn('Title: **Slow parser**'), 'Slow parser');
  assert.equal(titleIn('「速い」検索'), '「速い」検索');
  assert.equal(titleIn(' \n'), '');
  assert.equal(titleIn('word '.repeat(40)).length <= 60, true);
});
