import type { Part } from './conversation/parts.ts';
import type { ImageTier } from './money/modelFacts.ts';

/** What host and page tell each other of things that are attached to the question being written. */

/** Something that is attached. With `part` complete it is the host's; the page gets it without long texts. */
export interface DraftAttachment {
  readonly id: string;
  readonly part: Part;
  /** What was done to it as it was attached (made smaller, converted), as sentences. */
  readonly notes?: readonly string[];
  /** The file of a picture, which tells later whether it has changed. Absent where it came from none. */
  readonly origin?: PictureOrigin;
}

/** A file as it was when a picture was taken from it. */
export interface PictureOrigin {
  readonly uri: string;
  /** Of the file, not of what became of it. */
  readonly sha256: string;
  /** Its size. */
  readonly bytes: number;
}

/** An attachment as the page shows it. */
export interface ShownAttachment extends DraftAttachment {
  /** What it adds to the prompt, in tokens. */
  readonly tokens: number;
  /** True where the figure follows from a rule of the API (images), false for an estimate. */
  readonly exact: boolean;
  /** Set when what it was taken from has changed since, or is there no more. */
  readonly state?: 'changed' | 'gone';
  /** Why the request would not take it as it is, and what will be done about it. */
  readonly warning?: string;
}

/** What the page needs to know to prepare a picture. */
export interface ImageWishes {
  /** False when the model is known to read no images. */
  readonly possible: boolean;
  readonly tier: ImageTier;
  readonly detail: ImageDetail;
  /** Images in what the next question would send before it, drafts left out. */
  readonly sent: number;
}

/**
 * `auto`: as large as the model looks at it. `full`: as large as the API takes it. `fit`: at most what the smallest
 * tier looks at, a third of the tokens.
 */
export const IMAGE_DETAILS = ['auto', 'full', 'fit'] as const;
export type ImageDetail = (typeof IMAGE_DETAILS)[number];

/** What `@` offers. */
export type MentionKind =
  | 'selection'
  | 'file'
  | 'folder'
  | 'symbol'
  | 'problems'
  | 'changes'
  | 'terminal'
  | 'conversation';

export interface Mention {
  /** Names it in `attachMention`; good until the next list. */
  readonly id: string;
  readonly kind: MentionKind;
  /** What stands in the text after it was chosen, without `@`. */
  readonly label: string;
  /** Where it is: a folder, a container, a date. */
  readonly detail: string;
}

/** The selection of the active editor, offered for attaching. */
export interface SelectionOffer {
  readonly label: string;
  /** Path and lines in full. */
  readonly title: string;
  /** An estimate. */
  readonly tokens: number;
}
