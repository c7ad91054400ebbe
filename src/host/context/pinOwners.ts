import type { ContextFile } from '../../core/context/facts.ts';
import type { Pin } from '../../core/context/pinned.ts';
import { globTest } from './globs.ts';

/**
 * The files below each pin, every file below one: that which names it, else the nearest folder, else the first glob, else
 * what covers the rest. Files that no pin covers any more are below none.
 */
export function filesByPin(
  pins: readonly Pin[],
  files: readonly ContextFile[],
): ReadonlyMap<Pin, readonly ContextFile[]> {
  const ownerOf = createOwners(pins);
  const owned = new Map<Pin, ContextFile[]>();
  for (const file of files) {
    const pin = ownerOf(file);
    if (!pin) continue;
    const known = owned.get(pin);
    if (known) known.push(file);
    else owned.set(pin, [file]);
  }
  return owned;
}

function createOwners(pins: readonly Pin[]): (file: ContextFile) => Pin | undefined {
  const named = new Map<string, Pin>();
  const folders = new Map<string, Pin>();
  const whole = new Map<Pin['kind'], Pin>();
  const globs: { readonly pin: Pin; readonly matches: (path: string) => boolean }[] = [];
  for (const pin of pins) {
    if (pin.kind === 'file') named.set(pin.path, pin);
    else if (pin.kind === 'folder') folders.set(pin.path, pin);
    else if (pin.kind === 'glob') globs.push({ pin, matches: globTest(pin.glob) });
    else whole.set(pin.kind, pin);
  }
  const inFolder = (path: string): Pin | undefined => {
    const end = path.lastIndexOf('/');
    if (end < 0) return folders.get('.');
    return folders.get(path.slice(0, end)) ?? inFolder(path.slice(0, end));
  };
  return ({ path, by }) => {
    const both = [path, withoutRoot(path)];
    const first = (find: (path: string) => Pin | undefined): Pin | undefined =>
      both.map(find).find((pin) => pin !== undefined);
    return (
      first((each) => named.get(each)) ??
      (by === undefined ? undefined : whole.get(by)) ??
      first(inFolder) ??
      first((each) => globs.find(({ matches }) => matches(each))?.pin) ??
      whole.get('workspace') ??
      whole.get('branch') ??
      whole.get('openEditors')
    );
  };
}

/** The path within its workspace folder, where that folder's name stands in front; pins may leave it out. */
function withoutRoot(path: string): string {
  return path.slice(path.indexOf('/') + 1);
}
