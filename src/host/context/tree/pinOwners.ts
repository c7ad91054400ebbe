import type { ContextFile } from '../../../core/context/facts.ts';
import type { Pin } from '../../../core/context/pinned.ts';
import { globTest } from '../pinning/globs.ts';

/**
 * The files below each pin, every file below one: that which names it, else the nearest folder, else the first glob, else
 * what covers the rest; files that say what brings them in (`by`) below that. Files that no pin covers any more are below
 * none. `roots` are the names of the workspace folders.
 */
export function filesByPin(
  pins: readonly Pin[],
  files: readonly ContextFile[],
  roots: readonly string[],
): ReadonlyMap<Pin, readonly ContextFile[]> {
  const ownerOf = createOwners(pins, new Set(roots));
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

interface Glob {
  readonly pin: Pin;
  readonly matches: (path: string) => boolean;
}

function createOwners(
  pins: readonly Pin[],
  roots: ReadonlySet<string>,
): (file: ContextFile) => Pin | undefined {
  const byPath = new Map<string, Pin>();
  const whole = new Map<Pin['kind'], Pin>();
  const globs: Glob[] = [];
  for (const pin of pins) {
    if (pin.kind === 'file' || pin.kind === 'folder') byPath.set(keyOf(pin.kind, pin.path), pin);
    else if (pin.kind === 'glob') globs.push({ pin, matches: globTest(pin.glob) });
    else whole.set(pin.kind, pin);
  }
  const named = ofEither(roots, (path) => byPath.get(keyOf('file', path)));
  const inFolder = createFolderOwners(byPath, roots);
  const matching = ofEither(roots, (path) => globs.find(({ matches }) => matches(path))?.pin);
  const covering = whole.get('workspace') ?? whole.get('branch') ?? whole.get('openEditors');
  const said = ({ path, by }: ContextFile): Pin | undefined => {
    if (by === 'folder') return inFolder(path);
    if (by === 'glob') return globs.length === 1 ? globs[0]?.pin : matching(path);
    return by === undefined || by === 'file' ? undefined : whole.get(by);
  };
  return (file) => said(file) ?? named(file.path) ?? inFolder(file.path) ?? matching(file.path) ?? covering;
}

/** The nearest folder above a file that is pinned; looked for once for each folder. */
function createFolderOwners(
  byPath: ReadonlyMap<string, Pin>,
  roots: ReadonlySet<string>,
): (path: string) => Pin | undefined {
  const found = new Map<string, Pin | undefined>();
  const above = (path: string): Pin | undefined => {
    const end = path.lastIndexOf('/');
    if (end < 0) return byPath.get(keyOf('folder', '.'));
    return byPath.get(keyOf('folder', path.slice(0, end))) ?? above(path.slice(0, end));
  };
  const find = ofEither(roots, above);
  return (path) => {
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    if (!found.has(folder)) found.set(folder, find(path));
    return found.get(folder);
  };
}

function ofEither(
  roots: ReadonlySet<string>,
  find: (path: string) => Pin | undefined,
): (path: string) => Pin | undefined {
  return (path) => {
    const other = otherName(path, roots);
    return find(path) ?? (other === undefined ? undefined : find(other));
  };
}

/**
 * How a pin may call a path, too, for workspace folders come and go: without the name of its folder where there are several,
 * and with it where there is one.
 */
export function otherName(path: string, roots: ReadonlySet<string>): string | undefined {
  const [root] = roots;
  if (roots.size === 1) return `${root}/${path}`;
  const end = path.indexOf('/');
  return roots.has(path.slice(0, end)) ? path.slice(end + 1) : undefined;
}

function keyOf(kind: 'file' | 'folder', path: string): string {
  return `${kind}:${path}`;
}
