import type { StructuredPatch } from 'diff';
import { fewestEdits, type Run } from './fewestEdits.ts';

/** How one text becomes another, line by line. Lines are told with their ends. */
export interface LineEdits {
  /** Neighbors are of different kinds; the first and the last may be lines around the edits that both texts have. */
  readonly stretches: readonly Stretch[];
  /** The line at which they begin in both texts, from 1 on. */
  readonly first: number;
}

export interface Stretch {
  readonly kind: Run['kind'];
  readonly lines: readonly string[];
}

export interface EditSearch {
  readonly edits?: LineEdits;
  /** After how many edits the search has ended. */
  readonly searched: number;
  /** UTF-16 units of both texts between the lines that they share at the beginning and at the end. */
  readonly between: number;
}

/**
 * The fewest edits between two texts that differ: lines removed and added. None when they would be more than `most`, or when the
 * lines that only one of the texts has take as much as the new text itself; mostly that is clear without a search.
 */
export function editsBetween(before: string, now: string, most: number): EditSearch {
  const start = commonStart(before, now);
  const end = commonEnd(before, now, start);
  const between = before.length + now.length - 2 * (start + end);
  const removed = linesOf(before.slice(start, before.length - end));
  const added = linesOf(now.slice(start, now.length - end));
  const numbers = new Map<string, number>();
  const [old, fresh] = [numbered(removed, numbers), numbered(added, numbers)];
  const least = leastEdits(old, fresh, [...numbers.keys()]);
  if (least.lines > most || least.length >= now.length) return { searched: 0, between };
  const found = fewestEdits(old, fresh, most);
  if (!found) return { searched: most, between };
  const { before: above, after: below, first } = linesAround(before, start, before.length - end);
  const stretches = [
    { kind: ' ', lines: above } as const,
    ...stretchesOf(found.runs, removed, added),
    { kind: ' ', lines: below } as const,
  ];
  return {
    edits: { stretches: stretches.filter(({ lines }) => lines.length > 0), first },
    searched: found.edits,
    between,
  };
}

function stretchesOf(runs: readonly Run[], removed: readonly string[], added: readonly string[]): Stretch[] {
  let [oldAt, freshAt] = [0, 0];
  return runs.map(({ kind, count }) => {
    const lines = kind === '+' ? added.slice(freshAt, freshAt + count) : removed.slice(oldAt, oldAt + count);
    if (kind !== '+') oldAt += count;
    if (kind !== '-') freshAt += count;
    return { kind, lines };
  });
}

type Hunk = StructuredPatch['hunks'][number];

/** The edits as hunks of a unified diff, with up to so many lines around each; hunks that would touch are one. */
export function hunksOf({ stretches, first }: LineEdits, context: number): Hunk[] {
  const hunks: Hunk[] = [];
  let [oldLine, newLine] = [first, first];
  let around: readonly string[] = [];
  let hunk: Hunk | undefined;
  for (const [at, { kind, lines }] of stretches.entries()) {
    if (kind !== ' ') {
      hunk ??= begun(around.slice(-context), oldLine, newLine);
      if (hunks.at(-1) !== hunk) hunks.push(hunk);
      addTo(hunk, kind, lines);
    } else if (hunk) {
      const isEnd = lines.length > 2 * context || at === stretches.length - 1;
      addTo(hunk, kind, isEnd ? lines.slice(0, context) : lines);
      if (isEnd) hunk = undefined;
    }
    if (kind === ' ') around = lines;
    if (kind !== '+') oldLine += lines.length;
    if (kind !== '-') newLine += lines.length;
  }
  return hunks;
}

function begun(around: readonly string[], oldLine: number, newLine: number): Hunk {
  const [oldStart, newStart] = [oldLine - around.length, newLine - around.length];
  const hunk = { oldStart, oldLines: 0, newStart, newLines: 0, lines: [] };
  addTo(hunk, ' ', around);
  return hunk;
}

function addTo(hunk: Hunk, kind: Stretch['kind'], lines: readonly string[]): void {
  if (kind !== '+') hunk.oldLines += lines.length;
  if (kind !== '-') hunk.newLines += lines.length;
  for (const line of lines) {
    if (line.endsWith('\n')) hunk.lines.push(kind + line.slice(0, -1));
    else hunk.lines.push(kind + line, '\\ No newline at end of file');
  }
}

/** Units at the beginning that two texts share, in whole lines. */
function commonStart(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let at = 0;
  while (at + BLOCK <= most && one.slice(at, at + BLOCK) === other.slice(at, at + BLOCK)) at += BLOCK;
  while (at < most && one.charCodeAt(at) === other.charCodeAt(at)) at++;
  return at === 0 ? 0 : one.lastIndexOf('\n', at - 1) + 1;
}

/** Units at the end that they share, in whole lines, but for those at the beginning. */
function commonEnd(one: string, other: string, start: number): number {
  const most = Math.min(one.length, other.length) - start;
  const isSame = (from: number, to: number): boolean =>
    one.slice(one.length - to, one.length - from) === other.slice(other.length - to, other.length - from);
  let at = 0;
  while (at + BLOCK <= most && isSame(at, at + BLOCK)) at += BLOCK;
  while (at < most && one.charCodeAt(one.length - 1 - at) === other.charCodeAt(other.length - 1 - at)) at++;
  const isLineStart = (text: string): boolean =>
    text.length === at + start || text.charCodeAt(text.length - at - 1) === LINE_END;
  if (isLineStart(one) && isLineStart(other)) return at;
  const next = one.indexOf('\n', one.length - at);
  return next < 0 ? 0 : one.length - next - 1;
}

const LINE_END = 10;

/** Units that are compared at a time. */
const BLOCK = 512;

function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start) + 1 || text.length;
    lines.push(text.slice(start, end));
    start = end;
  }
  return lines;
}

/** Equal lines have equal numbers, which are compared faster. */
function numbered(lines: readonly string[], numbers: Map<string, number>): Int32Array {
  const all = new Int32Array(lines.length);
  for (const [at, line] of lines.entries()) {
    const known = numbers.get(line);
    if (known === undefined) numbers.set(line, numbers.size);
    all[at] = known ?? numbers.size - 1;
  }
  return all;
}

/** Whatever the edits are, the lines that one of the texts has more often than the other are among them. */
function leastEdits(
  old: Int32Array,
  fresh: Int32Array,
  lines: readonly string[],
): { readonly lines: number; readonly length: number } {
  const more = new Int32Array(lines.length);
  for (const line of old) more[line] = (more[line] ?? 0) + 1;
  for (const line of fresh) more[line] = (more[line] ?? 0) - 1;
  let [count, length] = [0, 0];
  for (const [line, times] of more.entries()) {
    count += Math.abs(times);
    length += Math.abs(times) * (lines[line]?.length ?? 0);
  }
  return { lines: count, length };
}

/** The lines around a place that differs, as many as a hunk may have, and the number of the first of all. */
function linesAround(text: string, start: number, end: number) {
  let from = start;
  for (let lines = 0; lines < MOST_AROUND && from > 0; lines++)
    from = from < 2 ? 0 : text.lastIndexOf('\n', from - 2) + 1;
  let to = end;
  for (let lines = 0; lines < MOST_AROUND && to < text.length; lines++)
    to = text.indexOf('\n', to) + 1 || text.length;
  let first = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < from; at = text.indexOf('\n', at + 1)) first++;
  return { before: linesOf(text.slice(from, start)), after: linesOf(text.slice(end, to)), first };
}

/** Lines around an edit that a hunk has at most. */
export const MOST_AROUND = 20;
