import * as vscode from 'vscode';
import type { Mention } from '../../core/attaching.ts';
import type { ConversationSummary } from '../../core/ports.ts';
import type { Found } from '../workspace/found.ts';

/** What `@` offers. */
export interface Mentions extends vscode.Disposable {
  /** At most 50, the best first; with an empty query what one is likely to ask about now. Never rejects. */
  find(query: string): Promise<readonly Mention[]>;
  /**
   * The same with the files of the workspace, once they have been listed; undefined where `find` did not have to do without
   * them, and when another query has come since. Never rejects.
   */
  findLate(query: string): Promise<readonly Mention[] | undefined>;
  /** What a mention of one of the newest lists stands for. */
  take(id: string): Promise<Found>;
  /** Where the file or folder of a mention lies; undefined for anything else, and for one that is no longer on offer. */
  uriOf(id: string): vscode.Uri | undefined;
}

/** Where the things come from that can be mentioned. */
export interface MentionParts {
  readonly foundAt: (uri: vscode.Uri) => Promise<Found>;
  readonly folderListing: (uri: vscode.Uri) => Promise<Found>;
  readonly symbolParts: (symbol: vscode.SymbolInformation) => Promise<Found>;
  readonly workspaceSymbols: (query: string, limit: number) => Promise<readonly vscode.SymbolInformation[]>;
  readonly fileProblems: (uri: vscode.Uri) => Promise<Found>;
  readonly workspaceProblems: () => Promise<Found>;
  readonly changes: (which: 'staged' | 'unstaged') => Promise<Found>;
  readonly commit: (hash: string) => Promise<Found>;
  readonly recentCommits: (
    limit: number,
  ) => Promise<readonly { readonly hash: string; readonly message: string }[]>;
  readonly terminalSelection: () => Promise<Found>;
  readonly selection: () => Promise<Found>;
  readonly conversations: () => Promise<readonly ConversationSummary[]>;
  readonly conversation: (id: string) => Promise<Found>;
}

/** Said of a mention that nobody knows any more. */
export function goneSentence(): string {
  return vscode.l10n.t('That is no longer on offer. Type @ to see what is.');
}
