import type * as vscode from 'vscode';
import type { Mention } from '../../core/attaching.ts';
import type { Found } from '../workspace/found.ts';

/** A mention before it has an id, and how to get what it stands for. */
export interface Candidate extends Omit<Mention, 'id'> {
  readonly find: () => Promise<Found>;
  /** Where it lies; of files and folders only. */
  readonly uri?: vscode.Uri;
}

/** A candidate that a query is held against. */
export interface Offer extends Candidate {
  /** Words by which it is found besides its label. */
  readonly words: readonly string[];
}
