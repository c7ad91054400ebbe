import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Draft, DraftAttachment } from '../../core/protocol.ts';
import { readJson, writeWhole } from './files.ts';

/** A draft is on disk this many ms after its last change at the latest. */
const WRITE_AFTER = 200;

export const EMPTY_DRAFT: Draft = { text: '', caret: 0, attachments: [] };

/** The unsent questions, one for each conversation, attachments with their text included. */
export interface DraftStore {
  get(conversation: string): Promise<Draft>;
  set(conversation: string, draft: Draft): void;
  /** Resolves when everything is on disk. */
  settle(): Promise<void>;
}

/** Drafts as files in `<root>/drafts`. A draft that cannot be read is an empty one. */
export function createDraftStore(root: string, log: (line: string) => void): DraftStore {
  const drafts = new Map<string, Draft>();
  const unwritten = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let chain: Promise<void> = Promise.resolve();
  const fileOf = (id: string): string => path.join(root, 'drafts', `${id}.json`);

  async function write(): Promise<void> {
    const ids = [...unwritten];
    unwritten.clear();
    for (const id of ids) {
      const draft = drafts.get(id) ?? EMPTY_DRAFT;
      if (isEmpty(draft)) await fs.rm(fileOf(id), { force: true });
      else await writeWhole(fileOf(id), JSON.stringify(draft));
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    chain = chain
      .then(write)
      .catch((error: unknown) => log(`A draft could not be written: ${String(error)}`));
    return chain;
  }

  return {
    async get(conversation) {
      const known = drafts.get(conversation);
      if (known) return known;
      const read = decodeDraft(await readJson(fileOf(conversation)));
      const draft = drafts.get(conversation) ?? read;
      drafts.set(conversation, draft);
      return draft;
    },
    set(conversation, draft) {
      drafts.set(conversation, draft);
      unwritten.add(conversation);
      timer ??= setTimeout(() => void flush(), WRITE_AFTER);
    },
    settle: flush,
  };
}

function isEmpty(draft: Draft): boolean {
  return draft.text === '' && draft.attachments.length === 0;
}

function decodeDraft(value: unknown): Draft {
  if (typeof value !== 'object' || value === null) return EMPTY_DRAFT;
  const { text, caret, attachments } = value as Partial<Record<keyof Draft, unknown>>;
  return {
    text: typeof text === 'string' ? text : '',
    caret: typeof caret === 'number' ? caret : 0,
    attachments: Array.isArray(attachments) ? attachments.filter(isAttachment) : [],
  };
}

function isAttachment(value: unknown): value is DraftAttachment {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('part' in value)) return false;
  const { part } = value;
  return typeof value.id === 'string' && typeof part === 'object' && part !== null && 'kind' in part;
}
