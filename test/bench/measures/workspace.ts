import type { Usage } from '../../../src/core/conversation/model.ts';
import { billOf, costOfBills, priceOf, pricesWith } from '../../../src/core/money/prices.ts';
import { bestUsd } from '../../support/sessions/bestPlan.ts';
import { type Tree, treesOf } from '../../support/sessions/gitHistory.ts';
import {
  chunkedLayout,
  repackedLayout,
  replayLayout,
  uncachedLayout,
} from '../../support/sessions/layouts.ts';
import { MODEL, runWorkspace } from '../../support/sessions/workspaceSession.ts';
import { repository } from '../../support/vscode/paths.ts';
import { compare, type Figure } from '../figures.ts';

/** What Parley may cost at most, as multiples. */
const GOALS = { ofBest: 1.1, ofUncached: 0.2 };

const QUESTIONS = 40;

/** What is pinned of this project; another repository is pinned as a whole. */
const PINNED = ['src/core', 'src/claude', 'src/host/workspace'];

/**
 * What 40 questions about pinned files cost while the files are edited as a real history has it, one commit before each
 * question: once as one conversation, once as eight. `PARLEY_BENCH_REPOSITORY` names another clone.
 */
export async function measureWorkspace(): Promise<readonly Figure[]> {
  const other = process.env.PARLEY_BENCH_REPOSITORY;
  const trees = await treesOf(other ?? repository, other ? ['.'] : PINNED, QUESTIONS);
  return [
    ...(await costsOf('one conversation', trees, 1, false)),
    ...(await costsOf('one conversation, repacking by itself', trees, 1, true)),
    ...(await costsOf('eight conversations', trees, 8, false)),
  ];
}

async function costsOf(
  name: string,
  trees: readonly Tree[],
  conversations: number,
  repacks: boolean,
): Promise<readonly Figure[]> {
  const area = `Pinned files: ${trees.length} questions in ${name}`;
  const turns = await runWorkspace({ trees, conversations, repacks });
  const usd = usdOf(turns.flatMap(({ answer }) => answer.usage ?? []));
  const price = priceOf(pricesWith({}).prices, MODEL.id);
  if (!price) throw new Error('The price is not known');
  const best = bestUsd(turns, trees, price);
  const layouts = [uncachedLayout, repackedLayout, chunkedLayout].map((layout) => ({
    name: layout.name,
    usd: usdOf(replayLayout(turns, trees, layout)),
  }));
  const uncached = layouts[0]?.usd ?? Number.NaN;
  const single = (what: string, unit: Figure['unit'], value: number, yardstick: string, against: number) =>
    compare(area, what, unit, [value], { what: yardstick, values: [against] });
  return [
    single('all questions', 'USD', usd, 'ideal: the best times to pack, known before', best),
    ...layouts.map((layout) => single('all questions', 'USD', usd, layout.name, layout.usd)),
    single('as a multiple of the ideal', '×', usd / best, 'goal: at most', GOALS.ofBest),
    single('as a multiple of no caching', '×', usd / uncached, 'goal: at most', GOALS.ofUncached),
  ];
}

function usdOf(usages: readonly Usage[]): number {
  const { prices } = pricesWith({});
  return usages.reduce((sum, usage) => sum + (costOfBills(billOf(usage, MODEL.id), prices) ?? Number.NaN), 0);
}
