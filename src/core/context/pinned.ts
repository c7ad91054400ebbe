/** What the user has pinned to the workspace's context, and what became of it: readonly values, no behavior. */

/**
 * One thing that is pinned. Paths are as VS Code shows them: relative to the workspace folder, with `/`, and with the
 * folder's name in front where there are several.
 */
export type Pin =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  /** Files that match, in all workspace folders. */
  | { readonly kind: 'glob'; readonly glob: string }
  | { readonly kind: 'workspace' }
  | { readonly kind: 'openEditors' }
  /** Files that differ from where the branch began, committed or not. */
  | { readonly kind: 'branch' };

/** A pinned file that goes into the context, as it reads now. */
export interface PinnedFile {
  /** How Claude and the user know it; unique. NFC, with `/`. */
  readonly path: string;
  readonly uri: string;
  /** Normalized: see `core/request/pack.ts`. */
  readonly text: string;
  /** Of the normalized text; equal texts have equal hashes. */
  readonly hash: string;
  /** Estimate, for a factor of one (see `tokenFactor`). */
  readonly tokens: number;
  /** What kind of pin brings it in: of several the one that says most clearly that it is meant. */
  readonly by?: Pin['kind'];
}

/** Why something that is pinned does not go out. */
export type LeaveReason =
  /** A rule of .gitignore or of VS Code's excludes; `detail` names the file or setting and the rule. */
  | 'ignored'
  /** `parley.context.exclude`; `detail` is the glob. */
  | 'excluded'
  | 'binary'
  | 'empty'
  /** Made by a tool, or a lock file. */
  | 'generated'
  /** Larger than a single file may be; `detail` is its size. */
  | 'tooLarge'
  /** Looks like it holds a secret; `detail` names the rule, never the secret. */
  | 'secret'
  /** The files before it have used up `parley.context.maxTokens`. */
  | 'overBudget'
  | 'unreadable'
  | 'link'
  /** A file or folder that is pinned by name and is not there. */
  | 'missing';

export interface LeftOutEntry {
  readonly path: string;
  readonly uri: string;
  readonly kind: 'file' | 'folder';
  readonly reason: LeaveReason;
  readonly detail?: string;
  /** Estimate, where it has been read. */
  readonly tokens?: number;
}

/** Everything that is pinned, as it stands at one moment. A new value whenever something has changed. */
export interface Pinned {
  /** In the order of the pack. */
  readonly files: readonly PinnedFile[];
  readonly leftOut: readonly LeftOutEntry[];
}
