import type {
  AnswerBlock,
  AnswerState,
  AssistantTurn,
  ContentBlock,
  Conversation,
  Failure,
  FrozenSystem,
  Json,
  ModelChoice,
  Turn,
  Usage,
} from './model.ts';

/**
 * Everything that can happen to a conversation, as facts in the past tense.
 * The same values are the state change, the wire to the page, the lines on disk and the test oracle.
 */
export type ChatEvent =
  | { readonly type: 'renamed'; readonly title: string }
  | { readonly type: 'modelChosen'; readonly model: ModelChoice }
  | { readonly type: 'effortChosen'; readonly effort: string }
  | { readonly type: 'systemFrozen'; readonly system: FrozenSystem }
  | { readonly type: 'turnAdded'; readonly turn: Turn }
  | {
      readonly type: 'answerStarted';
      readonly turn: string;
      readonly messageId: string;
      readonly requestId?: string;
      readonly usage: Usage;
    }
  | {
      readonly type: 'blockStarted';
      readonly turn: string;
      readonly index: number;
      readonly block: ContentBlock;
      readonly at: number;
    }
  | { readonly type: 'textGrew'; readonly turn: string; readonly index: number; readonly text: string }
  | { readonly type: 'thinkingGrew'; readonly turn: string; readonly index: number; readonly text: string }
  | {
      readonly type: 'blockChanged';
      readonly turn: string;
      readonly index: number;
      /** A delta other than text and thinking, as the API sent it (signatures, citations, ...). */
      readonly delta: ContentBlock;
    }
  | { readonly type: 'blockEnded'; readonly turn: string; readonly index: number; readonly at: number }
  | {
      readonly type: 'turnEnded';
      readonly turn: string;
      readonly state: Exclude<AnswerState, 'streaming'>;
      readonly at: number;
      readonly stopReason?: string;
      readonly usage?: Usage;
      readonly failure?: Failure;
      readonly requestId?: string;
    }
  | { readonly type: 'deleted'; readonly at: number }
  | { readonly type: 'restored'; readonly at: number };

/** The state of a conversation before its first event. */
export function emptyConversation(id: string, createdAt: number): Conversation {
  return { id, createdAt, title: '', turns: [], aside: [] };
}

/**
 * The only way a conversation changes. Never mutates, never throws.
 * Events that speak of an unknown turn or block, and events of a type from a newer version, change nothing.
 */
export function reduce(conversation: Conversation, event: ChatEvent): Conversation {
  switch (event.type) {
    case 'renamed':
      return { ...conversation, title: event.title };
    case 'modelChosen':
      return { ...conversation, model: event.model };
    case 'effortChosen':
      return { ...conversation, effort: event.effort };
    case 'systemFrozen':
      return { ...conversation, system: event.system };
    case 'turnAdded':
      return addTurn(conversation, event.turn);
    case 'answerStarted':
      return changeAnswer(conversation, event.turn, (answer) => ({
        ...answer,
        messageId: event.messageId,
        usage: event.usage,
        ...(event.requestId === undefined ? {} : { requestId: event.requestId }),
      }));
    case 'blockStarted':
      return changeAnswer(conversation, event.turn, (answer) => startBlock(answer, event));
    case 'textGrew':
      return changeBlock(conversation, event, (block) => grow(block, 'text', event.text));
    case 'thinkingGrew':
      return changeBlock(conversation, event, (block) => grow(block, 'thinking', event.text));
    case 'blockChanged':
      return changeBlock(conversation, event, (block) => applyDelta(block, event.delta));
    case 'blockEnded':
      return changeBlock(conversation, event, (block) => ({ ...block, endedAt: event.at }));
    case 'turnEnded':
      return changeAnswer(conversation, event.turn, (answer) => endAnswer(answer, event));
    case 'deleted':
      return { ...conversation, deletedAt: event.at };
    case 'restored': {
      const { deletedAt: _, ...kept } = conversation;
      return kept;
    }
    default:
      return unchanged(conversation, event);
  }
}

/** Folds many events; the same as reducing them one by one. */
export function reduceAll(conversation: Conversation, events: Iterable<ChatEvent>): Conversation {
  let current = conversation;
  for (const event of events) current = reduce(current, event);
  return current;
}

