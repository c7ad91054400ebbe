import type * as vscode from 'vscode';
import type { ConversationSummary } from '../../core/ports.ts';
import type { Found } from '../workspace/found.ts';

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
