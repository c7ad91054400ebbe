import type { AttachmentStore, Clock } from '../../../core/ports.ts';
import { currentSettings } from '../../settings.ts';
import type { JsonCache } from '../../storage/jsonCache.ts';
import { createPinnedFiles, type PinnedFiles } from '../pinning/pinnedFiles.ts';
import { createPackStore, type PackStore } from './packStore.ts';
import { createPacks, type Packs } from './packs.ts';
import { createRevisions } from './revisions.ts';

/** What is pinned to the workspace, and the packs that are made of it. */
export interface ContextFiles {
  readonly pinned: PinnedFiles;
  readonly store: PackStore;
  readonly packs: Packs;
}

export interface ContextFilesParts {
  readonly attachments: AttachmentStore;
  /** What is kept of this workspace on disk. */
  readonly pins: JsonCache;
  readonly revisions: JsonCache;
  /** Names the workspace; undefined in an empty window. */
  readonly workspace: string | undefined;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** Reads nothing before it is asked for. */
export function createContextFiles(parts: ContextFilesParts): ContextFiles {
  const { workspace, clock, log } = parts;
  const pinned = createPinnedFiles({ cache: parts.pins, readSettings: currentSettings, log });
  const store = createPackStore(parts.attachments);
  const cacheTtl = () => currentSettings()['cache.ttl'];
  const revisions = createRevisions(parts.revisions, clock.now);
  return { pinned, store, packs: createPacks({ pinned, store, revisions, workspace, cacheTtl, clock, log }) };
}
