import { wellFormed } from '../request/wellFormed.ts';
import type { SearchedTurn } from './searchedText.ts';
import { foldInPlace } from './searchTerms.ts';

/** A line of a conversation, or the stretch of it that holds what was searched for. */
export interface FoundLine {
  readonly turn: string;
  readonly line: string;
  /** Where in it the terms stand: from, and up to but not including; in order, apart. */
  readonly marks: readonly (readonly [number, number])[];
}

/** The first line that has the most of these terms, as the index has them; undefined when none has any. */
export function findLine(turns: readonly SearchedTurn[], terms: readonly string[]): FoundLine | undefined {
  let best: FoundLine | undefined;
  let most = 0;
  for (const { turn, text } of turns) {
    for (const line of text.split('\n')) {
      const folded = foldInPlace(line);
      const there = terms.filter((term) => folded.includes(term));
      if (there.length <= most) continue;
      most = there.length;
      best = { turn, ...clip(line, marksIn(folded, there)) };
      if (most === terms.length) return best;
    }
  }
  return best;
}

/** In UTF-16 units. */
const LONGEST = 160;
const BEFORE = 40;

function marksIn(folded: string, terms: readonly string[]): readonly (readonly [number, number])[] {
  const marks: [number, number][] = [];
  for (const term of terms) {
    for (let at = folded.indexOf(term); at >= 0; at = folded.indexOf(term, at + term.length)) {
      marks.push([at, at + term.length]);
    }
  }
  marks.sort((one, other) => one[0] - other[0]);
  const apart: [number, number][] = [];
  for (const [from, to] of marks) {
    const last = apart.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else apart.push([from, to]);
  }
  return apart;
}

function clip(line: string, marks: FoundLine['marks']): Pick<FoundLine, 'line' | 'marks'> {
  const first = marks[0]?.[0] ?? 0;
  const start = first > BEFORE ? first - BEFORE : line.length - line.trimStart().length;
  const end = Math.min(line.trimEnd().length, start + LONGEST);
  const before = first > BEFORE ? '…' : '';
  const after = end < line.trimEnd().length ? '…' : '';
  const shift = before.length - start;
  return {
    line: wellFormed(`${before}${line.slice(start, end)}${after}`),
    marks: marks.filter(([, to]) => to <= end).map(([from, to]) => [from + shift, to + shift] as const),
  };
}
