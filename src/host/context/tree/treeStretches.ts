import { figure } from '../../counting/tokenTable.ts';
import type { TreeRow } from './treeModel.ts';

/** Rows that stand below one row at most; VS Code makes all of them at once. */
export const MOST_ROWS = 500;

/** A row for each item; where they are too many, rows that each hold a stretch of them. `id` is that of the row above. */
export function inStretches<T>(
  id: string,
  items: readonly T[],
  nameOf: (item: T) => string,
  rowOf: (item: T) => TreeRow,
): readonly TreeRow[] {
  if (items.length <= MOST_ROWS) return items.map(rowOf);
  const stretches = Array.from({ length: Math.ceil(items.length / MOST_ROWS) }, (_, at) =>
    items.slice(at * MOST_ROWS, (at + 1) * MOST_ROWS),
  );
  return stretches.flatMap((stretch, at): readonly TreeRow[] => {
    const [first, last] = [stretch[0], stretch.at(-1)];
    if (first === undefined || last === undefined) return [];
    const label = `${nameOf(first)} … ${nameOf(last)}`;
    const description = figure(stretch.length);
    return [
      {
        id: `${id}#${at}`,
        kind: 'group',
        label,
        description,
        tooltip: label,
        icon: 'list-flat',
        spoken: `${label}, ${description}`,
        rows: () => stretch.map(rowOf),
      },
    ];
  });
}
