import type { AskContext } from '../core/conversation/askContext.ts';
import { type ChatEvent, emptyConversation } from '../core/conversation/events.ts';
import { forkEvents } from '../core/conversation/fork.ts';
import type { Conversation, Failure } from '../core/conversation/model.ts';
import { createSession, type Refusal, type Session } from '../core/conversation/session.ts';
import { createSharedSession, type SharedSession } from '../core/conversation/sharedSession.ts';
import { grant, requestOf, type Wish } from '../core/conversation/wishes.ts';
import type { BudgetVerdict } from '../core/money/money.ts';
import {
  ANSWERING_ELSEWHERE,
  type Clock,
  fail,
  HELD_ELSEWHERE,
  type Journal,
  type OpenConversation,
  type Result,
  succeed,
  TAKEN_OVER,
} from '../core/ports.ts';
import type { Asking } from './asking.ts';
import type { Budgets } from './budgets.ts';
import type { FileConversationStore } from './storage/conversationStore.ts';
import type { JournalListener } from './storage/journalFollower.ts';
import type { Handing, WriterLock } from './storage/writerLock.ts';

/** The open conversations of this window, each one once, however many pages show it. */
export interface Chats {
  /**
   * The session of a conversation: the one that is open already, else read from disk, else a new one. Read-only while
   * another window writes the conversation; it becomes ours by itself when that one is gone.
   */
  open(id: string): Promise<Result<Session>>;
  /** As `open`, but to write: has another window hand the conversation over, or says why it does not. */
  claim(id: string): Promise<Result<Session>>;
  /** Nobody looks at this conversation here any more. */
  leave(id: string): void;
  create(): Session;
  /** A new conversation with the turns of this one up to `turn`; undefined when the turn is not there. */
  fork(session: Session, turn: string, title: string): Session | undefined;
  /**
   * Sends a question or whatever else was wished, within the budgets unless `allowed`. Resolves when it is under
   * way, not when it is answered; undefined means that it is.
   */
  submit(session: Session, wish: Wish, allowed?: boolean): Promise<Hindrance | undefined>;
  /** Takes facts down in a conversation that need not be shown; another window that shows it gets it back. */
  record(id: string, ...events: readonly ChatEvent[]): Promise<Result<void>>;
  /** Moves a conversation to the trash; stops its answer first, unless that arrives in another window. */
  remove(id: string): Promise<Result<void>>;
  /** Resolves when all that has happened so far is on disk; does not wait for answers. */
  flush(): Promise<void>;
}

/** Why nothing was sent. */
export type Hindrance =
  /** `looking`: the pinned files have not been read yet, and the question would leave without them. */
  | { readonly type: 'refused'; readonly refusal: Refusal | 'looking' }
  | { readonly type: 'budget'; readonly verdict: Blocked };

type Blocked = Extract<BudgetVerdict, { allowed: false }>;

interface Cleared {
  readonly context: AskContext;
  readonly verdict?: Blocked;
  readonly release: () => Promise<void>;
}

/**
 * Calls back once the next request has left with a reservation of its own, or has come to its end without one. The
 * returned function calls it off.
 */
function whenUnderWay(session: Session, callback: () => void): () => void {
  const leave = session.subscribe((events) => {
    if (!events.some(({ type }) => UNDER_WAY.has(type))) return;
    leave();
    callback();
  });
  return leave;
}

const UNDER_WAY: ReadonlySet<ChatEvent['type']> = new Set(['requestSent', 'turnEnded', 'compactionEnded']);

export interface ChatsParts {
  readonly store: FileConversationStore;
  readonly lock: WriterLock;
  readonly follow: (id: string, listener: JournalListener) => () => void;
  readonly clock: Clock;
  readonly asking: Asking;
  readonly budgets: Budgets;
  /** What has to be done before a question is composed. Never rejects. */
  readonly beforeAsking: (session: Session) => Promise<void>;
  /** Hears of every conversation that was read from disk. */
  readonly onOpened: (session: Session) => void;
  /** Hears of every event of every conversation that this window writes, after it has happened. */
  readonly onEvents: (session: Session, events: readonly ChatEvent[]) => void;
  /** Whether somebody looks at a conversation here; then no other window gets it by merely opening it. */
  readonly isShown: (id: string) => boolean;
  /** From now on this window writes the conversation, or another one does, or it was read anew. */
  readonly onHandsChanged: (session: Session) => void;
  /** Another window has deleted the conversation. */
  readonly onGone: (session: Session) => void;
  /** Something was to be taken down in a conversation that another window writes. */
  readonly onReadOnly: () => void;
  /** Hears once when a conversation can no longer be written, and once when all of it is. */
  readonly onStorageFailure: (failure: Failure) => void;
  readonly onStorageWorks: () => void;
}

/** How often, in ms, a window that reads along looks whether the one that writes is still there. */
const LOOK_EVERY = 500;

/** A conversation that is open in this window. */
interface Open {
  readonly session: SharedSession;
  /** There while this window writes. */
  journal: Journal | undefined;
  /** While another one does, it is read along. */
  stopFollowing: () => void;
}

