import { type ExchangedTurns, sentExchanges } from '../request/exchanges.ts';
import { type Compaction, type Conversation, compactionInForce } from './model.ts';
import type { Part } from './parts.ts';

/** What is still sent of a conversation: the summary in force, and the exchanges behind it that the API takes. */
export interface StillSent {
  readonly compaction?: Compaction;
  readonly exchanges: readonly ExchangedTurns[];
}

/** `asking` tells whether the newest question is asked; then it is sent whatever happened to it before. */
export function stillSent(conversation: Conversation, asking: boolean): StillSent {
  const inForce = compactionInForce(conversation);
  const compaction = inForce && inForce.blocks.length > 0 ? inForce : undefined;
  const { turns } = conversation;
  const start = compaction ? turns.findIndex(({ id }) => id === compaction.through) + 1 : 0;
  const exchanges = sentExchanges(turns.slice(start), conversation, asking);
  return { exchanges, ...(compaction ? { compaction } : {}) };
}

/** A part and its place in the conversation. */
export interface PlacedPart {
  readonly turn: string;
  readonly index: number;
  readonly part: Part;
}

/** The parts of all questions that are still sent, but for those that were left out. */
export function sentParts(conversation: Conversation, asking: boolean): readonly PlacedPart[] {
  return stillSent(conversation, asking).exchanges.flatMap(({ question }) => {
    if (!question) return [];
    const { id: turn, parts, leftOut = [] } = question;
    return parts.flatMap((part, index) => (leftOut.includes(index) ? [] : [{ turn, index, part }]));
  });
}
