/** So many items in a row that both have, or that are removed, or added. Neighbors are of different kinds. */
export interface Run {
  readonly kind: ' ' | '-' | '+';
  readonly count: number;
}

/**
 * The fewest removals and additions by which one row of numbers becomes another; undefined when there are more than `most`, for
 * which it takes some 20 ns times the square of `most`. Of several ways it is that of the package `diff`, which makes an object
 * for each step (Myers, An O(ND) Difference Algorithm, 1986; without paths that run along an edge).
 */
export function fewestEdits(
  old: Int32Array,
  fresh: Int32Array,
  most: number,
): { readonly runs: readonly Run[]; readonly edits: number } | undefined {
  const rows = [Int32Array.of(common(old, fresh, 0, 0))];
  if (isEnd(rows[0]?.[0] ?? 0, 0, old, fresh)) return { runs: runsOf(rows, old, fresh, 0), edits: 0 };
  let [least, greatest] = [-most, most];
  for (let edits = 1; edits <= most; edits++) {
    const before = rows[edits - 1] ?? NONE;
    const row = new Int32Array(edits + 1).fill(NOWHERE);
    rows.push(row);
    const first = Math.max(-edits, least + ((least + edits) & 1));
    for (let diagonal = first; diagonal <= Math.min(edits, greatest); diagonal += 2) {
      const at = (diagonal + edits) >> 1;
      const { start } = stepTo(before, at, diagonal, old, fresh);
      if (start === NOWHERE) continue;
      const end = common(old, fresh, start, start - diagonal);
      row[at] = end;
      if (isEnd(end, diagonal, old, fresh)) return { runs: runsOf(rows, old, fresh, diagonal), edits };
      if (end >= old.length) greatest = Math.min(greatest, diagonal - 1);
      if (end - diagonal >= fresh.length) least = Math.max(least, diagonal + 1);
    }
  }
  return undefined;
}

/*
 * A row has, after so many edits, the place in the old numbers that is reached on each diagonal (places in the old ones less
 * places in the new ones), from the lowest on, of which every second can be reached.
 */
const NOWHERE = -1;
const NONE = new Int32Array(0);

/** How far both are the same from two places on; returns the place in the old ones. */
function common(old: Int32Array, fresh: Int32Array, oldAt: number, freshAt: number): number {
  let at = oldAt;
  const ahead = freshAt - oldAt;
  const end = Math.min(old.length, fresh.length - ahead);
  while (at < end && old[at] === fresh[at + ahead]) at++;
  return at;
}

function isEnd(at: number, diagonal: number, old: Int32Array, fresh: Int32Array): boolean {
  return at >= old.length && at - diagonal >= fresh.length;
}

/** With which edit a diagonal is best reached from the row before, and where it begins there. */
function stepTo(
  before: Int32Array,
  at: number,
  diagonal: number,
  old: Int32Array,
  fresh: Int32Array,
): { readonly start: number; readonly kind: '-' | '+' } {
  const removing = at > 0 ? (before[at - 1] ?? NOWHERE) : NOWHERE;
  const adding = before[at] ?? NOWHERE;
  const canRemove = removing !== NOWHERE && removing < old.length;
  const canAdd = adding !== NOWHERE && adding - diagonal >= 1 && adding - diagonal <= fresh.length;
  if (canAdd && (!canRemove || removing < adding)) return { start: adding, kind: '+' };
  return { start: canRemove ? removing + 1 : NOWHERE, kind: '-' };
}

function runsOf(rows: readonly Int32Array[], old: Int32Array, fresh: Int32Array, last: number): Run[] {
  const runs: { kind: Run['kind']; count: number }[] = [];
  const add = (kind: Run['kind'], count: number): void => {
    const later = runs.at(-1);
    if (later?.kind === kind) later.count += count;
    else if (count > 0) runs.push({ kind, count });
  };
  let diagonal = last;
  for (let edits = rows.length - 1; edits > 0; edits--) {
    const at = (diagonal + edits) >> 1;
    const { start, kind } = stepTo(rows[edits - 1] ?? NONE, at, diagonal, old, fresh);
    add(' ', (rows[edits]?.[at] ?? 0) - start);
    add(kind, 1);
    diagonal += kind === '-' ? -1 : 1;
  }
  add(' ', rows[0]?.[0] ?? 0);
  return runs.reverse();
}
