import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Draft } from '../../core/protocol.ts';
import { type AttachedDraft, decodeAttached, decodeTyped, joined, type TypedDraft } from './drafts.ts';
import { isConversationId } from './names.ts';
import { createSharedText, type SharedText, sharedNameOf } from './sharedText.ts';

/** A draft is on disk this many ms after its last change at the latest, and so many later it is looked whether it still is. */
const WRITE_AFTER = 100;

/** What could not be written is tried again after so many ms, if nobody types before. */
const AGAIN_AFTER = 10_000;

export const EMPTY_DRAFT: Draft = { text: '', caret: 0, attachments: [] };

/** What went wrong with drafts on disk. */
export type DraftTrouble = 'unread' | 'unwritten';

/** A draft as far as a list shows it. */
export interface DraftSummary {
  /** Of its conversation. */
  readonly id: string;
  readonly text: string;
  /** When it was changed last; ms since the epoch. */
  readonly updatedAt: number;
}

/** The unsent questions, one for each conversation, attachments with their text included. */
export interface DraftStore {
  get(conversation: string): Promise<Draft>;
  /** The same with what other windows have written since; for a page that takes it over as it is. */
  fresh(conversation: string): Promise<Draft>;
  set(conversation: string, draft: Draft): void;
  /** Reads, changes and keeps in one step, so that two changes at the same time both count. Gives the draft that came of it. */
  change(conversation: string, change: (draft: Draft) => Draft): Promise<Draft>;
  /** Those on disk, of all windows, the newest first; nothing when they cannot be read. The text is empty where only something is attached. */
  list(): Promise<readonly DraftSummary[]>;
  /** Calls back when reading or writing begins to fail, and not again before it has worked. */
  onTrouble(listener: (trouble: DraftTrouble) => void): void;
  /** Resolves when everything is on disk. */
  settle(): Promise<void>;
}

/** The files of one draft and what is known of them. */
interface Files {
  readonly typed: SharedText;
  readonly attached: SharedText;
  /** What is typed as it is on disk. */
  words?: string;
  /** The attachments that are on disk. */
  written?: Draft['attachments'];
  /** True while the attachments could not be read: then they count as soon as they can be. */
  isUnread: boolean;
}

/**
 * Drafts as files in `<root>/drafts`: `<id>.json` with what is typed, and `<id>.attachments.json`, which may hold megabytes
 * and is written only when it has changed. What is broken is empty. What windows have written beside each other, and what
 * can be read only later, is joined. What cannot be written is kept and tried again.
 */
