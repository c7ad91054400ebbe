import { applyPatch } from 'diff';
import { sortedByPath } from '../context/ordering.ts';
import type { PinnedFile } from '../context/pinned.ts';
import type { UpdatePart } from '../conversation/parts.ts';
import { estimateText } from '../money/estimateText.ts';
import { finished, type Steps } from '../steps.ts';
import { fileHash, type PackManifest, textIn } from './pack.ts';
import { compare, type Diff } from './packDiff.ts';
import { originsOf } from './packMoves.ts';
import { removedText, removing, takeRemoved } from './packRemovals.ts';

/** A file as Claude has it. */
export interface Held {
  /** See `fileHash`. */
  readonly hash: string;
  /** Its text, found when it is first asked for; undefined when a diff on the way to it does not apply. */
  text(): string | undefined;
}

/**
 * What Claude has of each path, after the pack and the updates that are sent with the questions since, in that order. For
 * the same values the same map as the last time, which is what `updatesOf` remembers its answers by.
 */
export function heldFiles(
  manifest: PackManifest,
  packText: string,
  updates: readonly UpdatePart[],
): ReadonlyMap<string, Held> {
  const all = remembered.get(manifest) ?? [];
  const known = all.find((one) => one.packText === packText && isSame(one.updates, updates));
  if (known) return known.held;
  const held = new Map<string, Held>();
  for (const file of manifest.files) {
    const find = (): string => textIn(packText, file);
    held.set(file.path, heldAs(file.hash, find));
  }
  for (const update of updates) apply(held, update);
  remembered.set(manifest, [{ packText, updates: [...updates], held }, ...all].slice(0, MOST_REMEMBERED));
  return held;
}

/**
 * What has to be said so that Claude has the files as they are now, in the order of the paths: nothing for a file that
 * Claude has as it is, and for the others the whole file or a diff, whichever is shorter. A diff goes out only when it
 * gives exactly the new text and fits in one place only. A file that has moved is one part with `from`, and is `changed`.
 * The last part tells of all files that are gone. Applied by `heldFiles`, the parts give what is there now.
 */
export function updatesOf(
  held: ReadonlyMap<string, Held>,
  now: readonly PinnedFile[],
): readonly UpdatePart[] {
  return finished(updating(held, now));
}

/** The same in steps of a comparison each. Once they are done, `updatesOf` has the answer for the same values at once. */
export function* updating(
  held: ReadonlyMap<string, Held>,
  now: readonly PinnedFile[],
): Steps<readonly UpdatePart[]> {
  const known = answers.get(held)?.get(now);
  if (known) return known;
  const updates = yield* compared(held, now);
  const ofHeld = answers.get(held) ?? new WeakMap<readonly PinnedFile[], readonly UpdatePart[]>();
  answers.set(held, ofHeld.set(now, updates));
  return updates;
}

/**
 * Estimated tokens of an update in a question, for a factor of one: within a few of what its block is reckoned at, but what was
 * reckoned while comparing is not reckoned again.
 */
export function tokensOfUpdate(update: UpdatePart): number {
  const { path, from = '', text, removed } = update;
  const known = tokensOf.get(update);
  if (known !== undefined) return known;
  const tokens = removed ? estimateText(removedText(removed)) : estimateText(text) + wordsAround(path, from);
  tokensOf.set(update, tokens);
  return tokens;
}

/** Some maps for each pack, the newest first: there may be many files in it. */
const remembered = new WeakMap<
  PackManifest,
  readonly {
    readonly packText: string;
    readonly updates: readonly UpdatePart[];
    readonly held: ReadonlyMap<string, Held>;
  }[]
>();

/** The conversation that is shown, and the two ways in which a new one may begin. */
const MOST_REMEMBERED = 3;

const answers = new WeakMap<
  ReadonlyMap<string, Held>,
  WeakMap<readonly PinnedFile[], readonly UpdatePart[]>
>();

/** Parts never change. */
const tokensOf = new WeakMap<UpdatePart, number>();

/** What stands around the text of an update: see `questionContent`. */
function wordsAround(path: string, from: string): number {
  return estimateText(`${WORDS}${path}${from}`);
}

const WORDS = 'The file has changed:\n```diff\n```\n';

function isSame(some: readonly UpdatePart[], others: readonly UpdatePart[]): boolean {
  return some.length === others.length && some.every((part, index) => part === others[index]);
}

