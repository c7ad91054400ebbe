import type { Conversation, Repair } from '../conversation/model.ts';
import type { DocumentPart, ImagePart, Part } from '../conversation/parts.ts';
import { isThought } from './history.ts';
import type { ComposedRequest } from './messageRequest.ts';

/** An image or a document that is part of a request: where it comes from and what it weighs. */
export interface SentFile<Kind extends FilePart = FilePart> {
  readonly turn: string;
  readonly part: number;
  readonly file: Kind;
  /** Characters of base64; 0 for one that the API fetches itself. */
  readonly size: number;
}

type FilePart = ImagePart | DocumentPart;

/** The files that a request carries, oldest first; those that were replaced by a sentence are none. */
export function sentFiles(
  { request, origins }: ComposedRequest,
  conversation: Conversation,
): readonly SentFile[] {
  return request.messages.flatMap(({ role, content }, message) => {
    if (role !== 'user') return [];
    return content.flatMap((block, at): readonly SentFile[] => {
      const origin = origins[message]?.[at];
      // Looked up for files only: a long history has thousands of other blocks.
      if (block.type === 'text' || !origin) return [];
      const file = partAt(conversation, origin.turn, origin.index);
      if (file?.kind !== block.type) return [];
      const size = block.source.type === 'base64' ? block.source.data.length : 0;
      return [{ turn: origin.turn, part: origin.index, file, size }];
    });
  });
}

export function isImage(sent: SentFile): sent is SentFile<ImagePart> {
  return sent.file.kind === 'image';
}

export function isDocument(sent: SentFile): sent is SentFile<DocumentPart> {
  return sent.file.kind === 'document';
}

/** Pages of a document, by which limits go; where nobody has counted them `uncounted`, which is one at least. */
export function pagesOf(
  { source }: { readonly source: Pick<DocumentPart['source'], 'pages'> },
  uncounted = 1,
): number {
  return source.pages ?? uncounted;
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
