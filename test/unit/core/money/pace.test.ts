import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation } from '../../../../src/core/conversation/events.ts';
import type { AssistantTurn, Conversation } from '../../../../src/core/conversation/model.ts';
import { choosePackTtl, chooseTtl } from '../../../../src/core/money/pace.ts';
import { createRandom } from '../../../support/random.ts';

const MINUTE = 60_000;

/** A conversation whose requests started at these minutes; each question adds `growth` to 20,000 tokens. */
function askedAt(minutes: readonly number[], growth = 2000): Conversation {
  const turns = minutes.map(
    (minute, index): AssistantTurn => ({
      role: 'assistant',
      id: `a${index}`,
      parent: null,
      at: minute * MINUTE,
      model: { id: 'm', name: 'M' },
      state: 'done',
      blocks: [],
      usage: { input: 0, cacheRead: 0, cacheWrite: 20_000 + index * growth, cacheWrite1h: 0, output: 1 },
      sent: { at: minute * MINUTE, points: [] },
    }),
  );
  return { ...emptyConversation('c', 0), turns };
}

const after = (minutes: readonly number[], growth?: number) =>
  chooseTtl('auto', askedAt(minutes, growth), ((minutes.at(-1) ?? 0) + 1) * MINUTE);

test('a fixed choice is obeyed', () => {
  assert.equal(chooseTtl('1h', askedAt([]), 0), '1h');
  assert.equal(chooseTtl('5m', askedAt([0, 20, 40, 60]), 60 * MINUTE), '5m');
});

test('a conversation begins with five minutes and keeps them at a quick pace', () => {
  assert.equal(after([]), '5m');
  assert.equal(after([0]), '5m');
  assert.equal(after([0, 1, 3, 6, 9, 13]), '5m');
});

test('pauses between five minutes and an hour make an hour pay', () => {
  assert.equal(after([0, 10, 25, 50]), '1h');
  assert.equal(after([0, 2, 4, 16, 18, 30]), '1h');
});

test('the pause that is about to end counts', () => {
  const conversation = askedAt([0, 1]);
  assert.equal(chooseTtl('auto', conversation, 5 * MINUTE), '5m');
  assert.equal(chooseTtl('auto', conversation, 30 * MINUTE), '1h');
});

test('the pack goes by the pauses between all questions of the workspace', () => {
  const at = (...minutes: readonly number[]) => minutes.map((minute) => minute * MINUTE);
  assert.equal(choosePackTtl('5m', at(0, 20, 40), 60 * MINUTE), '5m');
  assert.equal(choosePackTtl('auto', [], 0), '5m');
  assert.equal(choosePackTtl('auto', at(0, 1, 2), 3 * MINUTE), '5m');
  assert.equal(choosePackTtl('auto', at(0, 20), 21 * MINUTE), '1h');
  assert.equal(choosePackTtl('auto', at(0, 90, 180), 270 * MINUTE), '5m');
});

test('pauses beyond an hour make it a waste', () => {
  assert.equal(after([0, 90, 200, 300]), '5m');
  assert.equal(after([0, 10, 90, 200, 300]), '5m');
});

test('what is added with each question makes an hour dearer', () => {
  const once = [0, 6, 7, 8, 9, 10, 11, 12, 13, 14];
  assert.equal(after(once, 200), '1h');
  assert.equal(after(once, 19_000), '5m');
});

test('one pause over a long prefix outweighs many over a short one', () => {
  assert.equal(after([0, 1, 2, 3, 4, 5, 6, 12], 19_000), '1h');
});

test('the choice changes at most now and then, however uneven the pace', () => {
  const random = createRandom(5);
  for (let run = 0; run < 100; run++) {
    const minutes = [0];
    for (let turn = 0; turn < 60; turn++) minutes.push((minutes.at(-1) ?? 0) + (random.below(2) ? 2 : 9));
    const choices = minutes.map((_, index) => after(minutes.slice(0, index + 1)));
    const changes = choices.filter((choice, index) => index > 0 && choice !== choices[index - 1]).length;
    assert.ok(changes <= 2, `${changes} changes`);
  }
});

test('over a steady pace the choice is the cheaper one', () => {
  for (const pause of [1, 4, 6, 20, 55, 70, 200]) {
    const minutes = Array.from({ length: 12 }, (_, index) => index * pause);
    const [prefix, growth] = [20_000, 2000];
    const isWarm = (lifetime: number) => pause <= lifetime;
    const costs = {
      '5m': isWarm(5) ? 0.1 * prefix + 1.25 * growth : 1.25 * (prefix + growth),
      '1h': isWarm(60) ? 0.1 * prefix + 2 * growth : 2 * (prefix + growth),
    };
    const now = 12 * pause * MINUTE;
    const cheaper = costs['5m'] <= costs['1h'] ? '5m' : '1h';
    assert.equal(chooseTtl('auto', askedAt(minutes), now), cheaper, `${pause} minutes`);
  }
});
