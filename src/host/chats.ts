import type { AskContext } from '../core/conversation/askContext.ts';
import type { ChatEvent } from '../core/conversation/events.ts';
import { forkEvents } from '../core/conversation/fork.ts';
import type { Failure } from '../core/conversation/model.ts';
import { createSession, type Refusal, type Session } from '../core/conversation/session.ts';
import { grant, requestOf, type Wish } from '../core/conversation/wishes.ts';
import type { BudgetVerdict } from '../core/money/money.ts';
import { type Clock, fail, type Result, succeed } from '../core/ports.ts';
import type { Asking } from './asking.ts';
import type { Budgets } from './budgets.ts';
import type { FileConversationStore } from './storage/conversationStore.ts';
import type { WriterLock } from './storage/writerLock.ts';

/** The open conversations of this window, each one once, however many pages show it. */
export interface Chats {
  /** The session of a conversation: the one that is open already, else read from disk, else a new one. */
  open(id: string): Promise<Result<Session>>;
  create(): Session;
  /** A new conversation with the turns of this one up to `turn`; undefined when the turn is not there. */
  fork(session: Session, turn: string, title: string): Session | undefined;
  /**
   * Sends a question or whatever else was wished, within the budgets unless `allowed`. Resolves when it is under
   * way, not when it is answered; undefined means that it is.
   */
  submit(session: Session, wish: Wish, allowed?: boolean): Promise<Hindrance | undefined>;
  /** Moves a conversation to the trash; stops its answer first. */
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
  readonly clock: Clock;
  readonly asking: Asking;
  readonly budgets: Budgets;
  /** What has to be done before a question is composed. Never rejects. */
  readonly beforeAsking: (session: Session) => Promise<void>;
  /** Hears of every conversation that was read from disk. */
  readonly onOpened: (session: Session) => void;
  /** Hears of every event of every conversation, after it has happened. */
  readonly onEvents: (session: Session, events: readonly ChatEvent[]) => void;
  readonly onStorageFailure: (failure: Failure) => void;
}

export function createChats(parts: ChatsParts): Chats {
  const { store, lock, clock, asking, budgets } = parts;
  const sessions = new Map<string, Session>();

  function adopt(open: Parameters<typeof createSession>[0]): Session {
    const session = createSession(open, clock, parts.onStorageFailure);
    const { id } = open.conversation;
    sessions.set(id, session);
    asking.ledger().seed(open.conversation);
    let wasBusy = false;
    session.subscribe((events) => {
      if (session.busy !== wasBusy) lock.setBusy(id, session.busy).catch(() => undefined);
      wasBusy = session.busy;
      parts.onEvents(session, events);
    });
    return session;
  }

  /** The context with what was quoted, and the verdict that holds the wish back, if one does. */
  async function clear(session: Session, wish: Wish, context: AskContext): Promise<Cleared> {
    const composed = await requestOf(wish, session.conversation, context, clock);
    if (!composed) return { context, release: async () => undefined };
    const { verdict, quoted, release } = await budgets.clear(session.conversation.id, composed, context);
    return { context: { ...context, quoted }, release, ...(verdict.allowed ? {} : { verdict }) };
  }

  return {
    async open(id) {
      const known = sessions.get(id);
      if (known && (known.conversation.turns.length === 0 || known.busy || (await lock.isOurs(id)))) {
        return succeed(known);
      }
      const opened = await store.open(id);
      if (opened.ok) {
        const session = adopt(opened.value);
        parts.onOpened(session);
        return succeed(session);
      }
      const isNew = opened.failure.message === 'ENOENT';
      return isNew ? succeed(adopt(store.create(id))) : fail(opened.failure);
    },
    create: () => adopt(store.create()),
    fork(session, turn, title) {
      const events = forkEvents(session.conversation, turn, title);
      if (events.length === 0) return undefined;
      const forked = adopt(store.create());
      forked.record(...events);
      return forked;
    },
    async submit(session, wish, allowed = false) {
      if (wish.type === 'ask' || wish.type === 'edit') await parts.beforeAsking(session);
      const bringsFiles = wish.type === 'ask' || wish.type === 'edit';
      const asked = await asking.context(session, bringsFiles);
      if (bringsFiles && asked.workspace.pending === 'unknown')
        return { type: 'refused', refusal: 'looking' };
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
    },
    async remove(id) {
      const session = sessions.get(id);
      session?.stop();
      await session?.settled();
      sessions.delete(id);
      return store.remove(id);
    },
    async flush() {
      await Promise.all([...sessions.values()].map((session) => session.flush()));
    },
  };
}