/** The event that closes an answer whose writer is gone, or nothing when no answer is open. */
export function interruption(conversation: Conversation, at: number): ChatEvent | undefined {
  const last = conversation.turns.at(-1);
  if (last?.role !== 'assistant' || last.state !== 'streaming') return undefined;
  return { type: 'turnEnded', turn: last.id, state: 'interrupted', at };
}

/**
 * Joins neighbors that grew the same block, so that traffic and disk follow the text and not the packets.
 * Reducing the result gives the same conversation as reducing the input.
 */
export function coalesce(events: readonly ChatEvent[]): readonly ChatEvent[] {
  const joined: ChatEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    const growsOn =
      (event.type === 'textGrew' || event.type === 'thinkingGrew') &&
      last?.type === event.type &&
      last.turn === event.turn &&
      last.index === event.index;
    if (growsOn) joined[joined.length - 1] = { ...last, text: last.text + event.text };
    else joined.push(event);
  }
  return joined;
}

/**
 * A turn whose parent is not the newest turn starts a branch: what followed the parent goes aside.
 * A turn whose parent is not there (its line was damaged) follows the newest one, so that it is not lost.
 */
function addTurn(conversation: Conversation, turn: Turn): Conversation {
  const { turns, aside } = conversation;
  if (turn.parent === (turns.at(-1)?.id ?? null)) return { ...conversation, turns: [...turns, turn] };
  const parentAt = turn.parent === null ? -1 : turns.findLastIndex((other) => other.id === turn.parent);
  if (turn.parent !== null && parentAt < 0) return { ...conversation, turns: [...turns, turn] };
  return {
    ...conversation,
    turns: [...turns.slice(0, parentAt + 1), turn],
    aside: [...aside, ...turns.slice(parentAt + 1)],
  };
}

function changeAnswer(
  conversation: Conversation,
  id: string,
  change: (answer: AssistantTurn) => AssistantTurn,
): Conversation {
  const at = conversation.turns.findLastIndex((turn) => turn.id === id);
  const turn = conversation.turns[at];
  if (turn?.role !== 'assistant') return conversation;
  return { ...conversation, turns: conversation.turns.with(at, change(turn)) };
}

function changeBlock(
  conversation: Conversation,
  where: { readonly turn: string; readonly index: number },
  change: (block: AnswerBlock) => AnswerBlock,
): Conversation {
  return changeAnswer(conversation, where.turn, (answer) => {
    const block = answer.blocks[where.index];
    return block ? { ...answer, blocks: answer.blocks.with(where.index, change(block)) } : answer;
  });
}

function startBlock(
  answer: AssistantTurn,
  event: { index: number; block: ContentBlock; at: number },
): AssistantTurn {
  if (event.index !== answer.blocks.length) return answer;
  return { ...answer, blocks: [...answer.blocks, { content: event.block, startedAt: event.at }] };
}

function grow(block: AnswerBlock, field: 'text' | 'thinking', more: string): AnswerBlock {
  const before = block.content[field];
  return {
    ...block,
    content: { ...block.content, [field]: (typeof before === 'string' ? before : '') + more },
  };
}

/** Deltas of an unknown type leave the block as it started: guessing would forge what the API wrote. */
function applyDelta(block: AnswerBlock, delta: ContentBlock): AnswerBlock {
  const set = (fields: { readonly [field: string]: Json }): AnswerBlock => ({
    ...block,
    content: { ...block.content, ...fields },
  });
  if (delta.type === 'signature_delta') return set({ signature: delta.signature ?? '' });
  if (delta.type === 'citations_delta') {
    const before = block.content.citations;
    return set({ citations: [...(Array.isArray(before) ? before : []), delta.citation ?? null] });
  }
  if (delta.type === 'compaction_delta') {
    const { type: _, ...fields } = delta;
    return set(fields);
  }
  return block;
}

function endAnswer(answer: AssistantTurn, event: Extract<ChatEvent, { type: 'turnEnded' }>): AssistantTurn {
  const { type: _, turn: __, at, ...outcome } = event;
  return { ...answer, ...outcome, endedAt: at };
}

function unchanged(conversation: Conversation, _event: never): Conversation {
  return conversation;
}