export function createChats(parts: ChatsParts): Chats {
  const { store, lock, clock, asking, budgets } = parts;
  const open = new Map<string, Open>();
  const opening = new Map<string, Promise<Result<Session>>>();
  const atWork = createCounts();

  lock.serve(handOver);

  function entryOf(conversation: Conversation): Open {
    const known = open.get(conversation.id);
    if (known) return known;
    const session = createSharedSession(conversation, parts.onReadOnly);
    const entry: Open = { session, journal: undefined, stopFollowing: nothing };
    open.set(conversation.id, entry);
    return entry;
  }

  function write(opened: OpenConversation): SharedSession {
    const { id } = opened.conversation;
    const entry = entryOf(opened.conversation);
    entry.stopFollowing();
    entry.stopFollowing = nothing;
    entry.journal = opened.journal;
    const writer = createSession(opened, clock, onFailure, parts.onStorageWorks);
    asking.ledger().seed(opened.conversation);
    let wasBusy = false;
    writer.subscribe((events) => {
      if (writer.busy !== wasBusy) lock.setBusy(id, writer.busy).catch(() => undefined);
      wasBusy = writer.busy;
      parts.onEvents(entry.session, events);
    });
    entry.session.write(writer);
    return entry.session;

    /** What was taken from here is not gone on with: after an answer that still arrives it is read along. */
    function onFailure(failure: Failure): void {
      parts.onStorageFailure(failure);
      if (failure.message !== TAKEN_OVER) return;
      void writer.settled().then(() => {
        if (entry.journal === opened.journal) void follow(id);
      });
    }
  }

  /** Resolves when the conversation has been read. */
  function follow(id: string): Promise<SharedSession> {
    const entry = entryOf(emptyConversation(id, clock.now()));
    const { session } = entry;
    entry.journal = undefined;
    entry.stopFollowing();
    return new Promise((resolve) => {
      const end = parts.follow(id, {
        onRead(conversation) {
          session.follow(conversation);
          parts.onHandsChanged(session);
          resolve(session);
        },
        onEvents: session.hear,
        onGone() {
          lose(id, session);
          resolve(session);
        },
      });
      const timer = setInterval(() => void takeOver(id).catch(() => undefined), LOOK_EVERY);
      entry.stopFollowing = () => {
        clearInterval(timer);
        end();
      };
    });
  }

  /** When the window that writes is closed or dead, one of those that read along goes on. */
  async function takeOver(id: string): Promise<void> {
    const entry = open.get(id);
    if (!entry?.session.readOnly || opening.has(id) || !(await lock.take(id))) return;
    if (open.get(id) === entry && entry.session.readOnly) await openAnew(id);
  }

  /** Lets go of a conversation that nobody looks at. */
  function forget(id: string): void {
    const entry = open.get(id);
    entry?.stopFollowing();
    open.delete(id);
  }

  function lose(id: string, session: Session): void {
    forget(id);
    parts.onGone(session);
  }

  async function read(id: string): Promise<Result<Session>> {
    let opened = await store.open(id);
    if (isHeld(opened) && (await lock.askFor(id, 'open')) === 'given') opened = await store.open(id);
    if (opened.ok) {
      const session = write(opened.value);
      parts.onOpened(session);
      parts.onHandsChanged(session);
      return succeed(session);
    }
    if (isHeld(opened)) return succeed(await follow(id));
    if (opened.failure.message !== 'ENOENT') return fail(opened.failure);
    const known = open.get(id)?.session;
    if (known?.readOnly) {
      // The window that wrote it has deleted it, and is not to be followed by an empty one of its name.
      lose(id, known);
      return fail(opened.failure);
    }
    // Its file has vanished. With the next event it is written anew from what is here.
    if (known && known.conversation.turns.length > 0) return succeed(known);
    // One that has not begun may be waiting for its first question in another window, too.
    return succeed(write(store.create((await lock.take(id)) ? id : undefined)));
  }

  function openAnew(id: string): Promise<Result<Session>> {
    const before = opening.get(id);
    if (before) return before;
    const current = read(id).finally(() => opening.delete(id));
    opening.set(id, current);
    return current;
  }

  async function openOne(id: string): Promise<Result<Session>> {
    const known = open.get(id)?.session;
    return known && (await isGood(known)) ? succeed(known) : openAnew(id);
  }

  async function isGood({ readOnly, busy, conversation: { id, turns } }: Session): Promise<boolean> {
    if (readOnly || busy) return true;
    // One that has not begun here may have come from elsewhere since: imported, copied, restored.
    if (turns.length === 0) return !(await store.read(id)).ok;
    // Where that cannot be read what is here is gone on with; its journal looks again before it writes.
    return lock.isOurs(id).catch(() => true);
  }

  async function claim(id: string): Promise<Result<Session>> {
    const opened = await openOne(id);
    if (!opened.ok || !opened.value.readOnly) return opened;
    const handing = await lock.askFor(id, 'continue');
    if (handing === 'given') return openAnew(id);
    if (!parts.isShown(id)) forget(id);
    return fail(handing === 'busy' ? ANSWERING : HELD);
  }

  /** What another window asks for. What has been recorded here is on disk before it is given away. */
  async function handOver(id: string, wish: 'open' | 'continue'): Promise<Handing> {
    const entry = open.get(id);
    // While it is being opened it is about to be written here.
    if (atWork.has(id) || opening.has(id) || (entry && isWorking(entry.session))) return 'busy';
    if (wish === 'open' && parts.isShown(id)) return 'shown';
    if (!entry?.journal) return 'given';
    const { conversation } = entry.session;
    const written = await entry.journal.settle();
    if (!written.ok || atWork.has(id) || entry.session.conversation !== conversation) return 'busy';
    entry.session.follow(conversation);
    if (parts.isShown(id)) void follow(id);
    else forget(id);
    return 'given';
  }

  /** The context with what was quoted, and the verdict that holds the wish back, if one does. */
  async function clear(session: Session, wish: Wish, context: AskContext): Promise<Cleared> {
    const composed = await requestOf(wish, session.conversation, context, clock);
    if (!composed) return { context, release: async () => undefined };
    const { verdict, quoted, release } = await budgets.clear(session.conversation.id, composed, context);
    return { context: { ...context, quoted }, release, ...(verdict.allowed ? {} : { verdict }) };
  }

  async function submit(session: Session, wish: Wish, allowed: boolean): Promise<Hindrance | undefined> {
    if (session.readOnly) return { type: 'refused', refusal: 'readOnly' };
    if (wish.type === 'ask' || wish.type === 'edit') await parts.beforeAsking(session);
    const bringsFiles = wish.type === 'ask' || wish.type === 'edit';
    const asked = await asking.context(session, bringsFiles);
    if (bringsFiles && asked.workspace.pending === 'unknown') return { type: 'refused', refusal: 'looking' };
    const { context, verdict, release } = await clear(session, wish, asked);
    if (verdict && !allowed) {
      await release();
      return { type: 'budget', verdict };
    }
    const forget = whenUnderWay(session, () => void release());
    const refusal = grant(session, wish, context);
    if (refusal) {
      forget();
      await release();
    }
    return refusal && { type: 'refused', refusal };
  }

  async function record(id: string, events: readonly ChatEvent[]): Promise<Result<void>> {
    const claimed = await claim(id);
    if (!claimed.ok) return claimed;
    claimed.value.record(...events);
    const written = (await open.get(id)?.journal?.settle()) ?? succeed(undefined);
    if (written.ok && !parts.isShown(id) && !isWorking(claimed.value)) await giveBack(id);
    return written;
  }

  /** Whoever shows it reads along, and takes it. */
  async function giveBack(id: string): Promise<void> {
    const session = open.get(id)?.session;
    session?.follow(session.conversation);
    forget(id);
    await lock.release(id);
  }

  async function remove(id: string): Promise<Result<void>> {
    if (!(await lock.take(id))) {
      const handing = await lock.askFor(id, 'continue');
      if (handing !== 'given') return fail(handing === 'busy' ? ANSWERING : HELD);
    }
    const session = open.get(id)?.session;
    session?.stop();
    await session?.settled();
    forget(id);
    const removed = await store.remove(id);
    await lock.release(id);
    return removed;
  }

  return {
    open: openOne,
    claim,
    leave(id) {
      if (open.get(id)?.session.readOnly && !parts.isShown(id)) forget(id);
    },
    create: () => write(store.create()),
    fork(session, turn, title) {
      const events = forkEvents(session.conversation, turn, title);
      if (events.length === 0) return undefined;
      const forked = write(store.create());
      forked.record(...events);
      return forked;
    },
    submit: (session, wish, allowed = false) =>
      atWork.during(session.conversation.id, () => submit(session, wish, allowed)),
    record: (id, ...events) => atWork.during(id, () => record(id, events)),
    remove: (id) => atWork.during(id, () => remove(id)),
    async flush() {
      await Promise.all([...open.values()].map(({ session }) => session.flush()));
    },
  };
}

const nothing = (): void => undefined;

const HELD: Failure = { kind: 'storage', message: HELD_ELSEWHERE };
const ANSWERING: Failure = { kind: 'storage', message: ANSWERING_ELSEWHERE };

function isHeld(opened: Result<unknown>): boolean {
  return !opened.ok && opened.failure.message === HELD_ELSEWHERE;
}

/** An answer or a summary is on its way. */
function isWorking({ busy, conversation }: Session): boolean {
  return busy || conversation.compactions.some(({ state }) => state === 'running');
}

/** What is being done to which conversation. */
function createCounts(): {
  has(id: string): boolean;
  during<T>(id: string, work: () => Promise<T>): Promise<T>;
} {
  const counts = new Map<string, number>();
  const change = (id: string, by: number): void => {
    const count = (counts.get(id) ?? 0) + by;
    if (count === 0) counts.delete(id);
    else counts.set(id, count);
  };
  return {
    has: (id) => counts.has(id),
    async during(id, work) {
      change(id, 1);
      try {
        return await work();
      } finally {
        change(id, -1);
      }
    },
  };
}
