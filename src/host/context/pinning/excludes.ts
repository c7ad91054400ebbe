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
}

export const EXCLUDE = 'parley.context.exclude';

/** Globs as in `files.exclude`, which speak of paths in each workspace folder. */
export function createExcludes(globs: Readonly<Record<string, boolean>>): Excludes {
  const rules = globRules(globs);
  const isEmpty = !Object.values(globs).includes(true);
  return {
    exclusionOf: (uri, kind) => (isEmpty ? undefined : exclusionOf(rules, uri, kind)),
  };
}

function globRules(globs: Readonly<Record<string, boolean>>): IgnoreRules {
  // Both systems' file systems commonly take letters of either case for the same.
  const ignoreCase = process.platform === 'win32' || process.platform === 'darwin';
  return createIgnoreRules(ignoreCase).withGlobs({ source: EXCLUDE, folder: '', globs });
}

function exclusionOf(rules: IgnoreRules, uri: vscode.Uri, kind: EntryKind): Exclusion | undefined {
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri;
  const path = folder && pathBelow(folder, uri);
  return path ? rules.exclusionOf(path, kind) : undefined;
}
