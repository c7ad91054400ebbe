import * as vscode from 'vscode';

/** The part of the API, version 1, of VS Code's own git extension that is needed here (`git.d.ts` of that extension). */
export interface Repository {
  readonly rootUri: vscode.Uri;
  readonly state: {
    /** `name` is absent where no branch is checked out. */
    readonly HEAD?: { readonly name?: string } | undefined;
    readonly indexChanges: readonly Change[];
    readonly workingTreeChanges: readonly Change[];
    /** Filled only where the setting `git.untrackedChanges` is `separate`. */
    readonly untrackedChanges?: readonly Change[];
    readonly onDidChange: vscode.Event<void>;
  };
  /** Looks what has changed on disk, which otherwise happens a while after a change. */
  status(): Promise<void>;
  /** `git diff`, of the index with `cached`. */
  diff(cached?: boolean): Promise<string>;
  /** `git diff <object> <object>`, which takes commits and trees as well. */
  diffBlobs(object1: string, object2: string): Promise<string>;
  /** Files of the working tree that differ from a commit, without untracked ones. */
  diffWith(ref: string): Promise<readonly Change[]>;
  /** The branch that another came from: as configured, by the reflog, else the remote's default branch. */
  getBranchBase(name: string): Promise<{ readonly name?: string; readonly remote?: string } | undefined>;
  getMergeBase(ref1: string, ref2: string): Promise<string | undefined>;
  log(options: { readonly maxEntries: number }): Promise<readonly LoggedCommit[]>;
  getCommit(ref: string): Promise<LoggedCommit>;
}

export interface Change {
  readonly uri: vscode.Uri;
  /** Where it is now. */
  readonly renameUri?: vscode.Uri | undefined;
  /** `UNTRACKED` or another of the extension's `Status`. */
  readonly status: number;
}

export interface LoggedCommit {
  readonly hash: string;
  readonly message: string;
  readonly parents: readonly string[];
  readonly authorName?: string;
  readonly authorDate?: Date;
}

export const UNTRACKED = 7;

/** The repositories that are open in the window, or a sentence that says why there are none. Never throws. */
export async function openRepositories(): Promise<readonly Repository[] | string> {
  try {
    const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
    const git = extension && (await extension.activate());
    if (!git?.enabled) return whyNoGit(vscode.workspace.isTrusted);
    const api = git.getAPI(1);
    await initialized(api);
    if (api.repositories.length > 0) return api.repositories;
    return vscode.l10n.t('No Git repository is open in this window.');
  } catch {
    return whyNoGit(vscode.workspace.isTrusted);
  }
}

/** VS Code does not run its git extension in folders that are not trusted. */
export function whyNoGit(isTrusted: boolean): string {
  return isTrusted
    ? vscode.l10n.t('Git is turned off or was not found on this machine.')
    : vscode.l10n.t('Git is off in Restricted Mode. Trust this workspace to attach its changes.');
}

interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

interface GitApi {
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: vscode.Event<unknown>;
  readonly repositories: readonly Repository[];
}

/** The extension looks for repositories when it starts. In ms. */
const WITHIN = 3_000;

async function initialized({ state, onDidChangeState }: GitApi): Promise<void> {
  if (state === 'initialized') return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, WITHIN);
    const listening = onDidChangeState(done);
    function done(): void {
      clearTimeout(timer);
      listening.dispose();
      resolve();
    }
  });
}
