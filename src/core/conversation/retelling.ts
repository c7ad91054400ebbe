import type { ChatEvent } from './events.ts';
import type { Conversation, Turn } from './model.ts';

/**
 * Events that make this conversation of an empty one with its id and time: what is left to write when its journal has vanished.
 * Turns come as they are, whole; how they came about is not told again, and those put aside may stand in another order.
 */
export function retell(conversation: Conversation): readonly ChatEvent[] {
  const { title, compactions, thinkingLeftOutThrough: left, pinned, deletedAt } = conversation;
  return [
    ...retellChoices(conversation),
    ...(title === '' ? [] : [{ type: 'renamed', title } as const]),
    ...(pinned === undefined ? [] : [{ type: 'pinned', pinned } as const]),
    ...turnsOf(conversation).map((turn) => ({ type: 'turnAdded', turn }) as const),
    ...compactions.map((compaction) => ({ type: 'compactionStarted', compaction }) as const),
    ...(left === undefined ? [] : [leaveThinkingOut(left)]),
    ...(deletedAt === undefined ? [] : [{ type: 'deleted', at: deletedAt } as const]),
  ];
}

/** What was chosen for a conversation and what its requests begin with; without turns, title and what was done to it in the list. */
export function retellChoices(conversation: Conversation): readonly ChatEvent[] {
  const { model, effort, thinking, instructions, system } = conversation;
  return [
    ...(model ? [{ type: 'modelChosen', model } as const] : []),
    ...(effort === undefined ? [] : [{ type: 'effortChosen', effort } as const]),
    ...(thinking === undefined ? [] : [{ type: 'thinkingChosen', thinking } as const]),
    ...(instructions === undefined ? [] : [{ type: 'instructionsChanged', instructions } as const]),
    ...(system ? [{ type: 'systemFrozen', system } as const] : []),
  ];
}

/** That thinking of this turn and of all before it is not sent any more. */
export function leaveThinkingOut(through: string): ChatEvent {
  return {
    type: 'requestRepaired',
    turn: '',
    repairs: [{ kind: 'thinkingLeftOut', through }],
    attempt: { at: 0 },
  };
}

/** What was put aside comes first: the first question begins a branch of its own, so that all before it goes aside again. */
function turnsOf({ turns, aside }: Conversation): readonly Turn[] {
  const [first, ...rest] = turns;
  if (!first || aside.length === 0) return turns;
  return [...aside, { ...first, parent: null }, ...rest];
}
