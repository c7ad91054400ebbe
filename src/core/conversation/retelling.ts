import type { ChatEvent } from './events.ts';
import type { Conversation, Turn } from './model.ts';

/**
 * Events that make this conversation of an empty one with its id and time: what is left to write when its journal has vanished.
 * Turns come as they are, whole; how they came about is not told again, and those put aside may stand in another order.
 */
export function retell(conversation: Conversation): readonly ChatEvent[] {
  const { title, model, effort, thinking, instructions, system, compactions, deletedAt } = conversation;
  const left = conversation.thinkingLeftOutThrough;
  return [
    ...(model ? [{ type: 'modelChosen', model } as const] : []),
    ...(effort === undefined ? [] : [{ type: 'effortChosen', effort } as const]),
    ...(thinking === undefined ? [] : [{ type: 'thinkingChosen', thinking } as const]),
    ...(instructions === undefined ? [] : [{ type: 'instructionsChanged', instructions } as const]),
    ...(system ? [{ type: 'systemFrozen', system } as const] : []),
    ...(title === '' ? [] : [{ type: 'renamed', title } as const]),
    ...turnsOf(conversation).map((turn) => ({ type: 'turnAdded', turn }) as const),
    ...compactions.map((compaction) => ({ type: 'compactionStarted', compaction }) as const),
    ...(left === undefined ? [] : [leftOut(left)]),
    ...(deletedAt === undefined ? [] : [{ type: 'deleted', at: deletedAt } as const]),
  ];
}

/** What was put aside comes first: the first question begins a branch of its own, so that all before it goes aside again. */
function turnsOf({ turns, aside }: Conversation): readonly Turn[] {
  const [first, ...rest] = turns;
  if (!first || aside.length === 0) return turns;
  return [...aside, { ...first, parent: null }, ...rest];
}

function leftOut(through: string): ChatEvent {
  return {
    type: 'requestRepaired',
    turn: '',
    repairs: [{ kind: 'thinkingLeftOut', through }],
    attempt: { at: 0 },
  };
}
