import { applyPatch, formatPatch, OMIT_HEADERS, type StructuredPatch, structuredPatch } from 'diff';
import type { PinnedFile } from '../context/pinned.ts';
import { estimateText } from '../money/estimateText.ts';

/** A file beside the text that Claude has of it. */
export interface Comparison {
  /** What looking for a diff takes at most, in units of some 20 microseconds. The same for the same texts. */
  readonly work: number;
  /**
   * The unified diff that leads from one to the other, without headers; undefined unless it takes fewer tokens than the file,
   * gives exactly its text, and each of its hunks fits in one place only. The same texts give the same diff: what bounds
   * its work are edits, not time.
   */
  diff(): string | undefined;
}

/** Remembered with the file: pinned files never change, and most stay from one look at the workspace to the next. */
export function compare(held: string, file: PinnedFile): Comparison {
  const known = remembered.get(file);
  if (known?.held === held) return known.comparison;
  const comparison = comparisonOf(held, file);
  remembered.set(file, { held, comparison });
  return comparison;
}

const remembered = new WeakMap<PinnedFile, { readonly held: string; readonly comparison: Comparison }>();

function comparisonOf(held: string, file: PinnedFile): Comparison {
  const { lines, length } = differing(held, file.text);
  // All lines that only one of the texts has are in the diff, so that it is too long may be clear before it is looked for.
  const isHopeless = length >= file.text.length || lines > MOST_EDITS;
  let result: { readonly diff: string | undefined } | undefined;
  return {
    work: WORK_OF_A_FILE + file.text.length / 2_000 + (isHopeless ? 0 : lines + lines ** 2 / 100),
    diff: () => {
      result ??= { diff: isHopeless ? undefined : found(held, file) };
      return result.diff;
    },
  };
}

/** As measured, in the units of `Comparison.work`. */
const WORK_OF_A_FILE = 18;

function found(held: string, file: PinnedFile): string | undefined {
  const places = placesIn(held);
  for (const context of CONTEXTS) {
    const patch = structuredPatch('', '', held, file.text, undefined, undefined, {
      context,
      maxEditLength: MOST_EDITS,
    });
    if (!patch) return undefined;
    if (!patch.hunks.every((hunk) => places.isOne(oldLines(hunk)))) continue;
    const diff = formatPatch(patch, OMIT_HEADERS);
    return isShorter(diff, file) && leadsTo(held, diff, file.text) ? diff : undefined;
  }
  return undefined;
}

/** Lines around a change: as all tools have it, and more where those are found elsewhere in the file too. */
const CONTEXTS = [3, 8, 20];

/** Lines removed and added. With more of them the whole file is hardly longer, and looking for them takes its square. */
const MOST_EDITS = 400;

/** Lines that only one of the texts has, and their UTF-16 units together. */
interface Differing {
  readonly lines: number;
  readonly length: number;
}

function differing(one: string, other: string): Differing {
  const some = one.split('\n');
  const others = other.split('\n');
  const lines = [...without(some, others), ...without(others, some)];
  return { lines: lines.length, length: lines.reduce((sum, line) => sum + line.length + 1, 0) };
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return lines.filter((line) => !known.has(line));
}

/** Claude sees no line numbers in what it holds, so the lines of a hunk must tell where it belongs. */
function oldLines({ lines }: StructuredPatch['hunks'][number]): readonly string[] {
  return lines.filter((line) => line.startsWith(' ') || line.startsWith('-')).map((line) => line.slice(1));
}

interface Places {
  /** Whether lines that follow each other in the text do so in one place only. */
  isOne(lines: readonly string[]): boolean;
}

function placesIn(text: string): Places {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1);
  const whole = `\n${text}\n`;
  return {
    isOne(lines) {
      if (lines.some((line) => counts.get(line) === 1)) return true;
      const wanted = `\n${lines.join('\n')}\n`;
      const at = whole.indexOf(wanted);
      return lines.length > 0 && at >= 0 && whole.indexOf(wanted, at + 1) < 0;
    },
  };
}

function isShorter(diff: string, { tokens }: PinnedFile): boolean {
  return estimateText(diff) < tokens;
}

function leadsTo(held: string, diff: string, text: string): boolean {
  try {
    return applyPatch(held, diff, { autoConvertLineEndings: false }) === text;
  } catch {
    return false;
  }
}
