import { applyPatch, formatPatch, OMIT_HEADERS, type StructuredPatch, structuredPatch } from 'diff';
import type { PinnedFile } from '../context/pinned.ts';
import { estimateText } from '../money/estimateText.ts';

/**
 * The unified diff that leads from a text to a file as it is now, without headers; undefined unless it takes fewer tokens
 * than the file, gives exactly its text, and each of its hunks fits in one place only. The same texts give the same
 * diff: its work is bounded by edits, not by time. It is remembered with the file.
 */
export function smallDiff(held: string, file: PinnedFile): string | undefined {
  const known = remembered.get(file);
  if (known?.held === held) return known.diff;
  const diff = isWorthLooking(held, file.text) ? found(held, file) : undefined;
  remembered.set(file, { held, diff });
  return diff;
}

/** Pinned files never change, and most stay the same from one look at the workspace to the next. */
const remembered = new WeakMap<PinnedFile, { readonly held: string; readonly diff: string | undefined }>();

function found(held: string, file: PinnedFile): string | undefined {
  for (const context of CONTEXTS) {
    const patch = structuredPatch('', '', held, file.text, undefined, undefined, {
      context,
      maxEditLength: MOST_EDITS,
    });
    if (!patch) return undefined;
    if (!patch.hunks.every((hunk) => fitsOnce(held, hunk))) continue;
    const diff = formatPatch(patch, OMIT_HEADERS);
    return isShorter(diff, file) && leadsTo(held, diff, file.text) ? diff : undefined;
  }
  return undefined;
}

/** Lines around a change: as all tools have it, and more where those are found elsewhere in the file too. */
const CONTEXTS = [3, 8, 20];

/** Lines removed and added. With more of them the whole file is hardly longer, and looking for them takes its square. */
const MOST_EDITS = 400;

/** Whether a diff can be shorter at all, by the lines that only one of the texts has: they are all in it. */
function isWorthLooking(held: string, text: string): boolean {
  return lengthOfNew(text, held) + lengthOfNew(held, text) < text.length;
}

/** UTF-16 units of the lines of a text that another does not have. */
function lengthOfNew(text: string, other: string): number {
  const lines = new Set(other.split('\n'));
  return text.split('\n').reduce((sum, line) => sum + (lines.has(line) ? 0 : line.length + 1), 0);
}

type Hunk = StructuredPatch['hunks'][number];

/** Claude sees no line numbers in what it holds, so the lines of a hunk must tell where it belongs. */
function fitsOnce(held: string, hunk: Hunk): boolean {
  const old = hunk.lines.filter((line) => line.startsWith(' ') || line.startsWith('-'));
  const wanted = `\n${old.map((line) => line.slice(1)).join('\n')}\n`;
  const text = `\n${held}\n`;
  const at = text.indexOf(wanted);
  return old.length > 0 && at >= 0 && text.indexOf(wanted, at + 1) < 0;
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
