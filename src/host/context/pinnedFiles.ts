import type * as vscode from 'vscode';
import type { Pin, Pinned } from '../../core/context/pinned.ts';

/** What is pinned to this workspace: kept on disk, looked at when asked, followed from then on. */
export interface PinnedFiles extends vscode.Disposable {
  /** Empty until they have been read from disk. */
  readonly pins: readonly Pin[];
  /** Resolves when the pins have been read from disk. Never rejects. */
  ready(): Promise<void>;
  pin(pins: readonly Pin[]): Promise<void>;
  unpin(pins: readonly Pin[]): Promise<void>;
  /** What was found when it was looked last; undefined before the first time. */
  readonly known: Pinned | undefined;
  /** What there is now: only what may have changed is listed and read again. Never rejects. */
  current(): Promise<Pinned>;
  /** Files looked at so far, while it is being looked. */
  readonly looking: { readonly files: number } | undefined;
  /** Pins, files or progress have changed; at most ten times a second. */
  readonly onChanged: vscode.Event<void>;
}
