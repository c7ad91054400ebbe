import { byCodePoints, byPath } from '../context/ordering.ts';
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
  return finished(packing(files));
}

/** The same in steps of a file each, for those who must let others work in between. */
export function* packing(files: readonly PinnedFile[]): Steps<Pack> {
  if (files.length === 0) return { text: '', manifest: { files: [] }, tokens: 0 };
  const ordered = files.toSorted(byPath);
  const openings: string[] = [];
  let hasTags = false;
  for (const [index, { path, text }] of ordered.entries()) {
    const isTagged = holdsTag(text);
    hasTags ||= isTagged;
    openings.push(before(path, isTagged ? text.split('\n').length : undefined, index + 1));
    yield;
  }
  const head = headOf(ordered, hasTags);
  const pieces = [head];
  const packed: PackedFile[] = [];
  let length = head.length;
  let tokens = estimateText(head);
  for (const [index, { path, hash, text, tokens: own }] of ordered.entries()) {
    const opening = openings[index] ?? '';
    packed.push({ path, hash, start: length + opening.length, length: text.length });
    pieces.push(opening, text, AFTER);
    length += opening.length + text.length + AFTER.length;
    tokens += own + TAGS + estimateText(path);
    yield;
  }
  pieces.push(END);
  return { text: pieces.join(''), manifest: { files: packed }, tokens };
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
