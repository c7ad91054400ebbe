import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContextFacts, RepackOffer } from '../../../src/core/context/facts.ts';
import type { ChatEvent } from '../../../src/core/conversation/events.ts';
import { emptyConversation, reduceAll } from '../../../src/core/conversation/events.ts';
import type { Compaction, FrozenPack } from '../../../src/core/conversation/model.ts';
import type { Session } from '../../../src/core/conversation/session.ts';
import { createRepacking } from '../../../src/host/context/packing/repacking.ts';
import { answerEvents, question } from '../../support/conversations.ts';

const PACK: FrozenPack = { at: 1, sha256: 'a'.repeat(64), manifest: 'b'.repeat(64), files: 1, tokens: 9 };
const OFFER = { keepUsd: 2, repackUsd: 1, turns: 3, updateTokens: 100 };
const FACTS: ContextFacts = {
  pins: [],
  files: [],
  removed: [],
  leftOut: [],
  tokens: 0,
  exact: false,
  pendingTokens: 0,
  cache: { state: 'none', tokens: 0 },
};
const SUMMARY: Compaction = {
  id: 's',
  at: 1,
  model: { id: 'm', name: 'M' },
  through: 'a1',
  way: 'summarize',
  state: 'taken',
  blocks: [],
};

/** A conversation that has begun, with whatever a test wants otherwise. */
function openDesk(offer: RepackOffer | 'none' = OFFER, ...events: readonly ChatEvent[]) {
  let conversation = reduceAll(emptyConversation('c1', 1), [
    { type: 'systemFrozen', system: { format: 1, texts: ['Be brief.'] } },
    { type: 'turnAdded', turn: question('q1', null, 'Hi') },
    ...answerEvents('a1', 'q1', 'Hello'),
    ...events,
  ]);
  const state = {
    isBusy: false,
    isForeign: false,
    mode: 'auto' as 'ask' | 'auto',
    pack: PACK as FrozenPack | undefined,
  };
  const recorded: ChatEvent[] = [];
  let whilePacking = (): void => undefined;
  const session = {
    get conversation() {
      return conversation;
    },
    get busy() {
      return state.isBusy;
    },
    record(...more: readonly ChatEvent[]) {
      recorded.push(...more);
      conversation = reduceAll(conversation, more);
    },
  } as Session;
  const repacking = createRepacking({
    packs: {
      concerns: () => !state.isForeign,
      async repack() {
        whilePacking();
        return state.pack;
      },
    },
    asking: { prices: () => ({}), modelOf: () => ({ id: 'm', name: 'M' }) },
    facts: async () => (offer === 'none' ? FACTS : { ...FACTS, repack: offer }),
    ours: async () => session,
    mode: () => state.mode,
    onRepacked: () => undefined,
  });
  return {
    state,
    session,
    recorded,
    repacking,
    meanwhile(what: () => void) {
      whilePacking = what;
    },
  };
}

test('where it is cheaper it repacks with a click, and by itself only where the setting lets it', async () => {
  const asked = openDesk();
  assert.match((await asked.repacking.repack(asked.session)) ?? '', /^1 file is packed anew/);
  assert.deepEqual(asked.recorded, [{ type: 'contextRepacked', pack: PACK }]);
  const auto = openDesk();
  await auto.repacking.repackIfCheaper(auto.session);
  assert.equal(auto.recorded.length, 1);
  const manual = openDesk();
  manual.state.mode = 'ask';
  await manual.repacking.repackIfCheaper(manual.session);
  const dear = openDesk('none');
  await dear.repacking.repackIfCheaper(dear.session);
  assert.deepEqual([manual.recorded, dear.recorded], [[], []]);
});

test('a conversation of another workspace, one that answers and one that goes on from a summary are left alone, in words', async () => {
  const foreign = openDesk();
  foreign.state.isForeign = true;
  assert.match((await foreign.repacking.repack(foreign.session)) ?? '', /did not begin in this workspace/);
  const busy = openDesk();
  busy.state.isBusy = true;
  assert.match((await busy.repacking.repack(busy.session)) ?? '', /still arriving/);
  const summed = openDesk(OFFER, { type: 'compactionStarted', compaction: SUMMARY });
  assert.match((await summed.repacking.repack(summed.session)) ?? '', /summary/);
  for (const desk of [foreign, busy, summed]) {
    await desk.repacking.repackIfCheaper(desk.session);
    assert.deepEqual(desk.recorded, []);
  }
});

test('an answer that began while files were read is not pulled onto another pack', async () => {
  const desk = openDesk();
  desk.meanwhile(() => {
    desk.state.isBusy = true;
  });
  assert.match((await desk.repacking.repack(desk.session)) ?? '', /still arriving/);
  assert.deepEqual(desk.recorded, []);
});

test('with nothing pinned there is nothing to pack, and that is said', async () => {
  const desk = openDesk();
  desk.state.pack = undefined;
  assert.match((await desk.repacking.repack(desk.session)) ?? '', /no file is pinned/);
});
