import { byCodePoints, sortedByPath } from '../context/ordering.ts';
import type { PinnedFile } from '../context/pinned.ts';
import { estimateText } from '../money/estimateText.ts';
import { hashOfTexts, nameOf } from '../money/promptHash.ts';
import { finished, type Steps } from '../steps.ts';
import { pathLine } from './pathLine.ts';
import { wellFormed } from './wellFormed.ts';

/** One text that holds all pinned files, and where in it each lies. */
export interface Pack {
  readonly text: string;
  readonly manifest: PackManifest;
  /** Estimate, for a factor of one; by what the files say of themselves. */
  readonly tokens: number;
}

/** What a pack holds. It is kept as JSON beside the text, so fields may be added and none may change its meaning. */
export interface PackManifest {
  /** In the order of the documents. */
  readonly files: readonly PackedFile[];
}

export interface PackedFile {
  readonly path: string;
  /** See `fileHash`. */
  readonly hash: string;
  /** Where the file's text lies within that of the pack, in UTF-16 units. */
  readonly start: number;
  readonly length: number;
}

/**
 * The context pack. The same files give the same text, in whatever order they come: what it is, a listing, then a
 * document for each file in the order of the code points of the paths, in the form that the API's docs recommend for
 * long context. No files give an empty text.
 *
 * Texts stand in it as they are, with one line end between them and the tag that follows. Where a text holds a tag that
 * ends documents, the number of its lines is said before it, so that it is clear where it ends.
 */
export function packOf(files: readonly PinnedFile[]): Pack {
  const { text, manifest, tokens } = finished(createPacker()(files));
  return { text, manifest, tokens };
}

/** Makes packs one after the other, in steps for those who must let others work in between. */
export type Packer = (files: readonly PinnedFile[]) => Steps<PackInParts>;

/** A pack, and what it was put together from: the same values as in the last one where they have not changed. */
export interface PackInParts extends Pack {
  readonly parts: readonly PackPart[];
}

export interface PackPart {
  readonly text: string;
  /** The files that lie in it. */
  readonly files: readonly PackedFile[];
}

/**
 * The packs are those of `packOf`. What has not changed since the last one is not made again: where a file was edited that is
 * all but some files around it, as long as no file has come or gone.
 */
export function createPacker(): Packer {
  let newest: Made = { ordered: [], groups: [], head: { text: '', hasTags: false, tokens: 0 } };
  return function* (files) {
    if (files.length === 0) return { text: '', manifest: { files: [] }, tokens: 0, parts: [] };
    // Packs may be made side by side.
    const last = newest;
    const isListed = haveSamePaths(files, last.ordered);
    const ordered = isListed ? files : yield* sortedByPath(files);
    const groups: Group[] = [];
    for (let at = 0; at < ordered.length; at += EACH) {
      const known = last.groups[groups.length];
      const own = ordered.slice(at, at + EACH);
      groups.push(known && areSame(known.files, own) ? known : groupOf(own, at));
      yield;
    }
    const hasTags = groups.some((group) => group.hasTags);
    const head = isListed && last.head.hasTags === hasTags ? last.head : headWith(ordered, hasTags);
    yield;
    newest = { ordered, groups: yield* placed(groups, head.text.length), head };
    return packFrom(newest);
  };
}

/**
 * A file's text as it goes out: lines end with `\n`, whether they ended with `\r\n` or a lone `\r`; byte order marks at
 * the beginning are gone; halves of surrogate pairs, which the API refuses, are U+FFFD. So a tree gives the same bytes
 * on every system, and a checkout with CRLF those of one with LF. All else stays, also how letters are composed.
 * What is normalized stays as it is when it is normalized again.
 */
export function normalizeText(text: string): string {
  const plain = text.charCodeAt(0) === BYTE_ORDER_MARK ? text.replace(/^\ufeff+/, '') : text;
  return wellFormed(plain.includes('\r') ? plain.replace(/\r\n?/g, '\n') : plain);
}

/**
 * A path as it goes out: with `/`, in NFC (macOS may hand out NFD), with no `./` in front. A backslash inside of a name,
 * which Linux allows, becomes `/` as well.
 */
export function normalizePath(path: string): string {
  return wellFormed(path)
    .replaceAll('\\', '/')
    .replace(/^(\.\/+)+/, '')
    .normalize('NFC');
}

/** Hash of a normalized text: equal for equal texts, else different but for accidents (64 bits), no protection against forgery. */
export function fileHash(text: string): string {
  return nameOf(hashOfTexts(text));
}

/**
 * Estimated tokens that a file takes in a pack beside its text: its line in the listing and its tags. Rather more than less,
 * as most files share the line of their folder.
 */
export function frameTokens(path: string): number {
  return FRAME + 2 * estimateText(path);
}

/** The text of a file of the pack. */
export function textIn(packText: string, { start, length }: PackedFile): string {
  return packText.slice(start, start + length);
}

/** A manifest that was parsed from JSON; undefined when it is none. Never throws. */
export function decodeManifest(json: unknown): PackManifest | undefined {
  const files = fieldsOf(json)?.files;
  if (!Array.isArray(files)) return undefined;
  const packed: PackedFile[] = [];
  for (const file of files) {
    const decoded = decodeFile(file);
    if (!decoded) return undefined;
    packed.push(decoded);
  }
  return { files: packed };
}

/** What the last pack was made of. */
interface Made {
  readonly ordered: readonly PinnedFile[];
  readonly groups: readonly PlacedGroup[];
  readonly head: Head;
}

interface Head {
  readonly text: string;
  readonly hasTags: boolean;
  readonly tokens: number;
}

