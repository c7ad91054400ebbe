import { applyPatch, formatPatch, OMIT_HEADERS, type StructuredPatch } from 'diff';
import type { PinnedFile } from '../context/pinned.ts';
import { estimateText } from '../money/estimateText.ts';
import { editsBetween, hunksOf, type LineEdits, MOST_AROUND } from './lineEdits.ts';

/** A file beside the text that Claude has of it. */
export interface Comparison {
  /**
   * The unified diff that leads from one to the other, without headers; undefined unless it takes fewer tokens than the file,
   * gives exactly its text, and each of its hunks fits in one place only. The same texts give the same diff: what bounds
   * its work are edits, not time.
   */
  readonly diff: Diff | undefined;
  /** What it took, in units of some 20 microseconds. The same for the same texts. */
  readonly work: number;
}

export interface Diff {
  readonly text: string;
  /** Estimate, for a factor of one. */
  readonly tokens: number;
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
  const { edits, searched, between } = editsBetween(held, file.text, MOST_EDITS);
  return {
    diff: edits && found(held, edits, file),
    work: WORK_OF_A_FILE + held.length / (edits ? 3_000 : 10_000) + between / 5_000 + workOf(searched),
  };
}

/** As measured, in the units of `Comparison.work`; the text that Claude has is looked up and hashed as well. */
const WORK_OF_A_FILE = 2;

function workOf(edits: number): number {
  return edits / 2 + edits ** 2 / 1_000;
}

function found(held: string, edits: LineEdits, file: PinnedFile): Diff | undefined {
  const places = placesIn(held);
  for (const context of CONTEXTS) {
    const hunks = hunksOf(edits, context);
    if (!hunks.every((hunk) => places.isOne(oldLines(hunk)))) continue;
    const text = formatPatch({ ...NO_NAMES, hunks }, OMIT_HEADERS);
    const tokens = estimateText(text);
    return tokens < file.tokens && leadsTo(held, text, file.text) ? { text, tokens } : undefined;
  }
  return undefined;
}

/** Lines around a change: as all tools have it, and more where those are found elsewhere in the file too. */
const CONTEXTS = [3, 8, MOST_AROUND];

const NO_NAMES = { oldFileName: '', newFileName: '', oldHeader: undefined, newHeader: undefined };

/** Lines removed and added. With more of them the whole file is hardly longer, and looking for them takes its square. */
const MOST_EDITS = 400;

/** Claude sees no line numbers in what it holds, so the lines of a hunk must tell where it belongs. */
function oldLines({ lines }: StructuredPatch['hunks'][number]): readonly string[] {
  return lines.filter((line) => line.startsWith(' ') || line.startsWith('-')).map((line) => line.slice(1));
}

interface Places {
  /** Whether lines that follow each other in the text do so in one place only. */
  isOne(lines: readonly string[]): boolean;
}

function placesIn(text: string): Places {
  const whole = `\n${text}\n`;
  let asked = 0;
  let counts: ReadonlyMap<string, number> | undefined;
  return {
    isOne(lines) {
      asked += 1;
      if (asked > FEW) {
        counts ??= countsOf(text);
        if (lines.some((line) => counts?.get(line) === 1)) return true;
      }
      const wanted = `\n${lines.join('\n')}\n`;
      const at = whole.indexOf(wanted);
      return lines.length > 0 && at >= 0 && whole.indexOf(wanted, at + 1) < 0;
    },
  };
}

/** Hunks that are looked for in the whole text before it is worth to count its lines. */
const FEW = 3;

function countsOf(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function leadsTo(held: string, diff: string, text: string): boolean {
  try {
    return applyPatch(held, diff, { autoConvertLineEndings: false }) === text;
  } catch {
    return false;
  }
}
