import { applyPatch } from 'diff';
import { byCodePoints } from '../context/ordering.ts';
import type { PinnedFile } from '../context/pinned.ts';
import type { UpdatePart } from '../conversation/parts.ts';
import { fileHash, type PackManifest, textIn } from './pack.ts';
import { smallDiff } from './packDiff.ts';

/** A file as Claude has it. */
export interface Held {
  /** See `fileHash`. */
  readonly hash: string;
  /** Its text, found when it is first asked for; undefined when a diff on the way to it does not apply. */
  text(): string | undefined;
}

/**
 * What Claude has of each path, after the pack and the updates sent since, in that order. The same values give the same
 * map, which is what `updatesOf` remembers its answers by.
 */
export function heldFiles(
  manifest: PackManifest,
  packText: string,
  updates: readonly UpdatePart[],
): ReadonlyMap<string, Held> {
  const key = updates.at(-1) ?? manifest;
  const known = remembered.get(key);
  if (known && known.manifest === manifest && known.packText === packText && isSame(known.updates, updates)) {
    return known.held;
  }
  const held = new Map<string, Held>();
  for (const file of manifest.files) {
    held.set(
      file.path,
      checked(file.hash, () => textIn(packText, file)),
    );
  }
  for (const update of updates) apply(held, update);
  remembered.set(key, { manifest, packText, updates, held });
  return held;
}

/**
 * What has to be said so that Claude has the files as they are now, in the order of the paths: nothing for a file that
 * Claude has as it is, and for the others the whole file or a diff, whichever is shorter. A diff goes out only when it
 * gives exactly the new text and fits in one place only. A file that has moved is one part with `from`, and is `changed`.
 * Applied by `heldFiles`, the parts give what is there now.
 */
export function updatesOf(
  held: ReadonlyMap<string, Held>,
  now: readonly PinnedFile[],
): readonly UpdatePart[] {
  const known = answers.get(held)?.get(now);
  if (known) return known;
  const updates = compared(held, now);
  const ofHeld = answers.get(held) ?? new WeakMap<readonly PinnedFile[], readonly UpdatePart[]>();
  answers.set(held, ofHeld.set(now, updates));
  return updates;
}

/** By the newest update, else by the pack: both live as long as their conversation does. */
const remembered = new WeakMap<
  object,
  {
    readonly manifest: PackManifest;
    readonly packText: string;
    readonly updates: readonly UpdatePart[];
    readonly held: ReadonlyMap<string, Held>;
  }
>();

const answers = new WeakMap<
  ReadonlyMap<string, Held>,
  WeakMap<readonly PinnedFile[], readonly UpdatePart[]>
>();

function isSame(some: readonly UpdatePart[], others: readonly UpdatePart[]): boolean {
  return some.length === others.length && some.every((part, index) => part === others[index]);
}

function apply(held: Map<string, Held>, update: UpdatePart): void {
  const { path, change, from, form, text, hash } = update;
  const base = held.get(from ?? path);
  if (from !== undefined) held.delete(from);
  if (change === 'removed') held.delete(path);
  else if (form === 'whole')
    held.set(
      path,
      checked(hash, () => text),
    );
  else if (form === 'diff')
    held.set(
      path,
      checked(hash, () => patched(base?.text(), text)),
    );
  else
    held.set(
      path,
      checked(hash, () => base?.text()),
    );
}

/** A text that is not what its hash says is taken for unknown, and so is never the base of a diff. */
function checked(hash: string, find: () => string | undefined): Held {
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

function compared(held: ReadonlyMap<string, Held>, now: readonly PinnedFile[]): readonly UpdatePart[] {
  const paths = new Set(now.map(({ path }) => path));
  const gone = new Map([...held].filter(([path]) => !paths.has(path)));
  const added = now.filter(({ path }) => !held.has(path));
  const origins = originsOf(gone, added);
  const parts = now.flatMap((file): readonly UpdatePart[] => {
    const origin = origins.get(file);
    const before = held.get(origin ?? file.path);
    if (!before) return [wholePart(file, 'added')];
    if (before.hash !== file.hash) return [changedPart(file, before, origin)];
    return origin === undefined ? [] : [{ ...partOf(file, 'changed', origin), form: 'none', text: '' }];
  });
  const moved = new Set(origins.values());
  const removed = [...gone.keys()].filter((path) => !moved.has(path)).map(removedPart);
  return [...parts, ...removed].sort((one, other) => byCodePoints(one.path, other.path));
}

/** Where files have come from that are new by their paths: from one that is gone and had the same text, best with the same name. */
function originsOf(
  gone: ReadonlyMap<string, Held>,
  added: readonly PinnedFile[],
): ReadonlyMap<PinnedFile, string> {
  const origins = new Map<PinnedFile, string>();
  const free = new Set([...gone.keys()].sort(byCodePoints));
  const take = (file: PinnedFile, fits: (path: string) => boolean): void => {
    if (origins.has(file)) return;
    const origin = [...free].find((path) => gone.get(path)?.hash === file.hash && fits(path));
    if (origin === undefined) return;
    free.delete(origin);
    origins.set(file, origin);
  };
  const ordered = [...added].sort((one, other) => byCodePoints(one.path, other.path));
  for (const file of ordered) take(file, (path) => nameIn(path) === nameIn(file.path));
  for (const file of ordered) take(file, () => true);
  return origins;
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function changedPart(file: PinnedFile, before: Held, from: string | undefined): UpdatePart {
  const text = before.text();
  const diff = text === undefined ? undefined : smallDiff(text, file);
  return diff === undefined
    ? wholePart(file, 'changed', from)
    : { ...partOf(file, 'changed', from), form: 'diff', text: diff };
}

function wholePart(file: PinnedFile, change: 'changed' | 'added', from?: string): UpdatePart {
  return { ...partOf(file, change, from), form: 'whole', text: file.text };
}

function partOf({ path, hash }: PinnedFile, change: 'changed' | 'added', from: string | undefined) {
  return { kind: 'update', path, change, hash, ...(from === undefined ? {} : { from }) } as const;
}

function removedPart(path: string): UpdatePart {
  return { kind: 'update', path, change: 'removed', form: 'none', text: '', hash: '' };
}
