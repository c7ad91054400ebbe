import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type ConversationLoad,
  cheapestPack,
  type PackCandidate,
  repackOfferOf,
  surplusOf,
} from '../../../../src/core/context/costs.ts';
import type { Price } from '../../../../src/core/money/money.ts';

const PRICE: Price = { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75, cacheWrite1h: 6 };
const fresh: PackCandidate = {
  packTokens: 100_000,
  updates: { read: 0, written: 0, again: 0 },
  isWarm: false,
  carriedUsd: 0,
};

/** A revision in the cache. Tokens. */
function warm(updates: Partial<PackCandidate['updates']>, carriedUsd = 0): PackCandidate {
  return { ...fresh, isWarm: true, carriedUsd, updates: { ...fresh.updates, ...updates } };
}

test('a warm revision with few updates is cheaper than a fresh pack', () => {
  assert.equal(cheapestPack([fresh, warm({ written: 2_000 })], PRICE, '5m'), 1);
});

test('a revision whose updates have grown beyond what a fresh pack costs is given up', () => {
  assert.equal(cheapestPack([fresh, warm({ written: 80_000 })], PRICE, '5m'), 0);
});

test('a cold revision is worth nothing', () => {
  assert.equal(cheapestPack([fresh, { ...warm({ written: 2_000 }), isWarm: false }], PRICE, '5m'), 0);
});

test('an unchanged pack that is warm is taken before all others', () => {
  assert.equal(cheapestPack([{ ...fresh, isWarm: true }, warm({ written: 2_000 })], PRICE, '5m'), 0);
});

test('updates that can be read are told before the same ones are written again, until they are many times as long', () => {
  const again = warm({ written: 10_000, again: 9_000 });
  assert.equal(cheapestPack([fresh, again, warm({ read: 12_000, written: 1_000 })], PRICE, '5m'), 2);
  assert.equal(cheapestPack([fresh, again, warm({ read: 90_000, written: 1_000 })], PRICE, '5m'), 1);
});

test('what has changed since the last conversation costs the same in any pack, and is held against none', () => {
  assert.equal(surplusOf({ ...warm({ written: 20_000 }), packTokens: 80_000 }, 100_000, PRICE), 0);
  assert.ok(
    surplusOf({ ...warm({ written: 20_000, again: 9_000 }), packTokens: 80_000 }, 100_000, PRICE) > 0,
  );
});

test('updates that nobody could read are expected to be written once more by the conversation after this one', () => {
  assert.equal(cheapestPack([fresh, warm({ written: 40_000 })], PRICE, '5m'), 1);
  assert.equal(cheapestPack([fresh, warm({ written: 40_000, again: 1 })], PRICE, '5m'), 0);
});

test('many short conversations stop paying for what is too much once a fresh pack would have cost as much', () => {
  for (const updates of [
    { written: 10_000, again: 10_000 },
    { read: 40_000, written: 2_000 },
  ]) {
    const each = surplusOf(warm(updates), fresh.packTokens, PRICE);
    let carriedUsd = 0;
    while (cheapestPack([fresh, warm(updates, carriedUsd)], PRICE, '5m') === 1) carriedUsd += each;
    const freshUsd = (100_000 * (PRICE.cacheWrite5m - PRICE.cacheRead)) / 1_000_000;
    assert.ok(carriedUsd >= 2 * each, `${carriedUsd} after conversations of ${each}`);
    assert.ok(
      carriedUsd <= freshUsd && freshUsd - carriedUsd <= 3 * each,
      `${carriedUsd} beside ${freshUsd}`,
    );
  }
});

test('nothing is pinned or known: no candidate, no place', () => {
  assert.equal(cheapestPack([], PRICE, '5m'), -1);
});

const LOAD: ConversationLoad = {
  packTokens: 50_000,
  freshTokens: 50_000,
  sentUpdates: 5_000,
  pendingUpdates: 0,
  otherTokens: 10_000,
  isWarm: true,
  questions: 4,
};

test('while the cache is warm a fresh pack is not worth a few updates', () => {
  assert.equal(repackOfferOf(LOAD, PRICE, '5m'), undefined);
});

test('when the cache has gone cold everything is written anew in any case, so a fresh pack without updates is cheaper', () => {
  const offer = repackOfferOf({ ...LOAD, sentUpdates: 20_000, isWarm: false }, PRICE, '5m');
  assert.ok(offer && offer.repackUsd < offer.keepUsd);
  assert.deepEqual([offer.turns, offer.updateTokens], [4, 20_000]);
});

test('without updates there is nothing to repack, and a saving of less than a tenth is not worth a word', () => {
  assert.equal(repackOfferOf({ ...LOAD, sentUpdates: 0, isWarm: false }, PRICE, '5m'), undefined);
  assert.equal(repackOfferOf({ ...LOAD, sentUpdates: 3_000, isWarm: false }, PRICE, '5m'), undefined);
});

test('updates as long as the pack pay for a fresh one even while it is warm, over a long conversation', () => {
  const grown = { ...LOAD, packTokens: 20_000, freshTokens: 20_000, otherTokens: 5_000, sentUpdates: 60_000 };
  assert.ok(repackOfferOf({ ...grown, questions: 20 }, PRICE, '5m'));
  assert.equal(repackOfferOf({ ...grown, questions: 1 }, PRICE, '5m'), undefined);
});
