import * as vscode from 'vscode';
import { openRepositories, type Repository, UNTRACKED } from '../../workspace/git.ts';

/** Files that differ from where the branches of the workspace began, found when asked for and then when git sees a change. */
export interface BranchFiles extends vscode.Disposable {
  /** Committed or not, new ones too; `problem` says in a sentence why there are none, or not all. Never rejects. */
  list(): Promise<BranchListing>;
}

export interface BranchListing {
  readonly files: readonly vscode.Uri[];
  readonly problem?: string;
  /** Whether these are all, or were when git could tell last: it may be turned off, or have opened a repository not yet. */
  readonly isKnown: boolean;
}

type Found = Omit<BranchListing, 'isKnown'>;

/** `onChanged` hears when another listing may be different. */
export function createBranchFiles(onChanged: () => void): BranchFiles {
  let known: Promise<Found> | undefined;
  /** What there was when git could tell last. */
  let last: readonly vscode.Uri[] | undefined;
  let watched: readonly Repository[] = [];
  let watching: vscode.Disposable | undefined;
  let isListing = false;

  function watch(repositories: readonly Repository[]): readonly Repository[] {
    const added = repositories.filter((repository) => !watched.includes(repository));
    if (added.length > 0 || repositories.length < watched.length) {
      watching?.dispose();
      watching = vscode.Disposable.from(
        ...repositories.map(({ state }) =>
          state.onDidChange(() => {
            // Asking is itself a change to git's extension.
            if (isListing) return;
            known = undefined;
            onChanged();
          }),
        ),
      );
      watched = repositories;
    }
    return added;
  }

  async function find(): Promise<Found> {
    isListing = true;
    try {
      const repositories = await openRepositories();
      if (typeof repositories === 'string') return { files: [], problem: repositories };
      const added = watch(repositories);
      for (const repository of added) await repository.status().catch(() => undefined);
      const found = await Promise.all(repositories.map(listingOf));
      const problem = found.find((listing) => listing.problem !== undefined)?.problem;
      return { files: found.flatMap(({ files }) => files), ...(problem === undefined ? {} : { problem }) };
    } finally {
      isListing = false;
    }
  }

  return {
    async list() {
      known ??= find();
      const listing = await known;
      // A repository may be opened later, which nobody tells.
      if (listing.problem !== undefined) known = undefined;
      else last = listing.files;
      return { ...listing, files: last ?? listing.files, isKnown: last !== undefined };
    },
    dispose: () => watching?.dispose(),
  };
}

async function listingOf(repository: Repository): Promise<Found> {
  const { workingTreeChanges, untrackedChanges = [] } = repository.state;
  const files = [...workingTreeChanges, ...untrackedChanges]
    .filter(({ status }) => status === UNTRACKED)
    .map(({ uri }) => uri);
  const base = await startOf(repository);
  if (base === undefined) {
    const problem = vscode.l10n.t('Git cannot tell where this branch began: there is no default branch.');
    return { files, problem };
  }
  try {
    const changes = await repository.diffWith(base);
    return { files: [...changes.map(({ uri, renameUri }) => renameUri ?? uri), ...files] };
  } catch {
    return { files, problem: vscode.l10n.t('Git could not compare this branch with where it began.') };
  }
}

/** The commit at which the branch and the one that it came from went apart. */
async function startOf(repository: Repository): Promise<string | undefined> {
  const own = repository.state.HEAD?.name;
  const base = own === undefined ? undefined : await repository.getBranchBase(own).catch(() => undefined);
  const named = base?.name === undefined ? [] : [base.remote ? `${base.remote}/${base.name}` : base.name];
  for (const ref of [...named, ...DEFAULT_BRANCHES]) {
    const commit = await repository.getMergeBase(ref, 'HEAD').catch(() => undefined);
    if (commit) return commit;
  }
  return undefined;
}

/** Where a repository does not say which branch is its default. */
const DEFAULT_BRANCHES = ['origin/main', 'origin/master', 'main', 'master'];
