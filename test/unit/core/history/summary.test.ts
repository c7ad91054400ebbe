import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ChatEvent,
  emptyConversation,
  reduce,
  reduceAll,
} from '../../../../src/core/conversation/events.ts';
import type { Conversation, Usage } from '../../../../src/core/conversation/model.ts';
import { billedTokens, costOfBilled } from '../../../../src/core/history/billed.ts';
import { summaryOf } from '../../../../src/core/history/summary.ts';
import { costOfBills, pricesWith, turnBill } from '../../../../src/core/money/prices.ts';
import { eventsOf, NO_USAGE, openAnswer, question } from '../../../support/conversations.ts';

const { prices } = pricesWith({});
const HAIKU = { id: 'claude-haiku-5-5', name: 'Claude Haiku 5.5' };

/** One answer for each bill. */
function billed(...usages: readonly Usage[]): Conversation {
  let parent: string | null = null;
  const events = usages.flatMap((usage, at): readonly ChatEvent[] => {
    const asked = question(`q${at}`, parent, 'Why?');
    parent = `a${at}`;
    const answer = { ...openAnswer(`a${at}`, `q${at}`), model: HAIKU };
    const ended = { type: 'turnEnded', turn: `a${at}`, state: 'done', at: 10 + at, usage } as const;
    return [{ type: 'turnAdded', turn: asked }, { type: 'turnAdded', turn: answer }, ended];
  });
  return reduceAll(emptyConversation('c', 1), events);
}

function sumOfAnswers({ turns }: Conversation): number | undefined {
  return costOfBills(
    turns.flatMap((turn) => (turn.role === 'assistant' ? turnBill(turn) : [])),
    prices,
  );
}

test('pinning is a fact of the conversation, and can be taken back', () => {
  const pinned = reduce(emptyConversation('c', 1), { type: 'pinned', pinned: true });
  assert.equal(summaryOf(pinned).pinned, true);
  assert.equal(summaryOf(reduce(pinned, { type: 'pinned', pinned: false })).pinned, false);
});

test('a conversation was last active when something was asked or answered, not when it was renamed, pinned or deleted', () => {
  const conversation = reduceAll(emptyConversation('c', 1), eventsOf(['one', 'two']));
  const later = reduceAll(conversation, [
    { type: 'renamed', title: 'new' },
    { type: 'pinned', pinned: true },
    { type: 'deleted', at: 999 },
    { type: 'restored', at: 1_000 },
  ]);
  assert.equal(summaryOf(conversation).updatedAt, 6);
  assert.equal(summaryOf(later).updatedAt, 6);
  assert.equal(summaryOf(emptyConversation('c', 7)).updatedAt, 7);
});

test('the model is the one that answered last, and the workspace the one it began in', () => {
  const system = { format: 1, texts: [], workspace: 'w1' };
  const conversation = reduceAll(billed(NO_USAGE), [
    { type: 'systemFrozen', system },
    { type: 'modelChosen', model: { id: 'claude-opus-9', name: 'Claude Opus 9' } },
  ]);
  const summary = summaryOf(conversation);
  assert.deepEqual([summary.model, summary.workspace], [HAIKU, 'w1']);
  const { model } = summaryOf(reduceAll(emptyConversation('c', 1), [{ type: 'modelChosen', model: HAIKU }]));
  assert.deepEqual(model, HAIKU);
});

test('short prompts are summed up and cost what each of them does, also where long ones cost more', () => {
  const short = { ...NO_USAGE, input: 90_000, output: 10 };
  const long = { ...NO_USAGE, input: 5_000, cacheRead: 120_000, output: 10 };
  const conversation = billed(short, short, short, long);
  const summed = billedTokens(conversation);
  assert.equal(summed.length, 2);
  const cost = costOfBilled(summed, prices) ?? Number.NaN;
  assert.ok(Math.abs(cost - (sumOfAnswers(conversation) ?? 0)) < 1e-12, `${cost}`);
});

test('what a branch and a summary cost counts, and an unknown price makes the whole unknown', () => {
  const usage = { ...NO_USAGE, input: 1_000_000 };
  const branched = reduceAll(billed(usage), [{ type: 'turnAdded', turn: question('q9', null, 'Anew') }]);
  assert.equal(branched.aside.length, 2);
  const compaction = {
    id: 's',
    at: 2,
    model: { id: 'nobody-knows', name: 'N' },
    through: 'q9',
    way: 'summarize',
    state: 'running',
    blocks: [],
    usage,
  } as const;
  assert.equal(billedTokens(branched)[0]?.usage.fresh, 1_000_000);
  const summarized = reduceAll(branched, [{ type: 'compactionStarted', compaction }]);
  assert.deepEqual(
    billedTokens(summarized).map(({ model }) => model),
    [HAIKU.id, 'nobody-knows'],
  );
  assert.equal(costOfBilled(billedTokens(summarized), prices), undefined);
});
