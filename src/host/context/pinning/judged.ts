/** A file that is judged. */
export interface Judged {
  /** How Claude and the user know it, with `/`. */
  readonly path: string;
  /** Pinned by its own name: then it counts though a tool has made it. */
  readonly isNamed: boolean;
}

/** A file that goes out. */
export interface Sendable {
  readonly reason?: undefined;
  readonly hash: string;
  readonly tokens: number;
}

/** What a text was found to be. Facts only: the editor's words for them are found where the editor is. */
export type Judgement =
  | Sendable
  /** `mark` is the one that a tool has made it by. */
  | { readonly reason: 'generated'; readonly mark: string; readonly tokens: number }
  | { readonly reason: 'secret'; readonly secret: SecretPlace; readonly tokens: number }
  | { readonly reason: 'empty' | 'binary' }
  /** `name` is the pattern that its name fits. */
  | { readonly reason: 'generated' | 'secret' | 'binary'; readonly name: string };

export interface SecretPlace {
  readonly rule: string;
  /** Counts from 1. */
  readonly line: number;
}

/** Finds out whether a text holds a secret. */
export type FindSecret = (text: string, path: string) => Promise<SecretPlace | undefined>;

/** Largest file that goes out, in bytes: some 300,000 tokens of text, more than is left of most windows. */
export const LARGEST_FILE = 1024 * 1024;

/** Differs when the file on disk does, or what is asked of it. The time is in ms, the size in bytes. */
export function stampOf(
  { isNamed }: Judged,
  { mtime, size }: { readonly mtime: number; readonly size: number },
): string {
  return `${isNamed ? 'named ' : ''}${mtime} ${size}`;
}

/** The stamp of a file that is judged by its name alone. */
export const BY_NAME = 'name';
