import type { Turn } from '../core/conversation/model.ts';
import type { OpenChat } from './state.ts';

/**
 * The chat with turns that have been fetched, before which so many others lie in the conversation. At most two runs of
 * neighboring turns stay on the page: the newest, which grows, and what was fetched last.
 */
export function withFetched(chat: OpenChat, turns: readonly Turn[], older: number): OpenChat {
  const known = new Set(chat.conversation.turns.map(({ id }) => id));
  const fresh = turns.filter(({ id }) => !known.has(id));
  const [first] = fresh;
  if (!first) return chat;
  const from = older + turns.indexOf(first);
  const runs = [...runsOf(chat), { from, turns: fresh }].sort((one, other) => one.from - other.from);
  const joined = join(runs);
  const isWanted = (run: Run): boolean => run === joined.at(-1) || (from >= run.from && from < end(run));
  return placed(chat, joined.length > 2 ? joined.filter(isWanted) : joined);
}

/** Neighboring turns, and how many of the conversation lie before them. */
interface Run {
  readonly from: number;
  readonly turns: readonly Turn[];
}

function end({ from, turns }: Run): number {
  return from + turns.length;
}

function runsOf({ conversation: { turns }, older, gap }: OpenChat): readonly Run[] {
  if (turns.length === 0) return [];
  if (!gap) return [{ from: older, turns }];
  return [
    { from: older, turns: turns.slice(0, gap.at) },
    { from: older + gap.at + gap.count, turns: turns.slice(gap.at) },
  ];
}

function join(runs: readonly Run[]): readonly Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const before = joined.at(-1);
    if (before && end(before) >= run.from)
      joined.splice(-1, 1, { from: before.from, turns: [...before.turns, ...run.turns] });
    else joined.push(run);
  }
  return joined;
}

function placed(chat: OpenChat, runs: readonly Run[]): OpenChat {
  const [first, second] = runs;
  if (!first) return chat;
  const { gap: _, ...rest } = chat;
  const turns = runs.flatMap((run) => run.turns);
  const all = { ...rest, conversation: { ...chat.conversation, turns }, older: first.from };
  if (!second) return all;
  return { ...all, gap: { at: first.turns.length, count: second.from - end(first) } };
}
