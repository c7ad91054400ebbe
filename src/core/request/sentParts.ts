import type { Conversation, ImagePart, Part, Repair } from '../conversation/model.ts';
import { isThought } from './history.ts';
import type { ComposedRequest } from './messageRequest.ts';

/** An image that is part of a request: where it comes from and what it weighs. */
export interface SentImage {
  readonly turn: string;
  readonly part: number;
  /** Position of its message in the request. */
  readonly message: number;
  readonly image: ImagePart;
  /** Characters of base64; 0 for one that the API fetches itself. */
  readonly size: number;
}

/** The images that a request carries, oldest first; those that were replaced by a sentence are none. */
export function sentImages(
  { request, origins }: ComposedRequest,
  conversation: Conversation,
): readonly SentImage[] {
  return request.messages.flatMap(({ role, content }, message) => {
    if (role !== 'user') return [];
    return content.flatMap((block, at): readonly SentImage[] => {
      const origin = origins[message]?.[at];
      // Looked up for images only: a long history has thousands of other blocks.
      const image = block.type === 'image' && origin && partAt(conversation, origin.turn, origin.index);
      if (block.type !== 'image' || !origin || !image || image.kind !== 'image') return [];
      const size = block.source.type === 'base64' ? block.source.data.length : 0;
      return [{ turn: origin.turn, part: origin.index, message, image, size }];
    });
  });
}

export function partAt(conversation: Conversation, turn: string, part: number): Part | undefined {
  const question = conversation.turns.findLast((candidate) => candidate.id === turn);
  return question?.role === 'user' ? question.parts[part] : undefined;
}

/** The turn of the newest question in a request; undefined when the request ends in none of the user's. */
export function newestQuestion({ request, origins }: ComposedRequest): string | undefined {
  const at = request.messages.findLastIndex((message) => message.role === 'user');
  return origins[at]?.[0]?.turn || undefined;
}

/**
 * What a change of these turns takes with it: thinking that was made after one of them would no longer stand behind
 * its prefix, so all of it is left out (API docs, extended thinking). Empty when there is none behind them.
 */
export function thinkingBehind(
  turns: ReadonlySet<string>,
  { request, origins }: ComposedRequest,
): readonly Repair[] {
  const changed = origins.findIndex((message) => message.some(({ turn }) => turns.has(turn)));
  const thinks = request.messages.map(({ content }) => content.some(isThought));
  if (changed < 0 || !thinks.includes(true, changed)) return [];
  return allThinking({ request, origins });
}

/** Leaves out all thinking of a request; empty when it has none. */
export function allThinking({ request, origins }: ComposedRequest): readonly Repair[] {
  if (!request.messages.some(({ content }) => content.some(isThought))) return [];
  const newest = request.messages.findLastIndex((message) => message.role === 'assistant');
  const through = origins[newest]?.[0]?.turn;
  return through === undefined ? [] : [{ kind: 'thinkingLeftOut', through }];
}