export function createDraftStore(root: string, log: (line: string) => void): DraftStore {
  const folder = path.join(root, 'drafts');
  const drafts = new Map<string, Draft>();
  const files = new Map<string, Files>();
  const unwritten = new Set<string>();
  const unsure = new Set<string>();
  const troubles = new Map<DraftTrouble, Set<string>>();
  const listeners: ((trouble: DraftTrouble) => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let again: NodeJS.Timeout | undefined;
  let looking: NodeJS.Timeout | undefined;
  let chain: Promise<void> = Promise.resolve();

  function filesOf(id: string): Files {
    const known = files.get(id);
    if (known) return known;
    const typed = createSharedText(folder, id);
    const fresh = { typed, attached: createSharedText(folder, `${id}${ATTACHED}`), isUnread: false };
    files.set(id, fresh);
    return fresh;
  }

  /** Tells and logs the first of several failures only. Gives whether the work succeeded. */
  async function attempt(trouble: DraftTrouble, what: string, work: () => Promise<void>): Promise<boolean> {
    const troubled = troubles.get(trouble) ?? new Set();
    troubles.set(trouble, troubled);
    try {
      await work();
      troubled.delete(what);
      return true;
    } catch (error) {
      const isFirst = troubled.size === 0;
      troubled.add(what);
      if (isFirst) {
        log(`A draft could not be ${trouble === 'unread' ? 'read' : 'written'}: ${String(error)}`);
        for (const listener of listeners) listener(trouble);
      }
      return false;
    }
  }

  /** All words first: they are short, cannot be had again, and must not wait for megabytes that may fail. */
  async function write(): Promise<void> {
    const ids = [...unwritten];
    unwritten.clear();
    await Promise.all(ids.map(get));
    for (const id of ids) if (!(await attempt('unwritten', id, () => writeTyped(id)))) unwritten.add(id);
    for (const id of ids)
      if (!(await attempt('unwritten', `${id}.attachments`, () => writeAttached(id)))) unwritten.add(id);
    for (const id of ids) unsure.add(id);
    clearTimeout(looking);
    looking = setTimeout(() => void look(), WRITE_AFTER).unref();
    if (unwritten.size > 0) again = setTimeout(() => void flush(), AGAIN_AFTER).unref();
  }

  async function writeTyped(id: string): Promise<void> {
    const its = filesOf(id);
    const words = wordsOf(drafts.get(id) ?? EMPTY_DRAFT);
    // An attachment alone must not come into the way of what another window types.
    if (words === its.words) return;
    await its.typed.write(words === '' ? undefined : words);
    its.words = words;
  }

  async function writeAttached(id: string): Promise<void> {
    const { attachments } = drafts.get(id) ?? EMPTY_DRAFT;
    const its = filesOf(id);
    if (its.isUnread) throw new Error('they cannot be read, and may be more');
    if (attachments === its.written) return;
    await its.attached.write(attachments.length === 0 ? undefined : JSON.stringify(attachments));
    its.written = attachments;
  }

  /** Two windows may have written at the same moment: then this one's words go beside the other's. */
  async function look(): Promise<void> {
    const ids = [...unsure];
    unsure.clear();
    for (const id of ids) {
      const its = filesOf(id);
      const [isTyped, isAttached] = await Promise.all([its.typed.isThere(), its.attached.isThere()]);
      if (!isTyped) delete its.words;
      if (!isAttached) delete its.written;
      if (!isTyped || !isAttached) keep(id);
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    clearTimeout(again);
    timer = undefined;
    chain = chain.then(write);
    return chain;
  }

  function keep(id: string): void {
    unwritten.add(id);
    timer ??= setTimeout(() => void flush(), WRITE_AFTER);
  }

  async function get(id: string): Promise<Draft> {
    const known = drafts.get(id);
    const its = filesOf(id);
    if (known && !its.isUnread) return known;
    let typed: readonly TypedDraft[] = [];
    let attached: readonly AttachedDraft[] = [];
    if (!known) {
      await attempt('unread', id, async () => {
        typed = (await its.typed.read()).map(decodeTyped);
      });
    }
    its.isUnread = !(await attempt('unread', `${id}.attachments`, async () => {
      attached = (await its.attached.read()).map(decodeAttached);
    }));
    const since = drafts.get(id);
    if (since && !known) return since;
    return take(id, joined(typed, attached, since), typed, attached);
  }

  /** Takes what has been read. What several windows wrote becomes one again; what stands on disk as it is here is left alone. */
  function take(
    id: string,
    draft: Draft,
    typed: readonly TypedDraft[],
    attached: readonly AttachedDraft[],
  ): Draft {
    const its = filesOf(id);
    drafts.set(id, draft);
    delete its.words;
    delete its.written;
    const [words] = typed;
    if (typed.length === 1 && words && words.attachments.length === 0) its.words = wordsOf(words);
    const [list] = attached;
    if (attached.length === 1 && list) its.written = list;
    if (typed.length > 1 || attached.length > 1) keep(id);
    return draft;
  }

  async function fresh(id: string): Promise<Draft> {
    const known = await get(id);
    const its = filesOf(id);
    if (unwritten.has(id) || its.isUnread) return known;
    const shared = [its.typed, its.attached] as const;
    try {
      if ((await Promise.all(shared.map((text) => text.isCurrent()))).every((isCurrent) => isCurrent))
        return drafts.get(id) ?? known;
      const texts = await Promise.all([its.typed.read(), its.attached.read()]);
      const [typed, attached] = [texts[0].map(decodeTyped), texts[1].map(decodeAttached)];
      const since = drafts.get(id);
      // What has come while it was read is on no disk yet.
      const isSame = since === known && !unwritten.has(id);
      const draft = take(id, joined(typed, attached, isSame ? undefined : since), typed, attached);
      if (!isSame) keep(id);
      return draft;
    } catch {
      return known;
    }
  }

  function set(id: string, draft: Draft): void {
    drafts.set(id, draft);
    keep(id);
  }

  return {
    get,
    fresh,
    set,
    async change(id, change) {
      await get(id);
      const before = drafts.get(id) ?? EMPTY_DRAFT;
      const changed = change(before);
      if (changed !== before) set(id, changed);
      return changed;
    },
    list: () => listDrafts(folder).catch(() => []),
    onTrouble: (listener) => void listeners.push(listener),
    settle: flush,
  };
}

/** What is typed as its file has it; empty where there shall be none. */
function wordsOf({ text, caret, revision, unfinished }: Draft): string {
  return text === '' && !unfinished ? '' : JSON.stringify({ text, caret, revision, unfinished });
}

async function listDrafts(folder: string): Promise<readonly DraftSummary[]> {
  const files = new Map<string, string>();
  for (const file of (await fs.readdir(folder)).toSorted(plainFirst)) {
    const name = sharedNameOf(file) ?? '';
    const id = name.endsWith(ATTACHED) ? name.slice(0, -ATTACHED.length) : name;
    if (isConversationId(id) && !files.has(id)) files.set(id, path.join(folder, file));
  }
  const found = await Promise.allSettled([...files].map(([id, file]) => summaryOf(id, file)));
  return found
    .flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    .sort((one, other) => other.updatedAt - one.updatedAt);
}

/** What is typed before what is attached, and what lies under its own name before what lies beside it. */
function plainFirst(one: string, other: string): number {
  return (
    Number(one.includes(`${ATTACHED}.`)) - Number(other.includes(`${ATTACHED}.`)) || one.length - other.length
  );
}

async function summaryOf(id: string, file: string): Promise<DraftSummary> {
  const isTyped = !path.basename(file).startsWith(`${id}${ATTACHED}.`);
  const text = isTyped ? decodeTyped(await fs.readFile(file, 'utf8')).text : '';
  return { id, text, updatedAt: (await fs.stat(file)).mtimeMs };
}

/** What follows the id in the name of what is attached. */
const ATTACHED = '.attachments';
