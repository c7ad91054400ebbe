import type {
  AnswerBlock,
  AssistantTurn,
  Compaction,
  ContentBlock,
  Conversation,
  Json,
  UserTurn,
} from './model.ts';

/** Changes one compaction; a conversation without it stays as it is. */
export function changeCompaction(
  conversation: Conversation,
  id: string,
  change: (compaction: Compaction) => Compaction,
): Conversation {
  const at = conversation.compactions.findLastIndex((compaction) => compaction.id === id);
  const before = conversation.compactions[at];
  if (!before) return conversation;
  return { ...conversation, compactions: conversation.compactions.with(at, change(before)) };
}

/** Changes one question; a conversation without it stays as it is. */
export function changeQuestion(
  conversation: Conversation,
  id: string,
  change: (question: UserTurn) => UserTurn,
): Conversation {
  const at = conversation.turns.findLastIndex((turn) => turn.id === id);
  const turn = conversation.turns[at];
  if (turn?.role !== 'user') return conversation;
  return { ...conversation, turns: conversation.turns.with(at, change(turn)) };
}

/** Changes one answer; a conversation without it stays as it is. */
export function changeAnswer(
  conversation: Conversation,
  id: string,
  change: (answer: AssistantTurn) => AssistantTurn,
): Conversation {
  const at = conversation.turns.findLastIndex((turn) => turn.id === id);
  const turn = conversation.turns[at];
  if (turn?.role !== 'assistant') return conversation;
  return { ...conversation, turns: conversation.turns.with(at, change(turn)) };
}

/** Changes one block of an answer; where there is none, nothing changes. */
export function changeBlock(
  conversation: Conversation,
  where: { readonly turn: string; readonly index: number },
  change: (block: AnswerBlock) => AnswerBlock,
): Conversation {
  return changeAnswer(conversation, where.turn, (answer) => {
    const block = answer.blocks[where.index];
    return block ? { ...answer, blocks: answer.blocks.with(where.index, change(block)) } : answer;
  });
}

/** Adds a block at the end of an answer; one out of order is passed over. */
export function startBlock(
  answer: AssistantTurn,
  event: { index: number; block: ContentBlock; at: number },
): AssistantTurn {
  if (event.index !== answer.blocks.length) return answer;
  return { ...answer, blocks: [...answer.blocks, { content: event.block, startedAt: event.at }] };
}

/** A block with more text or thinking at its end. */
export function grow(block: AnswerBlock, field: 'text' | 'thinking', more: string): AnswerBlock {
  const before = block.content[field];
  return {
    ...block,
    content: { ...block.content, [field]: (typeof before === 'string' ? before : '') + more },
  };
}

/** Deltas of an unknown type leave the block as it started: guessing would forge what the API wrote. */
export function applyDelta(block: AnswerBlock, delta: ContentBlock): AnswerBlock {
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
