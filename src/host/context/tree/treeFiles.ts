import type { ContextFacts, ContextFile } from '../../../core/context/facts.ts';
import type { LeftOutEntry, Pin } from '../../../core/context/pinned.ts';
import { pinKey } from '../../../core/context/pinText.ts';
import type { Translate } from '../../../core/failure.ts';
import { filesByPin, otherName } from './pinOwners.ts';
import type { TreeRow } from './treeModel.ts';
import { inStretches } from './treeStretches.ts';
import { fileWords, pinLabel, reasonWords, tokenWords } from './treeWords.ts';

/** The rows of pins and of the files below them. */
export interface PinSubtrees {
  rowOf(pin: Pin): TreeRow;
}

/** `roots` are the names of the workspace folders. */
export function createPinSubtrees(facts: ContextFacts, roots: readonly string[], t: Translate): PinSubtrees {
  const owned = filesByPin(facts.pins, facts.files, roots);
  const leftOut = leftOutPins(facts, roots);
  const words: Words = { t, mark: facts.exact ? '≈' : '~', shared: sharedNames(facts.pins) };
  return {
    rowOf(pin) {
      const files = owned.get(pin) ?? [];
      const [file] = files;
      if (pin.kind !== 'file') return wideRow(pin, files, leftOut, unknownWords(facts, t), words);
      return file
        ? { ...fileRow(idOf(pin), file, words, true), kind: 'pin', pin }
        : absentRow(pin, leftOut, facts, t);
    },
  };
}

/** Of what is left out, what is pinned by its path, with or without the name of its workspace folder. */
function leftOutPins(
  { pins, leftOut }: ContextFacts,
  roots: readonly string[],
): ReadonlyMap<string, LeftOutEntry> {
  const paths = new Set(pins.flatMap((pin) => ('path' in pin ? [pin.path] : [])));
  const names = new Set(roots);
  const found = new Map<string, LeftOutEntry>();
  for (const entry of leftOut) {
    const { path } = entry;
    if (paths.has(path)) found.set(path, entry);
    const other = otherName(path, names);
    if (other !== undefined && paths.has(other) && !found.has(other)) found.set(other, entry);
  }
  return found;
}

interface Words {
  readonly t: Translate;
  /** In front of the tokens of single files. */
  readonly mark: '~' | '≈';
  /** Names of files of which several are pinned. */
  readonly shared: ReadonlySet<string>;
}

function sharedNames(pins: readonly Pin[]): ReadonlySet<string> {
  const names = pins.flatMap((pin) => (pin.kind === 'file' ? [splitPath(pin.path).name] : []));
  const met = new Set<string>();
  return new Set(names.filter((name) => met.size === met.add(name).size));
}

const PIN_ICONS: Readonly<Record<Pin['kind'], string>> = {
  file: 'file',
  folder: 'folder',
  glob: 'regex',
  workspace: 'root-folder',
  openEditors: 'files',
  branch: 'git-branch',
};

/** Why nobody knows yet what a pin means; undefined where it is known. */
function unknownWords({ looking, isUnknown }: ContextFacts, t: Translate): string | undefined {
  if (looking) return t('being looked at');
  return isUnknown ? t('not read yet') : undefined;
}

/** A pin that stands for many files. */
function wideRow(
  pin: Pin,
  files: readonly ContextFile[],
  leftOut: ReadonlyMap<string, LeftOutEntry>,
  unknown: string | undefined,
  words: Words,
): TreeRow {
  const { t } = words;
  const label = pinLabel(pin, t);
  const reason = pin.kind === 'folder' ? leftOut.get(pin.path) : undefined;
  const id = `${idOf(pin)}\n`;
  const sum = sumOf(files, words);
  const nothing = unknown ?? t('no files of its own');
  const description = reason ? reasonWords(reason.reason, reason.detail, t) : nothing;
  if (files.length === 0) return { ...pinRow(pin, label, description, t), icon: PIN_ICONS[pin.kind] };
  const start = pin.kind === 'folder' ? startBelow(pin.path, files) : 0;
  return {
    ...pinRow(pin, label, sum, t),
    rows: () => rowsBelow(id, files, start, words),
  };
}

/** No path or glob is taken for another row. What is below has a line of its own: globs hold every sign that paths do. */
function idOf(pin: Pin): string {
  return `pin:${pinKey(pin)}`;
}

function pinRow(pin: Pin, label: string, description: string, t: Translate): TreeRow {
  return {
    id: idOf(pin),
    kind: 'pin',
    label,
    description,
    tooltip: `${label}\n${description}`,
    icon: PIN_ICONS[pin.kind],
    spoken: t('{0}, pinned, {1}', label, description),
    pin,
  };
}

/** A file that is pinned by name and does not go out. */
function absentRow(
  pin: Pin & { readonly kind: 'file' },
  leftOut: ReadonlyMap<string, LeftOutEntry>,
  facts: ContextFacts,
  t: Translate,
): TreeRow {
  const { name, folder } = splitPath(pin.path);
  const entry = leftOut.get(pin.path);
  const nothing = unknownWords(facts, t) ?? t('not sent');
  const state = entry ? reasonWords(entry.reason, entry.detail, t) : nothing;
  const description = [...(folder === '' ? [] : [folder]), state].join(' · ');
  const isThere = entry !== undefined && entry.reason !== 'missing' && entry.uri !== '';
  return {
    ...pinRow(pin, name, description, t),
    tooltip: `${pin.path}\n${state}`,
    icon: entry ? 'warning' : 'file',
    spoken: t('{0}, pinned, {1}', pin.path, state),
    ...(isThere ? { uri: entry.uri } : {}),
    ...(entry ? {} : { opens: pin.path }),
  };
}

