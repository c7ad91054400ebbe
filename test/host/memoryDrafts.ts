import type { Draft } from '../../src/core/protocol.ts';
import { type DraftStore, EMPTY_DRAFT } from '../../src/host/storage/draftStore.ts';

/** Drafts in memory. */
export function createMemoryDrafts(): DraftStore {
  const drafts = new Map<string, Draft>();
  const get = (id: string): Draft => drafts.get(id) ?? EMPTY_DRAFT;
  return {
    get: async (id) => get(id),
    fresh: async (id) => get(id),
    set: (id, draft) => void drafts.set(id, draft),
    async change(id, change) {
      const changed = change(get(id));
      drafts.set(id, changed);
      return changed;
    },
    list: async () => [],
    onTrouble: () => undefined,
    settle: async () => undefined,
  };
}
