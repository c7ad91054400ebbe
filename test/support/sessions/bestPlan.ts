import type { Price } from '../../../src/core/money/money.ts';
import { packOf } from '../../../src/core/request/pack.ts';
import { heldFiles, updatesOf } from '../../../src/core/request/packUpdates.ts';
import { questionBlocks } from '../../../src/core/request/request.ts';
import { countText } from '../fakeClaude/prompt/tokens.ts';
import { packedText, type Tree } from './gitHistory.ts';
import type { WorkspaceTurn } from './workspaceSession.ts';

/**
 * The least that these questions can cost in USD, whoever asks them with one pack in the system prompt and updates in the
 * questions: when to pack anew, and whether a conversation begins with all updates at once or with those of the last one
 * and what came since, is chosen with the whole future known, every token that was ever written is read as long as its
 * prefix stays, nothing expires, and everything is written once, at the price of five minutes.
 */
export function bestUsd(turns: readonly WorkspaceTurn[], trees: readonly Tree[], price: Price): number {
  const tokensOf = createTokens(trees);
  let plans: readonly Plan[] = [];
  let dialogue = 0;
  for (const [at, turn] of turns.entries()) {
    const begins = turn.conversation !== turns[at - 1]?.conversation;
    const before = begins ? 0 : dialogue;
    const asked = countText(turn.question);
    const next = plans.flatMap((plan) => (begins ? begun(plan, at, tokensOf) : [goneOn(plan, at, tokensOf)]));
    const kept = next.map(({ plan, read, written }) => {
      const usd = (read + before) * price.cacheRead + (written + asked) * price.cacheWrite5m;
      return { ...plan, usd: plan.usd + usd };
    });
    const cheapest = Math.min(...(plans.length > 0 ? plans.map(({ usd }) => usd) : [0]));
    const anew = (tokensOf.pack(at) + before + asked) * price.cacheWrite5m;
    plans = bestOf([...kept, { made: at, gathered: at, told: 0, base: at, sent: 0, usd: cheapest + anew }]);
    dialogue = before + asked + countText(turn.reply);
  }
  const output = turns.reduce((sum, { answer }) => sum + (answer.usage?.output ?? 0), 0);
  return (Math.min(...plans.map(({ usd }) => usd)) + output * price.output) / 1_000_000;
}

/** A way to have asked the questions so far. Places are those of questions. */
interface Plan {
  /** Where the pack in force was made. */
  readonly made: number;
  /** Where a conversation last began with all updates to it at once. */
  readonly gathered: number;
  /** Tokens of the updates that the last conversation began with, and the place whose files pack and they amount to. */
  readonly told: number;
  readonly base: number;
  /** Tokens of the updates that this conversation has had. */
  readonly sent: number;
  readonly usd: number;
}

interface Step {
  readonly plan: Plan;
  /** Tokens besides those of question and dialogue. */
  readonly read: number;
  readonly written: number;
}

type Tokens = ReturnType<typeof createTokens>;

/** The two ways in which a conversation can begin with a pack that is there. */
function begun(plan: Plan, at: number, tokensOf: Tokens): readonly Step[] {
  const pack = tokensOf.pack(plan.made);
  const all = tokensOf.step(plan.made, at);
  const gathered = { ...plan, gathered: at, told: all, base: at, sent: all };
  const atOnce = { plan: gathered, read: pack, written: all };
  if (plan.told === 0) return [atOnce];
  const since = tokensOf.step(plan.base, at);
  const told = plan.told + since;
  return [atOnce, { plan: { ...plan, told, base: at, sent: told }, read: pack + plan.told, written: since }];
}

function goneOn(plan: Plan, at: number, tokensOf: Tokens): Step {
  const written = tokensOf.step(Math.max(plan.made, at - 1), at);
  const sent = plan.sent + written;
  return { plan: { ...plan, sent }, read: tokensOf.pack(plan.made) + plan.sent, written };
}

/** Of plans that go on alike the cheapest. */
function bestOf(plans: readonly Plan[]): readonly Plan[] {
  const best = new Map<string, Plan>();
  for (const plan of plans) {
    const key = `${plan.made} ${plan.gathered}`;
    if (plan.usd < (best.get(key)?.usd ?? Number.POSITIVE_INFINITY)) best.set(key, plan);
  }
  return [...best.values()];
}

/** Token figures of packs and updates, each reckoned once. */
function createTokens(trees: readonly Tree[]) {
  const known = new Map<string, number>();
  const once = (key: string, reckon: () => number): number => {
    const figure = known.get(key) ?? reckon();
    known.set(key, figure);
    return figure;
  };
  const treeAt = (at: number): Tree => trees[at] ?? new Map();
  /** What leads from one tree to another. */
  const step = (from: number, to: number): number =>
    once(`${from} ${to}`, () => {
      const { manifest, text } = packOf([...treeAt(from).values()]);
      const parts = updatesOf(heldFiles(manifest, text, []), [...treeAt(to).values()]);
      return questionBlocks(parts).reduce(
        (sum, block) => sum + (block.type === 'text' ? countText(block.text) : 0),
        0,
      );
    });
  return {
    step,
    pack: (at: number) => once(`pack ${at}`, () => countText(packedText(treeAt(at)))),
  };
}
