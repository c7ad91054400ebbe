import type { Part } from '../../core/conversation/parts.ts';

/** What a gesture has found: things to attach, pictures that a page has to prepare first, and what is to be said of them. */
export interface Found {
  readonly parts: readonly Part[];
  readonly pictures: readonly FoundPicture[];
  /** Whole sentences for the user: why there is nothing, or what was left out. */
  readonly sentences: readonly string[];
}

/** A picture as its file has it; what it really is the page finds out. */
export interface FoundPicture {
  readonly label: string;
  readonly bytes: Uint8Array;
  /** The file of which these are all bytes. */
  readonly uri?: string;
}

export const NOTHING: Found = { parts: [], pictures: [], sentences: [] };

/** One thing to attach. */
export function foundPart(part: Part): Found {
  return { ...NOTHING, parts: [part] };
}

/** Nothing to attach, and why. */
export function foundNothing(sentence: string): Found {
  return { ...NOTHING, sentences: [sentence] };
}

/** Several finds as one, in their order. */
export function together(finds: readonly Found[]): Found {
  return {
    parts: finds.flatMap(({ parts }) => parts),
    pictures: finds.flatMap(({ pictures }) => pictures),
    sentences: finds.flatMap(({ sentences }) => sentences),
  };
}
