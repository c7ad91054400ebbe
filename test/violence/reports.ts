import { readFileSync } from 'node:fs';

/** What a process that will be killed says of itself; times are ms on the system's monotonic clock. */
export type Report =
  /** The journal has been given a turn, or text of one that is so long by now. */
  | { readonly kind: 'added'; readonly at: number; readonly conversation: string; readonly turn: string }
  | {
      readonly kind: 'grew';
      readonly at: number;
      readonly conversation: string;
      readonly turn: string;
      readonly length: number;
    }
  /** The turn has ended, and the journal has said that all is on disk. */
  | { readonly kind: 'finished'; readonly at: number; readonly conversation: string; readonly turn: string }
  /** The process had its turn. */
  | { readonly kind: 'alive'; readonly at: number }
  /** Something that may not happen. */
  | { readonly kind: 'failed'; readonly at: number; readonly why: string };

/** All that was reported; half a line at the end is nothing yet. */
export function readReports(file: string): readonly Report[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line): Report => JSON.parse(line));
}

/** The piece of an answer at this position: every answer says the same, so its text follows from its length. */
export function pieceAt(position: number): string {
  return `${position} ${'words é 漢 🙂 "\\\n'.slice(0, 1 + (position % 17))} `;
}

/** Whether this is how every answer begins. */
export function isBeginning(text: string): boolean {
  let rest = text;
  for (let at = 0; rest !== ''; at++) {
    const piece = pieceAt(at);
    if (!rest.startsWith(piece)) return false;
    rest = rest.slice(piece.length);
  }
  return true;
}

/** The most, in ms, that a sign of life can be apart from the next one while the process gets its turn. */
const BREATH = 40;

/**
 * For how long, in ms, the process has really run after a moment: the promise is about a machine that runs the process at all, and
 * tests share it with others. From each gap between two signs of life at most a breath counts.
 */
export function lifeAfter(reports: readonly Report[], moment: number, death: number): number {
  let life = 0;
  let before = moment;
  for (const { at } of [...reports, { at: death }]) {
    if (at <= before) continue;
    life += Math.min(at - before, BREATH);
    before = at;
  }
  return life;
}
