import type { ChatEvent } from './events.ts';
import type { Conversation, Turn } from './model.ts';
import { leaveThinkingOut, retellChoices } from './retelling.ts';

/**
 * The events that make a new conversation of this one's turns up to and including `turn`; an empty list when the
 * turn is not there. An answer that is still on its way comes no further there. System prompt, model and summaries go with it, so the same prefix is sent, and the cache
 * and the thinking in it stay valid.
 */
export function forkEvents(conversation: Conversation, turn: string, title: string): readonly ChatEvent[] {
  const at = conversation.turns.findIndex((candidate) => candidate.id === turn);
  if (at < 0) return [];
  const turns = conversation.turns.slice(0, at + 1).map(cutOff);
  const ids = new Set(turns.map((kept) => kept.id));
  const { thinkingLeftOutThrough: left } = conversation;
  const through = left === undefined || ids.has(left) ? left : turn;
  return [
    ...retellChoices(conversation),
    { type: 'renamed', title },
    ...turns.map((kept) => ({ type: 'turnAdded', turn: kept }) as const),
    ...conversation.compactions
      .filter((compaction) => compaction.state === 'taken' && ids.has(compaction.through))
      .map((compaction) => ({ type: 'compactionStarted', compaction }) as const),
    ...(through === undefined ? [] : [leaveThinkingOut(through)]),
  ];
}

function cutOff(turn: Turn): Turn {
  if (turn.role !== 'assistant' || turn.state !== 'streaming') return turn;
  const { waiting: _, ...kept } = turn;
  return { ...kept, state: 'interrupted' };
}
