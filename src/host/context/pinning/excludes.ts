import * as vscode from 'vscode';
import {
  createIgnoreRules,
  type EntryKind,
  type Exclusion,
  type IgnoreRules,
} from '../../workspace/ignoreRules.ts';
import { pathBelow } from './places.ts';

/** What `parley.context.exclude` leaves out. */
export interface Excludes {
  /** `source` is the name of the setting. Undefined when the file or folder stays. */
  exclusionOf(uri: vscode.Uri, kind: EntryKind): Exclusion | undefined;
  /** Whether the globs are still those that it was made with. */
  readonly isCurrent: boolean;
}

/** What the setting says in a workspace folder. */
export type ReadGlobs = (folder: vscode.Uri) => Readonly<Record<string, boolean>>;

export const EXCLUDE = 'parley.context.exclude';

/** Globs as in `files.exclude`, of each workspace folder for the paths in it. They are read once. */
export function createExcludes(readGlobs: ReadGlobs): Excludes {
  const known = globsOf(readGlobs);
  const rules = new Map(
    known.flatMap(([folder, globs]) =>
      Object.values(globs).includes(true) ? [[folder, globRules(globs)]] : [],
    ),
  );
  return {
    exclusionOf(uri, kind) {
      const folder = rules.size === 0 ? undefined : vscode.workspace.getWorkspaceFolder(uri)?.uri;
      return folder && exclusionOf(rules.get(folder.toString()), pathBelow(folder, uri), kind);
    },
    get isCurrent() {
      return JSON.stringify(known) === JSON.stringify(globsOf(readGlobs));
    },
  };
}

function globsOf(readGlobs: ReadGlobs): readonly (readonly [string, Readonly<Record<string, boolean>>])[] {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.map(({ uri }) => [uri.toString(), readGlobs(uri)]);
}

function globRules(globs: Readonly<Record<string, boolean>>): IgnoreRules {
  // Both systems' file systems commonly take letters of either case for the same.
  const ignoreCase = process.platform === 'win32' || process.platform === 'darwin';
  return createIgnoreRules(ignoreCase).withGlobs({ source: EXCLUDE, folder: '', globs });
}

function exclusionOf(rules: IgnoreRules | undefined, path: string, kind: EntryKind): Exclusion | undefined {
  return path === '' ? undefined : rules?.exclusionOf(path, kind);
}
