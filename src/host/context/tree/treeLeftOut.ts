import type { LeaveReason, LeftOutEntry, Pin } from '../../../core/context/pinned.ts';
import { pinKey } from '../../../core/context/pinText.ts';
import type { Translate } from '../../../core/failure.ts';
import { figure } from '../../counting/tokenTable.ts';
import type { TreeRow } from './treeModel.ts';
import { inStretches } from './treeStretches.ts';
import { reasonHeading, reasonWords, tokenWords } from './treeWords.ts';

/** The row above all that is pinned and does not go out, by reason. */
export function leftOutRow(leftOut: readonly LeftOutEntry[], pins: readonly Pin[], t: Translate): TreeRow {
  const pinned = new Set(pins.map(pinKey));
  const label = t('Left out ({0})', figure(leftOut.length));
  return {
    ...group('leftOut', label, t('Pinned, but not sent; each with its reason.')),
    rows: () =>
      REASONS.flatMap((reason) => {
        const entries = leftOut.filter((entry) => entry.reason === reason);
        return entries.length > 0 ? [reasonRow(reason, entries, pinned, t)] : [];
      }),
  };
}

/** What the user would want to know of first. */
const REASONS: readonly LeaveReason[] = [
  'secret',
  'overBudget',
  'missing',
  'unreadable',
  'tooLarge',
  'excluded',
  'generated',
  'link',
  'binary',
  'empty',
  'ignored',
];

/** What goes out when it is pinned by name; with secrets the user is told what it takes. */
const OVERRULED: ReadonlySet<LeaveReason> = new Set(['ignored', 'generated', 'overBudget', 'secret']);

function reasonRow(
  reason: LeaveReason,
  entries: readonly LeftOutEntry[],
  pinned: ReadonlySet<string>,
  t: Translate,
): TreeRow {
  const id = `leftOut/${reason}`;
  const label = t('{0} ({1})', reasonHeading(reason, t), figure(entries.length));
  return {
    ...group(id, label, label),
    rows: () =>
      inStretches(
        id,
        entries,
        ({ path }) => path,
        (entry) => entryRow(entry, pinned, t),
      ),
  };
}

function entryRow(entry: LeftOutEntry, pinned: ReadonlySet<string>, t: Translate): TreeRow {
  const { path, uri, kind, reason, detail, tokens } = entry;
  const words = reasonWords(reason, detail, t);
  const label = kind === 'folder' && path !== '.' ? `${path}/` : path;
  const description = tokens === undefined ? words : t('{0} · {1}', words, tokenWords(tokens, t, '~'));
  const opens = kind === 'file' && reason !== 'missing' && uri !== '';
  return {
    id: `leftOut/${reason}/${[kind, uri, path, detail ?? ''].join('\n')}`,
    kind: 'refused',
    label,
    description,
    tooltip: t('{0}\nLeft out: {1}', label, description),
    icon: reason === 'secret' ? 'shield' : reason === 'missing' ? 'warning' : kind,
    spoken: t('{0}, left out: {1}', label, description),
    ...(opens ? { uri } : {}),
    ...offerOf(entry, pinned, t),
  };
}

function offerOf(
  { path, kind, reason }: LeftOutEntry,
  pinned: ReadonlySet<string>,
  t: Translate,
): Pick<TreeRow, 'offer' | 'caution'> & { readonly kind?: 'leftOut' } {
  const offer: Pin = { kind, path };
  if (!OVERRULED.has(reason) || pinned.has(pinKey(offer))) return {};
  if (reason !== 'secret') return { kind: 'leftOut', offer };
  const caution = t(
    '{0} is still not sent, for it looks like it holds a secret; parley.context.includeSecrets sends it all the same.',
    path,
  );
  return { kind: 'leftOut', offer, caution };
}

function group(id: string, label: string, tooltip: string): TreeRow {
  return { id, kind: 'group', label, description: '', tooltip, icon: 'circle-slash', spoken: label };
}