/** Documents that follow each other; nothing in it depends on where they lie, but for their numbers. */
interface Group {
  readonly files: readonly PinnedFile[];
  readonly text: string;
  /** Where in it the text of each file begins. */
  readonly starts: readonly number[];
  readonly hasTags: boolean;
  readonly tokens: number;
  readonly placed?: Placed;
}

interface Placed {
  readonly start: number;
  readonly part: PackPart;
}

interface PlacedGroup extends Group {
  readonly placed: Placed;
}

const NONE: readonly PackedFile[] = [];

/** Files of a group: a ms of work. */
const EACH = 32;

function haveSamePaths(files: readonly PinnedFile[], others: readonly PinnedFile[]): boolean {
  return files.length === others.length && files.every(({ path }, at) => path === others[at]?.path);
}

function areSame(files: readonly PinnedFile[], others: readonly PinnedFile[]): boolean {
  return files.length === others.length && files.every((file, at) => file === others[at]);
}

function groupOf(files: readonly PinnedFile[], first: number): Group {
  const pieces: string[] = [];
  const starts: number[] = [];
  let length = 0;
  let tokens = 0;
  let hasTags = false;
  for (const [at, { path, text, tokens: own }] of files.entries()) {
    const isTagged = holdsTag(text);
    hasTags ||= isTagged;
    const opening = before(path, isTagged ? text.split('\n').length : undefined, first + at + 1);
    starts.push(length + opening.length);
    pieces.push(opening, text, AFTER);
    length += opening.length + text.length + AFTER.length;
    tokens += own + TAGS + estimateText(path);
  }
  return { files, text: pieces.join(''), starts, hasTags, tokens };
}

/** The groups one after the other, the first of them at that place. */
function* placed(groups: readonly Group[], first: number): Steps<readonly PlacedGroup[]> {
  const all: PlacedGroup[] = [];
  let start = first;
  for (const group of groups) {
    const known = group.placed?.start === start ? group.placed : { start, part: partOf(group, start) };
    all.push({ ...group, placed: known });
    start += group.text.length;
    yield;
  }
  return all;
}

function partOf({ files, text, starts }: Group, start: number): PackPart {
  const packed = files.map(({ path, hash, text: own }, at): PackedFile => {
    return { path, hash, start: start + (starts[at] ?? 0), length: own.length };
  });
  return { text, files: packed };
}

function packFrom({ groups, head }: Made): PackInParts {
  const parts = [
    { text: head.text, files: NONE },
    ...groups.map((group) => group.placed.part),
    { text: END, files: NONE },
  ];
  let text = '';
  let tokens = head.tokens;
  // Joined one by one, they become one text in memory only when somebody reads it.
  for (const part of parts) text += part.text;
  for (const group of groups) tokens += group.tokens;
  return { text, manifest: { files: parts.flatMap(({ files }) => files) }, tokens, parts };
}

const BYTE_ORDER_MARK = 0xfeff;

const HEAD =
  'The files of the workspace that the user has pinned, as they were when this was packed. ' +
  'Changes since then are told with the questions.';

/** Said where it is needed only, so that it costs nothing elsewhere. */
const LINES = ' Where a document says its number of lines, tags within these are part of the file.';

const AFTER = '\n</document_content>\n</document>\n';
const END = '</documents>';

/** Estimated tokens of the tags around a file, and of all that a file brings along beside its paths. */
const TAGS = estimateText(`${before('', undefined, 1000)}${AFTER}`);
const FRAME = estimateText(`  \n${before('', undefined, 1000)}${AFTER}`);

/** Estimated tokens of a pack beside its files. */
export const HEAD_TOKENS = estimateText(`${HEAD}${LINES}\n\n\n<documents>\n</documents>`);

function headWith(files: readonly PinnedFile[], hasTags: boolean): Head {
  const text = headOf(files, hasTags);
  return { text, hasTags, tokens: estimateText(text) };
}

function headOf(files: readonly PinnedFile[], hasTags: boolean): string {
  const lines = hasTags ? LINES : '';
  return `${HEAD}${lines}\n\n${listing(files)}\n<documents>\n`;
}

/** Files by folder, which takes the fewest tokens: each folder is named once, and no line is indented deeper than another. */
function listing(files: readonly PinnedFile[]): string {
  const folders = new Map<string, string[]>();
  for (const { path } of files) {
    const name = path.lastIndexOf('/') + 1;
    const folder = path.slice(0, name);
    const names = folders.get(folder);
    if (names) names.push(path.slice(name));
    else folders.set(folder, [path.slice(name)]);
  }
  const ordered = [...folders].sort(([one], [other]) => byCodePoints(one, other));
  return ordered
    .map(([folder, names]) => {
      const lines = names.map((name) => `${folder === '' ? '' : '  '}${pathLine(name)}\n`).join('');
      return folder === '' ? lines : `${pathLine(folder)}\n${lines}`;
    })
    .join('');
}

function before(path: string, lines: number | undefined, index: number): string {
  const said = lines === undefined ? '' : ` lines="${lines}"`;
  return `<document index="${index}"${said}>\n<source>${pathLine(path)}</source>\n<document_content>\n`;
}

function holdsTag(text: string): boolean {
  return text.includes('</document');
}

function decodeFile(json: unknown): PackedFile | undefined {
  const { path, hash, start, length } = fieldsOf(json) ?? {};
  if (typeof path !== 'string' || typeof hash !== 'string') return undefined;
  return isPlace(start) && isPlace(length) ? { path, hash, start, length } : undefined;
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function fieldsOf(json: unknown): { readonly [field: string]: unknown } | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? { ...json } : undefined;
}
