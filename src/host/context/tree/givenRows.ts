import type { TreeRow } from './treeModel.ts';

/**
 * The rows that VS Code was given, and how they read now. VS Code knows a row by the very object, and drops clicks on rows
 * that it asks for anew: so it keeps those it has for as long as they speak of the same things.
 */
export interface GivenRows {
  /** The upper ones. */
  readonly upper: readonly TreeRow[];
  /** VS Code is given the upper rows, or those below one that it was given before. */
  give(rows: readonly TreeRow[], above?: TreeRow): void;
  /** How a row that VS Code was given reads now. */
  current(row: TreeRow): TreeRow;
  /** Takes the upper rows as they read now. What VS Code has to ask for anew: rows that it was given, or all. */
  update(upper: readonly TreeRow[]): readonly TreeRow[] | 'all';
}

export function createGivenRows(): GivenRows {
  /** By the id of the row above. */
  let given = new Map<string, readonly TreeRow[]>();
  let now = new Map<string, TreeRow>();

  /** Adds what reads differently to `changed`; false where other rows stand now, and then nothing is added. */
  function follow(above: string, rows: readonly TreeRow[], changed: TreeRow[]): boolean {
    const before = given.get(above);
    if (before?.length !== rows.length || !before.every((row, at) => isSameThing(row, rows[at])))
      return false;
    for (const [at, row] of rows.entries()) {
      const known = before[at];
      const isSame = readsSame(now.get(row.id), row) && followBelow(row, changed);
      now.set(row.id, row);
      if (isSame || !known) continue;
      forget(row.id);
      changed.push(known);
    }
    return true;
  }

  function followBelow({ id, rows }: TreeRow, changed: TreeRow[]): boolean {
    return !rows || !given.has(id) || follow(id, rows(), changed);
  }

  function forget(above: string): void {
    for (const { id } of given.get(above) ?? []) forget(id);
    given.delete(above);
  }

  return {
    get upper() {
      return given.get(TOP) ?? [];
    },
    give(rows, above) {
      given.set(above?.id ?? TOP, rows);
      for (const row of rows) now.set(row.id, row);
    },
    current: (row) => now.get(row.id) ?? row,
    update(upper) {
      const changed: TreeRow[] = [];
      if (follow(TOP, upper, changed)) return changed;
      given = new Map();
      now = new Map();
      return 'all';
    },
  };
}

/** No row is called so. */
const TOP = '';

/** Whether what can be done with one can be done with the other: commands are given the row that VS Code has. */
function isSameThing(one: TreeRow, other: TreeRow | undefined): boolean {
  return (
    one.id === other?.id &&
    one.kind === other.kind &&
    one.uri === other.uri &&
    one.opens === other.opens &&
    one.caution === other.caution &&
    JSON.stringify([one.pin, one.offer]) === JSON.stringify([other.pin, other.offer])
  );
}

function readsSame(one: TreeRow | undefined, other: TreeRow): boolean {
  return (
    one?.label === other.label &&
    one.description === other.description &&
    one.tooltip === other.tooltip &&
    one.icon === other.icon &&
    one.spoken === other.spoken &&
    one.isOpen === other.isOpen &&
    (one.rows === undefined) === (other.rows === undefined)
  );
}
