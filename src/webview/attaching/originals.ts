import type { Mark } from './viewing.ts';

/** A picture as it was given to the page, and what was done to it since. */
export interface Original {
  readonly picture: Blob;
  readonly marks: readonly Mark[];
}

/** What pictures of the draft were made from, by the id of their attachment. Beside the state, which is plain data. */
export interface Originals {
  get(id: string): Original | undefined;
  keep(id: string, original: Original): void;
  drop(id: string): void;
  /** Forgets all but these. */
  retain(ids: ReadonlySet<string>): void;
}

export function createOriginals(): Originals {
  const kept = new Map<string, Original>();
  return {
    get: (id) => kept.get(id),
    keep: (id, original) => void kept.set(id, original),
    drop: (id) => void kept.delete(id),
    retain: (ids) => {
      for (const id of kept.keys()) if (!ids.has(id)) kept.delete(id);
    },
  };
}