function apply(held: Map<string, Held>, update: UpdatePart): void {
  const { path, change, from, hash } = update;
  const before = held.get(from ?? path);
  if (from !== undefined) held.delete(from);
  if (change === 'removed') takeRemoved(held, update);
  else
    held.set(
      path,
      heldAs(hash, () => textAfter(update, before)),
    );
}

function textAfter({ form, text }: UpdatePart, before: Held | undefined): string | undefined {
  if (form === 'whole') return text;
  return form === 'diff' ? patched(before?.text(), text) : before?.text();
}

/** A text that is not what its hash says is taken for unknown, and so is never the base of a diff. */
function heldAs(hash: string, find: () => string | undefined): Held {
  let found: { readonly text: string | undefined } | undefined;
  return {
    hash,
    text: () => {
      if (!found) {
        const text = find();
        found = { text: text !== undefined && fileHash(text) === hash ? text : undefined };
      }
      return found.text;
    },
  };
}

function patched(text: string | undefined, diff: string): string | undefined {
  if (text === undefined) return undefined;
  try {
    const result = applyPatch(text, diff, { autoConvertLineEndings: false });
    return result === false ? undefined : result;
  } catch {
    return undefined;
  }
}

function* compared(
  held: ReadonlyMap<string, Held>,
  now: readonly PinnedFile[],
): Steps<readonly UpdatePart[]> {
  const files = yield* sortedByPath(now);
  const paths = new Set(files.map(({ path }) => path));
  const gone = [...held].filter(([path]) => !paths.has(path)).map(([path, { hash }]) => ({ path, hash }));
  const diffOf = limitedDiffs(held);
  const origins = yield* originsOf(
    files.filter(({ path }) => !held.has(path)),
    gone,
    (file, from) => diffOf(file, from) !== undefined,
  );
  const parts: UpdatePart[] = [];
  for (const file of files) {
    const from = origins.get(file);
    const before = held.get(from ?? file.path);
    if (!before) parts.push(wholePart(file, 'added'));
    else if (before.hash !== file.hash) {
      parts.push(changedPart(file, from, diffOf(file, from ?? file.path)));
      yield;
    } else if (from !== undefined) parts.push({ ...partOf(file, 'changed', from), form: 'none', text: '' });
  }
  const moved = new Set(origins.values());
  const removed = yield* sortedByPath(gone.filter(({ path }) => !moved.has(path)));
  // Last, so that what has moved out of a folder is not gone before.
  const removal = yield* removing(
    removed.map(({ path }) => path),
    paths,
  );
  return [...(yield* sortedByPath(parts)), ...removal];
}

/**
 * Work that is spent on diffs in one go (see `Comparison.work`), in the order of the paths: some hundreds of files with small
 * edits, or a dozen with hundreds. Where more has changed (another branch, most likely), the rest goes whole.
 */
const MOST_WORK = 2_500;

/** The diff that leads from what Claude has of a path to a file, if that is known and there is a short one. */
function limitedDiffs(held: ReadonlyMap<string, Held>): (file: PinnedFile, from: string) => Diff | undefined {
  const paid = new Map<PinnedFile, string>();
  let room = MOST_WORK;
  return (file, from) => {
    const isPaid = paid.get(file) === from;
    const text = isPaid || room > 0 ? held.get(from)?.text() : undefined;
    if (text === undefined) return undefined;
    const { diff, work } = compare(text, file);
    if (!isPaid) room -= work;
    paid.set(file, from);
    return diff;
  };
}

function changedPart(file: PinnedFile, from: string | undefined, diff: Diff | undefined): UpdatePart {
  if (!diff) return wholePart(file, 'changed', from);
  const part: UpdatePart = { ...partOf(file, 'changed', from), form: 'diff', text: diff.text };
  tokensOf.set(part, diff.tokens + wordsAround(file.path, from ?? ''));
  return part;
}

/** One for each file, however many packs it is compared with, so that what is made of a part is made once. */
function wholePart(file: PinnedFile, change: 'changed' | 'added', from?: string): UpdatePart {
  const known = wholeParts.get(file);
  if (known && known.change === change && known.from === from) return known;
  const part: UpdatePart = { ...partOf(file, change, from), form: 'whole', text: file.text };
  tokensOf.set(part, file.tokens + wordsAround(file.path, from ?? ''));
  wholeParts.set(file, part);
  return part;
}

const wholeParts = new WeakMap<PinnedFile, UpdatePart>();

function partOf({ path, hash }: PinnedFile, change: 'changed' | 'added', from?: string) {
  return { kind: 'update', path, change, hash, ...(from === undefined ? {} : { from }) } as const;
}
