import { type ChatEvent, coalesce, reduceAll } from '../../core/conversation/events.ts';
import { encodeEvent, type JournalHeader } from '../../core/conversation/journal.ts';
import type { Conversation, Failure } from '../../core/conversation/model.ts';
import { retell } from '../../core/conversation/retelling.ts';
import { fail, type Journal, type Result, succeed, TAKEN_OVER } from '../../core/ports.ts';
import { storageFailure } from './files.ts';
import { createJournalFile, type JournalEnd, type JournalState } from './journalFile.ts';
import { setAside } from './quarantine.ts';

/** The longest time, in ms, that streamed text stays in memory only; what writing takes comes on top (the promise is 250). */
const FLUSH_AFTER = 120;

/** What cannot be written is tried again after so many ms, then after twice as many, up to the second figure. */
const FIRST_RETRY = 1000;
const LAST_RETRY = 30_000;

/** So often at once what others have come before is written again. */
const MOST_TRIES = 20;

export interface JournalWriterOptions {
  readonly file: string;
  readonly header: JournalHeader;
  /** Undefined for a file that does not exist yet. */
  readonly end?: JournalEnd;
  /** What the journal holds. */
  readonly conversation: Conversation;
  /** Where the events go that may no longer be written, as another window has the conversation. */
  readonly quarantine: string;
  /** False when another window has the conversation: then nothing is written any more. */
  readonly isOurs: () => Promise<boolean>;
  /** Takes the conversation, for a new file; false when another window has it. */
  readonly take: () => Promise<boolean>;
  /** True when the conversation was deleted by its user, and its file is not to come back by itself. */
  readonly isDeleted: () => Promise<boolean>;
}

/**
 * Appends events to a journal: in order, in batches, never rewriting. A new file appears with its first turn. What cannot be
 * written now (full disk, no such folder) stays queued and is tried again by itself; a file that has vanished is written anew.
 */
export function createJournalWriter(options: JournalWriterOptions): Journal {
  const file = createJournalFile(options.file, options.header, options.end);
  let queue: ChatEvent[] = [];
  /** The conversation with all that is queued. */
  let latest = options.conversation;
  let timer: NodeJS.Timeout | undefined;
  let pause = FIRST_RETRY;
  let isRetrying = false;
  /** What does not work just now: writing and flushing, each for itself. */
  const failing = new Map<'write' | 'sync', Failure>();
  let listener: (failure: Failure | undefined) => void = () => undefined;
  let chain: Promise<Result<void>> = Promise.resolve(succeed(undefined));
  let syncing = chain;

  function flush(): Promise<Result<void>> {
    clearTimeout(timer);
    timer = undefined;
    isRetrying = false;
    chain = chain.then(() => attempt('write', () => write()));
    return chain;
  }

  async function attempt(
    what: 'write' | 'sync',
    work: () => Promise<Failure | undefined>,
  ): Promise<Result<void>> {
    const failure = await work().catch(storageFailure);
    const failedBefore = failing.size > 0;
    if (failure) failing.set(what, failure);
    else failing.delete(what);
    if (failure && failure !== TAKEN) tryAgainLater();
    else if (failing.size === 0) pause = FIRST_RETRY;
    if (failing.size > 0 !== failedBefore) tell(failure);
    return failure ? fail(failure) : succeed(undefined);
  }

  /** What comes next is written whatever becomes of telling. */
  function tell(failure: Failure | undefined): void {
    try {
      listener(failure);
    } catch {
      // The page that should say it is just being closed.
    }
  }

  function tryAgainLater(): void {
    if (isRetrying) return;
    clearTimeout(timer);
    isRetrying = true;
    timer = setTimeout(() => void settle(), pause).unref();
    pause = Math.min(2 * pause, LAST_RETRY);
  }

  async function write(tries = MOST_TRIES): Promise<Failure | undefined> {
    // What another window has taken is not written again because there is nothing to write.
    const asBefore = failing.get('write') === TAKEN ? TAKEN : undefined;
    if (!file.begun && !queue.some(({ type }) => type === 'turnAdded')) return asBefore;
    // At the same time: what is streamed shall not wait for one after the other.
    const [state, isOurs] = await Promise.all([
      file.begun ? file.look() : NEW,
      file.begun && options.isOurs(),
    ]);
    const isLost = state === 'gone' || state === 'lost';
    if (queue.length === 0 && !isLost) return asBefore;
    if (!(await mayWrite(state, isOurs))) return queue.length === 0 ? asBefore : giveUp();
    if (isLost) await file.beginAnew();
    const events = isLost ? retell(latest) : coalesce(queue);
    queue = [];
    const { left, error } = await file.append(events, isLost ? NEW : state);
    queue = [...left, ...queue];
    if (error !== undefined) return storageFailure(error);
    if (left.length === 0) return undefined;
    return tries > 1 ? write(tries - 1) : SWALLOWED;
  }

  /** Where the lock has vanished but the file stands as it was left, nobody else has had the conversation. */
  async function mayWrite(state: JournalState, isOurs: boolean): Promise<boolean> {
    if (state === 'gone' && (await options.isDeleted())) return false;
    return isOurs || (state !== 'changed' && options.take());
  }

  /** Another window has the conversation. What it does not know of is not thrown away. */
  async function giveUp(): Promise<Failure> {
    const lost = coalesce(queue);
    queue = [];
    const lines = lost.map((event, at) => ({
      reason: 'unowned',
      text: encodeEvent(file.next + at, event).trimEnd(),
    }));
    try {
      await setAside(options.quarantine, lines);
      return TAKEN;
    } catch (error) {
      queue = [...lost, ...queue];
      return storageFailure(error);
    }
  }

  /** Text that arrives while the device is slow does not wait for it. */
  async function settle(): Promise<Result<void>> {
    const written = await flush();
    if (!written.ok || !file.begun) return written;
    syncing = syncing.then(() => attempt('sync', async () => void (await file.sync())));
    return syncing;
  }

  return {
    append(events, after) {
      for (const event of events) queue.push(event);
      latest = after ?? reduceAll(latest, events);
      if (!isRetrying) timer ??= setTimeout(() => void flush(), FLUSH_AFTER);
    },
    settle,
    watch(callback) {
      listener = callback;
    },
  };
}

/** The state of a file that has not been begun: nobody has touched it. */
const NEW: JournalState = 'asLeft';

const TAKEN: Failure = { kind: 'storage', message: TAKEN_OVER };
/** What was written is not there: the system's code for a device that does not do as it says. */
const SWALLOWED: Failure = { kind: 'storage', message: 'EIO' };
