import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { DraftAttachment } from '../../core/attaching.ts';
import type { Draft } from '../../core/protocol.ts';
import { readJson, writeWhole } from './files.ts';

/** A draft is on disk this many ms after its last change at the latest. */
const WRITE_AFTER = 200;

export const EMPTY_DRAFT: Draft = { text: '', caret: 0, attachments: [] };

/** The unsent questions, one for each conversation, attachments with their text included. */
export interface DraftStore {
  get(conversation: string): Promise<Draft>;
  set(conversation: string, draft: Draft): void;
  /** Reads, changes and keeps in one step, so that two changes at the same time both count. Gives the draft that came of it. */
  change(conversation: string, change: (draft: Draft) => Draft): Promise<Draft>;
  /** Resolves when everything is on disk. */
  settle(): Promise<void>;
}

/**
 * Drafts as files in `<root>/drafts`: `<id>.json` with what is typed, and `<id>.attachments.json`, which may hold megabytes
 * and is written only when it has changed. What cannot be read is empty.
 */
export function createDraftStore(root: string, log: (line: string) => void): DraftStore {
  const drafts = new Map<string, Draft>();
  const written = new Map<string, Draft['attachments']>();
  const unwritten = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let chain: Promise<void> = Promise.resolve();
  const fileOf = (id: string): string => path.join(root, 'drafts', `${id}.json`);
  const attachmentsOf = (id: string): string => path.join(root, 'drafts', `${id}.attachments.json`);

  async function write(): Promise<void> {
    const ids = [...unwritten];
    unwritten.clear();
    for (const id of ids) {
      const { text, caret, attachments } = drafts.get(id) ?? EMPTY_DRAFT;
      if (attachments !== written.get(id)) await writeAttachments(id, attachments);
      if (text === '') await fs.rm(fileOf(id), { force: true });
      else await writeWhole(fileOf(id), JSON.stringify({ text, caret }));
    }
  }

  async function writeAttachments(id: string, attachments: Draft['attachments']): Promise<void> {
    if (attachments.length === 0) await fs.rm(attachmentsOf(id), { force: true });
    else await writeWhole(attachmentsOf(id), JSON.stringify(attachments));
    written.set(id, attachments);
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    chain = chain
      .then(write)
      .catch((error: unknown) => log(`A draft could not be written: ${String(error)}`));
    return chain;
  }

  async function get(id: string): Promise<Draft> {
    const known = drafts.get(id);
    if (known) return known;
    const [typed, attached] = await Promise.all([readJson(fileOf(id)), readJson(attachmentsOf(id))]);
    const since = drafts.get(id);
    if (since) return since;
    const draft = decodeDraft(typed, attached);
    drafts.set(id, draft);
    if (Array.isArray(attached)) written.set(id, draft.attachments);
    return draft;
  }

  function set(id: string, draft: Draft): void {
    drafts.set(id, draft);
    unwritten.add(id);
    timer ??= setTimeout(() => void flush(), WRITE_AFTER);
  }

  return {
    get,
    set,
    async change(id, change) {
      await get(id);
      const changed = change(drafts.get(id) ?? EMPTY_DRAFT);
      set(id, changed);
      return changed;
    },
    settle: flush,
  };
}

/** Drafts of the first version had their attachments in the same file. */
function decodeDraft(typed: unknown, attached: unknown): Draft {
  const { text, caret, attachments } = (typeof typed === 'object' && typed !== null ? typed : {}) as Partial<
    Record<keyof Draft, unknown>
  >;
  const list = Array.isArray(attached) ? attached : attachments;
  return {
    text: typeof text === 'string' ? text : '',
    caret: typeof caret === 'number' ? caret : 0,
    attachments: Array.isArray(list) ? list.filter(isAttachment) : [],
  };
}

function isAttachment(value: unknown): value is DraftAttachment {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('part' in value)) return false;
  const { part } = value;
  return typeof value.id === 'string' && typeof part === 'object' && part !== null && 'kind' in part;
}
