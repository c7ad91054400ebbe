/**
 * What a question is made of: readonly values, no behavior. They are journaled, so fields may be added and none may
 * change its meaning.
 */

/** Text the user wrote. */
export interface TextPart {
  readonly kind: 'text';
  readonly text: string;
}

/** Code of a text document: a selection, a symbol or all of it. Lines count from 1, both ends included. */
export interface CodePart {
  readonly kind: 'code';
  /** Path as shown: relative to its workspace folder, or absolute, or a name such as `Untitled-1`. */
  readonly path: string;
  /** Where it came from, as a URI string, so that it can be opened again. */
  readonly uri: string;
  readonly languageId: string;
  readonly startLine: number;
  readonly endLine: number;
  /** True when the text differed from what was on disk as it was attached. */
  readonly unsaved: boolean;
  readonly text: string;
  /** Absent for a selection. */
  readonly scope?: 'file' | 'symbol';
  /** Name of the symbol, where that is the scope. */
  readonly symbol?: string;
}

/** An image whose bytes lie in the attachment store, under their content hash. They never change. */
export interface StoredImage {
  readonly type: 'stored';
  /** SHA-256 of the bytes, hexadecimal. */
  readonly sha256: string;
  readonly mediaType: ImageType;
  /** Size of the file in bytes, and of the picture in px. */
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
}

export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';

/** A picture the user attached: stored here, or fetched by the API from its address. */
export interface ImagePart {
  readonly kind: 'image';
  /** What the chip shows: a file name, or the address. */
  readonly label: string;
  readonly source: StoredImage | { readonly type: 'url'; readonly url: string };
}

/** A PDF whose bytes lie in the attachment store. */
export interface StoredDocument {
  readonly type: 'stored';
  /** SHA-256 of the bytes, hexadecimal. */
  readonly sha256: string;
  readonly mediaType: 'application/pdf';
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** Absent when they could not be counted. */
  readonly pages?: number;
}

/** A document that the API reads as a whole, text and pictures. */
export interface DocumentPart {
  readonly kind: 'document';
  /** What the chip shows and the API is told as its title: a file name. */
  readonly label: string;
  readonly source: StoredDocument;
  /** The file it came from, where it has one. */
  readonly uri?: string;
}

/** Where an excerpt comes from. */
export type ExcerptOrigin =
  | 'terminal'
  | 'debugConsole'
  | 'problems'
  | 'testFailure'
  | 'changes'
  | 'folder'
  | 'notebook'
  | 'conversation'
  /** A text file that belongs to no workspace, as it was dropped. */
  | 'file'
  | 'pasted';

/** Text that is no range of a document: what a terminal printed, a diff, a listing. */
export interface ExcerptPart {
  readonly kind: 'excerpt';
  readonly origin: ExcerptOrigin;
  /** What the chip shows and Claude is told: `Terminal: zsh`, `Staged changes`, `src/`. */
  readonly label: string;
  /** Id of VS Code's language for the text; `plaintext` when there is none. */
  readonly languageId: string;
  readonly text: string;
  /** The file, folder or repository it speaks of, as a URI string. */
  readonly uri?: string;
  /** Which changes: `staged`, `unstaged`, or the hash of a commit. The id of a conversation. */
  readonly detail?: string;
}

/**
 * A pinned file that is no longer as Claude has it from the context pack and the updates before this one. Parley puts it
 * into the question; nobody attaches it.
 */
export interface UpdatePart {
  readonly kind: 'update';
  /** As the pack names it. Where several were removed, the folder that they all lie in, with `/` at its end, or `.`. */
  readonly path: string;
  readonly change: 'changed' | 'added' | 'removed';
  /** What was removed, where that is several files; each is in one of them only. */
  readonly removed?: readonly RemovedFolder[];
  /** What it was called before, where it was renamed; that path holds nothing any more. */
  readonly from?: string;
  /** Whether `text` is the whole file, or a unified diff against what Claude has; `none` where there is nothing to show. */
  readonly form: 'whole' | 'diff' | 'none';
  readonly text: string;
  /** Hash of the file's text as it is now (see `PinnedFile.hash`); empty when it was removed. */
  readonly hash: string;
  /** True when an earlier conversation began with it as well, so that the cache may have it; these stand first. */
  readonly shared?: boolean;
}

/** Files of a folder that were removed at once. */
export interface RemovedFolder {
  /** With `/` at its end; empty for the one that holds everything. */
  readonly folder: string;
  /** How many there were. */
  readonly files: number;
  /** Those in it, by their names. */
  readonly names?: readonly string[];
  /** Or those that are left in it, where that is shorter; below it nothing was removed. Without either nothing is left at all. */
  readonly kept?: readonly string[];
}

/** One thing in a question. */
export type Part = TextPart | CodePart | ImagePart | DocumentPart | ExcerptPart | UpdatePart;

/** A part whose bytes lie in the attachment store. */
export function storedIn(part: Part): StoredImage | StoredDocument | undefined {
  if (part.kind === 'document') return part.source;
  return part.kind === 'image' && part.source.type === 'stored' ? part.source : undefined;
}
