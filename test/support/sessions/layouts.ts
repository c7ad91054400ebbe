import type { Usage } from '../../../src/core/conversation/model.ts';
import { packOf } from '../../../src/core/request/pack.ts';
import { answerMessages } from '../fakeClaude/answer/messages.ts';
import type { Wire } from '../fakeClaude/wire.ts';
import { packedText, type Tree } from './gitHistory.ts';
import { freshAccount, usageIn } from './replay.ts';
import { MODEL, type WorkspaceTurn } from './workspaceSession.ts';

/** Another way to ask the same questions about the same files: how the prompt is laid out. */
export interface Layout {
  readonly name: string;
  /** Texts of the system prompt behind the instructions, and whether each ends in a cache point. */
  system(tree: Tree, trees: readonly Tree[]): readonly { readonly text: string; readonly cached: boolean }[];
  /** Questions from the end that carry a cache point. */
  readonly points: number;
}

/** The files as they are now, with nothing cached. */
export const uncachedLayout: Layout = {
  name: 'no caching',
  system: (tree) => [{ text: packedText(tree), cached: false }],
  points: 0,
};

/** The files as they are now, packed in the order of their paths at every question. */
export const repackedLayout: Layout = {
  name: 'packed anew each time',
  system: (tree) => [{ text: packedText(tree), cached: true }],
  points: 2,
};

/**
 * As Aider orders its prompt, from stable to volatile, each chunk with a point at its end: the files that never change, as if
 * that were known from the start, then those that do, then the dialogue.
 */
export const chunkedLayout: Layout = {
  name: 'chunks from stable to volatile (Aider)',
  system(tree, trees) {
    const isStable = (path: string): boolean =>
      trees.every((other) => other.get(path)?.hash === tree.get(path)?.hash);
    const files = [...tree.values()];
    const chunks = [files.filter(({ path }) => isStable(path)), files.filter(({ path }) => !isStable(path))];
    return chunks
      .filter((chunk) => chunk.length > 0)
      .map((chunk) => ({ text: packOf(chunk).text, cached: true }));
  },
  points: 1,
};

/** The bills of the same dialogue in another layout, from a simulated API that has seen nothing yet. */
export function replayLayout(
  turns: readonly WorkspaceTurn[],
  trees: readonly Tree[],
  layout: Layout,
): readonly Usage[] {
  let time = 0;
  const account = freshAccount(() => time);
  return turns.map((turn, at) => {
    time = turn.at;
    const tree = trees[at] ?? new Map();
    account.script.enqueue({ text: turn.reply });
    const body = bodyOf(turns, at, layout.system(tree, trees), layout.points);
    const { message, begin } = answerMessages(account, body, new Set());
    begin();
    return usageIn(message);
  });
}

const POINT = { type: 'ephemeral' };

function bodyOf(
  turns: readonly WorkspaceTurn[],
  at: number,
  packed: ReturnType<Layout['system']>,
  points: number,
): Wire {
  const own = turns.slice(0, at + 1).filter(({ conversation }) => conversation === turns[at]?.conversation);
  const block = (text: string, cached: boolean): Wire => ({
    type: 'text',
    text,
    ...(cached ? { cache_control: POINT } : {}),
  });
  const messages = own.flatMap(({ question, reply }, index): readonly Wire[] => {
    const cached = index >= own.length - points;
    const asked = { role: 'user', content: [block(question, cached)] };
    return index === own.length - 1
      ? [asked]
      : [asked, { role: 'assistant', content: [block(reply, false)] }];
  });
  const system = [
    block('You answer questions about code.', false),
    ...packed.map(({ text, cached }) => block(text, cached)),
  ];
  return { model: MODEL.id, max_tokens: 32_000, thinking: { type: 'adaptive' }, system, messages };
}
