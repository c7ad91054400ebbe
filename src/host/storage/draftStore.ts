import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { DraftAttachment, PictureOrigin } from '../../core/attaching.ts';
import type { Draft } from '../../core/protocol.ts';
import { readIfThere, writeWhole } from './files.ts';

/** A draft is on disk this many ms after its last change at the latest. */
const WRITE_AFTER = 100;

/** What could not be written is tried again after so many ms, if nobody types before. */
const AGAIN_AFTER = 10_000;

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
 * and is written only when it has changed. What is broken is empty. A file that cannot be read is left alone until it can;
 * then what it holds counts beside what came since. What cannot be written is kept and tried again.
 */
export function createDraftStore(root: string, log: (line: string) => void): DraftStore {
  const drafts = new Map<string, Draft>();
  const written = new Map<string, Draft['attachments']>();
  const unwritten = new Set<string>();
  const unread = new Set<string>();
  const troubled = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let again: NodeJS.Timeout | undefined;
  let chain: Promise<void> = Promise.resolve();
  const fileOf = (id: string): string => path.join(root, 'drafts', `${id}.json`);
  const attachmentsOf = (id: string): string => path.join(root, 'drafts', `${id}.attachments.json`);

  /** All words first: they are short, cannot be had again, and must not wait for megabytes that may fail. */
  async function write(): Promise<void> {
    const ids = [...unwritten];
    unwritten.clear();
    await Promise.all(ids.map(get));
    for (const id of ids) await attempt(id, fileOf(id), () => writeTyped(id));
    for (const id of ids) await attempt(id, attachmentsOf(id), () => writeAttachments(id));
    if (unwritten.size > 0) again = setTimeout(() => void flush(), AGAIN_AFTER).unref();
  }

  /** Logs the first of several failures only. */
  async function attempt(id: string, file: string, run: () => Promise<void>): Promise<void> {
    try {
      if (unread.has(file)) throw new Error('it cannot be read, and may hold more');
      await run();
      troubled.delete(file);
    } catch (error) {
      unwritten.add(id);
      if (!troubled.has(file)) log(`A draft could not be written: ${String(error)}`);
      troubled.add(file);
    }
  }

  async function writeTyped(id: string): Promise<void> {
    const { text, caret } = drafts.get(id) ?? EMPTY_DRAFT;
    if (text === '') await fs.rm(fileOf(id), { force: true });
    else await writeWhole(fileOf(id), JSON.stringify({ text, caret }));
  }

  async function writeAttachments(id: string): Promise<void> {
    const { attachments } = drafts.get(id) ?? EMPTY_DRAFT;
    if (attachments === written.get(id)) return;
    if (attachments.length === 0) await fs.rm(attachmentsOf(id), { force: true });
    else await writeWhole(attachmentsOf(id), JSON.stringify(attachments));
    written.set(id, attachments);
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    clearTimeout(again);
    timer = undefined;
    chain = chain.then(write);
    return chain;
  }

  /** Undefined when there is no such file, it is broken, or it cannot be read, which is remembered. */
  async function read(file: string): Promise<unknown> {
    try {
      const text = await readIfThere(file);
      unread.delete(file);
      return text === undefined ? undefined : parsed(text);
    } catch (error) {
      if (!unread.has(file)) log(`A draft could not be read: ${String(error)}`);
      unread.add(file);
      return undefined;
    }
  }

  async function get(id: string): Promise<Draft> {
    const known = drafts.get(id);
    const isOpen = (file: string): boolean => !known || unread.has(file);
    const files = [fileOf(id), attachmentsOf(id)];
    if (known && !files.some(isOpen)) return known;
    const [typed, attached] = await Promise.all(files.map((file) => (isOpen(file) ? read(file) : undefined)));
    const since = drafts.get(id);
    if (since && !known) return since;
    const draft = since ? joined(decodeDraft(typed, attached), since) : decodeDraft(typed, attached);
    drafts.set(id, draft);
    if (!since && Array.isArray(attached)) written.set(id, draft.attachments);
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

/** What could be read late, and what has come since. The same draft when there is nothing late. */
function joined(late: Draft, since: Draft): Draft {
  const missing = late.attachments.filter(({ id }) => since.attachments.every((other) => other.id !== id));
  const { text, caret } = since.text === '' ? late : since;
  if (text === since.text && missing.length === 0) return since;
  return { text, caret, attachments: [...missing, ...since.attachments] };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
    attachments: Array.isArray(list) ? list.filter(isAttachment).map(withSoundOrigin) : [],
  };
}

/** What is broken beside a picture costs only the knowledge whether its file has changed. */
function withSoundOrigin(attachment: DraftAttachment): DraftAttachment {
  const { origin, ...rest } = attachment;
  if (origin === undefined) return attachment;
  const { uri, sha256, bytes } = (origin ?? {}) as Partial<Record<keyof PictureOrigin, unknown>>;
  const isSound = typeof uri === 'string' && typeof sha256 === 'string' && typeof bytes === 'number';
  return isSound ? attachment : rest;
}

function isAttachment(value: unknown): value is DraftAttachment {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('part' in value)) return false;
  const { part } = value;
  return typeof value.id === 'string' && typeof part === 'object' && part !== null && 'kind' in part;
}
