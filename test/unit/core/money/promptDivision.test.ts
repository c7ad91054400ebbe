import assert from 'node:assert/strict';
import { test } from 'node:test';
import { divisionOf } from '../../../../src/core/money/promptDivision.ts';
import type { MessageRequest } from '../../../../src/core/request/messageRequest.ts';
import { createRandom } from '../../../support/random.ts';

const model = 'claude-sonnet-5-5';
const image = { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } } as const;

function request(system: string, text: string, images = 0): MessageRequest {
  return {
    model,
    max_tokens: 1,
    system: [{ type: 'text', text: system }],
    messages: [
      { role: 'user', content: [...Array.from({ length: images }, () => image), { type: 'text', text }] },
    ],
  };
}

test('the figures are whole and add up to the prompt, whatever it holds', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = createRandom(seed);
    const of = request(random.text(400), random.text(4000), random.below(3));
    const tokens = random.below(20_000);
    const { system, messages, images } = divisionOf(of, tokens);
    assert.equal(system + messages + images, tokens, `seed ${seed}`);
    assert.ok([system, messages, images].every((part) => part >= 0 && Number.isInteger(part)));
  }
});

test('texts share by their length, pictures cost what the rule says', () => {
  const { system, messages, images } = divisionOf(request('word '.repeat(100), 'word '.repeat(300), 1), 5184);
  assert.equal(images, 4784);
  assert.ok(Math.abs(system - 100) <= 2, `${system} of ${system + messages}`);
  assert.equal(system + messages, 400);
});

test('a prompt without a system prompt is all messages', () => {
  const { system: _, ...of } = request('', 'some text');
  assert.deepEqual(divisionOf(of, 77), { system: 0, messages: 77, images: 0 });
});
