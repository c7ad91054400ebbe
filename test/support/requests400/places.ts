import type { MessageRequest } from '../../../src/core/request/messageRequest.ts';

/** A block of a request with what a server can find fault with. */
export interface SentBlock {
  readonly role: string;
  readonly type: string;
  readonly text?: string;
  /** Base64 of an image or a document. */
  readonly data?: string;
}

/** Base64 of a picture of 200 × 90 px: what clients in tests make of one that was too large. */
export const SMALL_PICTURE = 'iVBORwAAAAAAAAAAAAAAAAAAAMgAAABaAAAAAAAAAAAA';

type Test = (block: SentBlock) => boolean;

/** The places of the blocks that match, as the API writes them. */
export function paths(request: MessageRequest, matches: Test): readonly string[] {
  return request.messages.flatMap((message, index) =>
    message.content.flatMap((block, at) =>
      matches(seen(message.role, block)) ? [`messages.${index}.content.${at}`] : [],
    ),
  );
}

/** Refuses requests that have such blocks, and says where. */
export function pathsOfBlocks(matches: Test): (request: MessageRequest) => readonly string[] | undefined {
  return (request) => {
    const found = paths(request, matches);
    return found.length > 0 ? found : undefined;
  };
}

export function countOf(request: MessageRequest, matches: Test): number {
  return paths(request, matches).length;
}

/** All that the messages say, as one text. */
export function contextOf({ messages }: MessageRequest): string {
  return JSON.stringify(messages);
}

function seen(role: string, block: object): SentBlock {
  const { type, text, source } = block as { type: string; text?: unknown; source?: { data?: unknown } };
  return {
    role,
    type,
    ...(typeof text === 'string' ? { text } : {}),
    ...(typeof source?.data === 'string' ? { data: source.data } : {}),
  };
}
