import type { Price } from '../../../src/core/money/money.ts';
import { packOf } from '../../../src/core/request/pack.ts';
import { heldFiles, updatesOf } from '../../../src/core/request/packUpdates.ts';
import { questionBlocks } from '../../../src/core/request/request.ts';
import { countText } from '../fakeClaude/prompt/tokens.ts';
import { packedText, type Tree } from './gitHistory.ts';
import type { WorkspaceTurn } from './workspaceSession.ts';

/**
 * The least that these questions can cost in USD, whoever asks them with one pack in the system prompt and updates in the
 * questions: when to pack anew is chosen with the whole future known, every token that was ever written is read as long
 * as its prefix stays, nothing expires, and everything is written once, at the price of five minutes.
 */
export function bestUsd(turns: readonly WorkspaceTurn[], trees: readonly Tree[], price: Price): number {
  const tokensOf = createTokens(trees);
  /** The least cost so far, by the question at which the pack was made that is in force. */
  let plans = new Map<number, number>();
  let dialogue = 0;
  for (const [at, turn] of turns.entries()) {
    const begins = turn.conversation !== turns[at - 1]?.conversation;
    const before = begins ? 0 : dialogue;
    const asked = countText(turn.question);
    const next = new Map<number, number>();
    for (const [made, usd] of plans) {
      // Updates of earlier questions of this conversation stand in its messages.
      const start = firstOf(turns, turn.conversation);
      const sent = begins ? 0 : tokensOf.updates(made, start, at - 1);
      const added = begins ? tokensOf.updates(made, at, at) : tokensOf.step(Math.max(made, at - 1), at);
      const read = tokensOf.pack(made) + sent + before;
      next.set(made, usd + read * price.cacheRead + (added + asked) * price.cacheWrite5m);
    }
    const cheapest = Math.min(...(plans.size > 0 ? plans.values() : [0]));
    const anew = tokensOf.pack(at) + before + asked;
    next.set(at, cheapest + anew * price.cacheWrite5m);
    plans = next;
    dialogue = before + asked + countText(turn.reply);
  }
  const output = turns.reduce((sum, { answer }) => sum + (answer.usage?.output ?? 0), 0);
  return (Math.min(...plans.values()) + output * price.output) / 1_000_000;
}

function firstOf(turns: readonly WorkspaceTurn[], conversation: number): number {
  return turns.findIndex((turn) => turn.conversation === conversation);
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
    /** What a conversation that began at `start` has been told by its question `end`, on a pack made at `made`. */
    updates(made: number, start: number, end: number): number {
      let sum = made < start ? step(made, start) : 0;
      for (let at = Math.max(made, start) + 1; at <= end; at++) sum += step(at - 1, at);
      return sum;
    },
  };
}
