import type { CacheState } from '../money/money.ts';
import type { LeftOutEntry, Pin } from './pinned.ts';

/** A pinned file as the user sees it. */
export interface ContextFile {
  readonly path: string;
  readonly uri: string;
  readonly tokens: number;
  /** See `PinnedFile.by`. */
  readonly by?: Pin['kind'];
  /**
   * `inPack`: sent as it is now. `updatePending`: goes out again with the next question. `updated`: has gone out again
   * since the pack was made, and is as it was then.
   */
  readonly state: 'inPack' | 'updatePending' | 'updated';
}

/** A file that is gone; or a folder with all that Claude has of it, `/` at its end, empty where that is everything. */
export interface RemovedEntry {
  readonly path: string;
  readonly files: number;
  /** How many are left in the folder, where they are too few to list the others. */
  readonly kept?: number;
}

/** What repacking would save the conversation that is shown. USD over the next `turns` questions; both as estimated. */
export interface RepackOffer {
  readonly keepUsd: number;
  readonly repackUsd: number;
  readonly turns: number;
  /** Tokens of updates that a fresh pack makes unnecessary. */
  readonly updateTokens: number;
}

/** The context as it stands for the conversation that is shown. */
export interface ContextFacts {
  readonly pins: readonly Pin[];
  readonly files: readonly ContextFile[];
  /** What is in the pack, or was sent since, and is pinned no more or gone; told with the next question. */
  readonly removed: readonly RemovedEntry[];
  readonly leftOut: readonly LeftOutEntry[];
  /** Of all files together: their sum is this. */
  readonly tokens: number;
  /** Whether the API has counted the whole; what single files have is a share of it by estimate. */
  readonly exact: boolean;
  /** Tokens of the updates that go out with the next question. */
  readonly pendingTokens: number;
  /** Context window of the model in tokens; absent when unknown. */
  readonly window?: number;
  /** What the context costs with the next question, in USD: read from the cache, and written to it. Absent when unknown. */
  readonly price?: { readonly warm: number; readonly cold: number };
  readonly cache: CacheState;
  /** Share of the context's tokens that answers so far have read from the cache, 0 to 1; absent before the first. */
  readonly hitRate?: number;
  readonly repack?: RepackOffer;
  /** True while pinned files are being listed or read; how many have been looked at. */
  readonly looking?: { readonly files: number };
  /** True when what is pinned has never been looked at, as in Restricted Mode. */
  readonly isUnknown?: boolean;
}
