import type { ContextFacts, RemovedEntry } from '../../../core/context/facts.ts';
import type { Pin } from '../../../core/context/pinned.ts';
import type { Translate } from '../../../core/failure.ts';
import { figure } from '../../counting/tokenTable.ts';
import { createPinSubtrees } from './treeFiles.ts';
import { leftOutRow } from './treeLeftOut.ts';
import { inStretches } from './treeStretches.ts';
import { filesIn, summaryRow } from './treeSummary.ts';
import { fileWords } from './treeWords.ts';

/** One row of the tree of the context, in words. */
export interface TreeRow {
  /** Stays the same as long as the row speaks of the same thing. */
  readonly id: string;
  /** A file that is pinned by itself is a `pin`; what is left out however it is pinned, or by name already, is `refused`. */
  readonly kind: 'summary' | 'fact' | 'repack' | 'pin' | 'file' | 'folder' | 'group' | 'leftOut' | 'refused';
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** A codicon; `file` and `folder` are left to the theme of file icons. */
  readonly icon: string;
  /** What a screen reader says in place of label and description. */
  readonly spoken: string;
  /** Of the file that the row opens. */
  readonly uri?: string;
  /** How that is called in the context, where nobody has looked at it yet. */
  readonly opens?: string;
  /** What is pinned, on the row that stands for it. */
  readonly pin?: Pin;
  /** What a row that stands for no pin can be pinned as. */
  readonly offer?: Pin;
  /** Said when that has been pinned. */
  readonly caution?: string;
  /** True when the rows below are shown at first. */
  readonly isOpen?: boolean;
  /** The rows below, made only when asked for; absent where there can be none. */
  readonly rows?: () => readonly TreeRow[];
  /** The row as it reads at another time, in ms since the epoch; absent where time changes nothing. */
  readonly at?: (now: number) => TreeRow;
}

/**
 * The rows of the tree at one moment, the upper ones only; none when there is nothing to tell. Every file stands below one
 * pin, so that what the pins have adds up to the whole. `now` is in ms since the epoch; `roots` are the names of the workspace
 * folders.
 */
export function contextRows(
  facts: ContextFacts,
  now: number,
  roots: readonly string[],
  t: Translate,
): readonly TreeRow[] {
  const { pins, files, removed, leftOut } = facts;
  if (pins.length === 0 && files.length === 0 && removed.length === 0) return [];
  const subtrees = createPinSubtrees(facts, roots, t);
  // Until the first files are found there are no figures to tell.
  const isUnknown = facts.isUnknown || (facts.looking !== undefined && files.length === 0);
  return [
    ...(isUnknown ? [] : [summaryRow(facts, now, t)]),
    ...pins.map(subtrees.rowOf),
    ...(removed.length > 0 ? [removedRow(removed, t)] : []),
    ...(leftOut.length > 0 ? [leftOutRow(leftOut, pins, t)] : []),
  ];
}

function removedRow(removed: readonly RemovedEntry[], t: Translate): TreeRow {
  const label = t('Removed ({0})', figure(filesIn(removed)));
  const description = t('told with the next question');
  return {
    id: 'removed',
    kind: 'group',
    label,
    description,
    tooltip: t('Claude has these files from before; they are pinned no more, or gone.'),
    icon: 'trash',
    spoken: `${label}, ${description}`,
    rows: () => inStretches('removed', removed, nameOf(t), (entry) => goneRow(entry, t)),
  };
}

function goneRow(entry: RemovedEntry, t: Translate): TreeRow {
  const { path, files, kept } = entry;
  const label = nameOf(t)(entry);
  const isFolder = path === '' || path.endsWith('/');
  const inFolder =
    kept === undefined ? fileWords(files, t) : t('{0}, all but {1}', fileWords(files, t), kept);
  const description = isFolder ? inFolder : '';
  const spoken = isFolder ? t('{0} with {1}, removed', label, description) : t('{0}, removed', label);
  return { id: `removed/${path}`, kind: 'fact', label, description, tooltip: label, icon: 'trash', spoken };
}

function nameOf(t: Translate): (entry: RemovedEntry) => string {
  return ({ path }) => (path === '' ? t('All files') : path);
}
