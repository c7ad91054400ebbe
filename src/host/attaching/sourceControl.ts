import * as vscode from 'vscode';
import type { Which } from '../workspace/changes.ts';

/** Which changes a menu of the Source Control view means, as far as it tells. */
export interface MeantChanges {
  readonly which?: Which;
  /** The root of the repository. */
  readonly root?: vscode.Uri;
  /** A changed file, where no root is told. */
  readonly file?: vscode.Uri;
}

/** What VS Code passes along: a group of changes, or a repository from the menu of its title; nothing from the palette. */
export function changesMeant(given: unknown): MeantChanges {
  if (typeof given !== 'object' || given === null) return {};
  const { id, rootUri, resourceStates }: { id?: unknown; rootUri?: unknown; resourceStates?: unknown } =
    given;
  const which = typeof id === 'string' ? GROUPS.get(id) : undefined;
  const [first]: readonly unknown[] = Array.isArray(resourceStates) ? resourceStates : [];
  const file = typeof first === 'object' && first !== null && 'resourceUri' in first && first.resourceUri;
  return {
    ...(which ? { which } : {}),
    ...(rootUri instanceof vscode.Uri ? { root: rootUri } : {}),
    ...(file instanceof vscode.Uri ? { file } : {}),
  };
}

/** The groups that git has; a merge is none of the two. */
const GROUPS: ReadonlyMap<string, Which> = new Map([
  ['index', 'staged'],
  ['workingTree', 'unstaged'],
  ['untracked', 'unstaged'],
]);