/** `alone` is a file that no folder stands above. */
function fileRow(id: string, file: ContextFile, { t, mark, shared }: Words, alone = false): TreeRow {
  const { path, uri, tokens, state } = file;
  const { name, folder } = splitPath(path);
  const tokensSaid = tokenWords(tokens, t, mark);
  // Most files are just in the pack: the eye is to find the others.
  const seen = [...(state === 'inPack' ? [] : [STATES[state](t)]), tokensSaid];
  const said = [STATES[state](t), tokensSaid];
  const place = alone && folder !== '' ? [folder] : [];
  // What tells files of one name apart is not to be cut off in a narrow panel.
  const description = shared.has(name) ? [...place, ...seen] : [...seen, ...place];
  return {
    id,
    kind: 'file',
    label: name,
    description: description.join(' · '),
    tooltip: [path, ...said, ...sentenceOf(state, t)].join('\n'),
    icon: state === 'updatePending' ? 'sync' : state === 'updated' ? 'pass' : 'file',
    spoken: [alone ? t('{0}, pinned', path) : name, ...said].join(', '),
    uri,
  };
}

const STATES: Readonly<Record<ContextFile['state'], (t: Translate) => string>> = {
  inPack: (t) => t('in the pack'),
  updatePending: (t) => t('update pending'),
  updated: (t) => t('updated'),
};

function sentenceOf(state: ContextFile['state'], t: Translate): readonly string[] {
  if (state === 'updatePending') return [t('It goes out again with the next question.')];
  return state === 'updated' ? [t('It has gone out again since it was packed.')] : [];
}

/** The rows below a folder: folders first. `start` is where the names of this level begin in the paths, in UTF-16 units. */
function rowsBelow(
  id: string,
  files: readonly ContextFile[],
  start: number,
  words: Words,
): readonly TreeRow[] {
  const here: ContextFile[] = [];
  const folders = new Map<string, ContextFile[]>();
  for (const file of files) {
    const end = file.path.indexOf('/', start);
    const name = file.path.slice(start, end);
    const known = folders.get(name);
    if (end < 0) here.push(file);
    else if (known) known.push(file);
    else folders.set(name, [file]);
  }
  const byName = (one: string, other: string): number => COLLATOR.compare(one, other);
  const levels: readonly Level[] = [
    ...[...folders].sort(([one], [other]) => byName(one, other)).map(([name, below]) => ({ name, below })),
    ...here
      .map((file) => ({ name: file.path.slice(start), file }))
      .sort((one, other) => byName(one.name, other.name)),
  ];
  return inStretches(
    id,
    levels,
    ({ name }) => name,
    (level) =>
      'file' in level
        ? fileRow(`${id}/${level.name}`, level.file, words)
        : folderRow(id, level.below, start, words),
  );
}

type Level = { readonly name: string } & (
  | { readonly below: readonly ContextFile[] }
  | { readonly file: ContextFile }
);

const COLLATOR = new Intl.Collator('en', { numeric: true });

/** Folders that hold nothing but one other stand in one row with it. */
function folderRow(above: string, files: readonly ContextFile[], start: number, words: Words): TreeRow {
  const end = sharedFolder(files, start);
  const label = `${files[0]?.path.slice(start, end)}/`;
  const id = `${above}/${label}`;
  const description = sumOf(files, words);
  const path = files[0]?.path.slice(0, end) ?? '';
  return {
    id,
    kind: 'folder',
    label,
    description,
    tooltip: `${path}/\n${description}`,
    icon: 'folder',
    offer: { kind: 'folder', path },
    spoken: `${label}, ${description}`,
    rows: () => rowsBelow(id, files, end + 1, words),
  };
}

/** Where the deepest folder ends that all files are in; they share the one that begins at `start`. */
function sharedFolder(files: readonly ContextFile[], start: number): number {
  const [first] = files;
  const path = first?.path ?? '';
  const shared = files.reduce((length, file) => {
    let at = start;
    while (at < length && file.path[at] === path[at]) at++;
    return at;
  }, path.length);
  return path.lastIndexOf('/', shared - 1);
}

function startBelow(folder: string, [first]: readonly ContextFile[]): number {
  if (folder === '.' || !first) return 0;
  if (first.path.startsWith(`${folder}/`)) return folder.length + 1;
  const inner = first.path.indexOf(`/${folder}/`);
  if (inner >= 0) return inner + folder.length + 2;
  // Where one workspace folder is left of several, its name is in the path of the pin only.
  const below = folder.indexOf('/');
  return below < 0 ? 0 : folder.length - below;
}

function sumOf(files: readonly ContextFile[], { t, mark }: Words): string {
  const tokens = files.reduce((sum, file) => sum + file.tokens, 0);
  const pending = files.filter(({ state }) => state === 'updatePending').length;
  const update = pending === 1 ? t('1 update pending') : t('{0} updates pending', pending);
  return [fileWords(files.length, t), tokenWords(tokens, t, mark), ...(pending > 0 ? [update] : [])].join(
    ' · ',
  );
}

function splitPath(path: string): { readonly name: string; readonly folder: string } {
  const end = path.lastIndexOf('/');
  return { name: path.slice(end + 1), folder: path.slice(0, Math.max(0, end)) };
}
