import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PinnedFile } from '../../../../src/core/context/pinned.ts';
import { billOf, costOfBills, priceOf, pricesWith } from '../../../../src/core/money/prices.ts';
import { createRandom } from '../../../support/random.ts';
import { bestUsd } from '../../../support/sessions/bestPlan.ts';
import type { Tree } from '../../../support/sessions/gitHistory.ts';
import { replayLayout, uncachedLayout } from '../../../support/sessions/layouts.ts';
import { MODEL, runWorkspace, type WorkspaceTurn } from '../../../support/sessions/workspaceSession.ts';
import { edited, sourceCode } from '../../../support/sessions/writing.ts';
import { pinned } from '../../core/context/files.ts';

const QUESTIONS = 24;

/** A workspace of some files, of which one to three are edited before each question, and sometimes one is added. */
function history(seed: number): readonly Tree[] {
  const random = createRandom(seed);
  const tree = new Map<string, PinnedFile>();
  const put = (path: string, text: string): void => void tree.set(path, pinned(path, text));
  for (let file = 0; file < 20; file++) put(`src/part${file}.ts`, sourceCode(random, 4000));
  return Array.from({ length: QUESTIONS }, (_, question) => {
    const files = [...tree.values()];
    for (let edits = 1 + random.below(3); edits > 0; edits--) {
      const file = files[random.below(files.length)];
      if (file) put(file.path, edited(random, file.text));
    }
    if (random.below(5) === 0) put(`src/new${question}.ts`, sourceCode(random, 3000));
    return new Map(tree);
  });
}

const { prices } = pricesWith({});
const price = priceOf(prices, MODEL.id);
assert.ok(price);

function usdOf(turns: readonly WorkspaceTurn[]): number {
  const bills = turns.flatMap(({ answer }) => (answer.usage ? billOf(answer.usage, MODEL.id) : []));
  return costOfBills(bills, prices) ?? Number.NaN;
}

for (const conversations of [1, 6]) {
  test(`questions in ${conversations === 1 ? 'one conversation' : 'short conversations'} cost at most a tenth more than with the future known`, async () => {
    for (const seed of [1, 2]) {
      const trees = history(seed);
      const turns = await runWorkspace({ trees, conversations, repacks: false });
      const best = bestUsd(turns, trees, price);
      const uncached = replayLayout(turns, trees, uncachedLayout);
      const uncachedUsd = costOfBills(
        uncached.flatMap((usage) => billOf(usage, MODEL.id)),
        prices,
      );
      const usd = usdOf(turns);
      assert.ok(usd <= best * 1.1, `seed ${seed}: ${usd / best} times the best`);
      assert.ok(
        usd <= (uncachedUsd ?? 0) * 0.5,
        `seed ${seed}: ${usd} beside ${uncachedUsd} without a cache`,
      );
    }
  });
}
