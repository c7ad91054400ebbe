import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation, reduceAll } from '../../../src/core/conversation/events.ts';
import type { Session } from '../../../src/core/conversation/session.ts';
import type { SpendingEntry } from '../../../src/core/money/money.ts';
import { pricesWith } from '../../../src/core/money/prices.ts';
import { createTokenCounter } from '../../../src/core/money/tokenCounter.ts';
import { succeed } from '../../../src/core/ports.ts';
import { createCacheWarming, type WarmingKind } from '../../../src/host/context/packing/cacheWarming.ts';
import { answerEvents, NO_USAGE, question } from '../../support/conversations.ts';
import { askContext, createScriptedClaude, createTestClock } from '../../support/memoryPorts.ts';

const QUOTED = { fresh: 0, read: 0, write5m: 0, write1h: 0, exact: true, maxOutput: 0 };

/** What warming a conversation puts into the spending log. */
async function billed(what: WarmingKind): Promise<readonly SpendingEntry['what'][]> {
  const clock = createTestClock();
  const conversation = reduceAll(emptyConversation('c1', 1), [
    { type: 'systemFrozen', system: { format: 1, texts: ['Be brief.'] } },
    { type: 'turnAdded', turn: question('q1', null, 'Hi') },
    ...answerEvents('a1', 'q1', 'Hello'),
  ]);
  const claude = { ...createScriptedClaude(), warm: async () => succeed({ ...NO_USAGE, cacheRead: 900 }) };
  const context = askContext(claude);
  const entries: SpendingEntry[] = [];
  const warming = createCacheWarming({
    asking: {
      context: async () => context,
      contextNow: async () => context,
      prices: () => pricesWith({}).prices,
      counter: createTokenCounter(),
      ledgerName: () => 'l',
    },
    packs: { carried: () => undefined },
    budgets: {
      clear: async () => ({ verdict: { allowed: true }, quoted: QUOTED, release: async () => undefined }),
    },
    spending: {
      async append(entry) {
        entries.push(entry);
        return succeed(undefined);
      },
      since: async () => [],
    },
    clock,
  });
  const warmed = await warming.warm({ conversation, busy: false } as Session, what);
  assert.ok(warmed.ok);
  return entries.map((entry) => entry.what);
}

test('what the user has wanted warmed is billed as such, and what is kept warm unasked as that', async () => {
  assert.deepEqual(await billed('warming'), ['warming']);
  assert.deepEqual(await billed('keepingWarm'), ['keepingWarm']);
});
