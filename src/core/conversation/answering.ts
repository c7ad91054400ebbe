import { outlineOf, type PromptOutline, pointsOf } from '../money/ledger.ts';
import {
  type AnswerEnd,
  type AnswerPiece,
  type Claude,
  type Clock,
  type Exchange,
  type Result,
  succeed,
} from '../ports.ts';
import type { Need } from '../request/limits.ts';
import type { ComposedRequest } from '../request/messageRequest.ts';
import { givesUp, repairFor } from '../request/repair.ts';
import { isRetryable, retryDelay } from '../retry.ts';
import type { AskContext } from './askContext.ts';
import { compose, type Known, learned, repairsFor } from './composing.ts';
import type { ChatEvent } from './events.ts';
import { type AssistantTurn, type CacheMiss, type Conversation, findTurn, type Repair } from './model.ts';
import { endingOf, eventOf } from './pieces.ts';
import { createWait } from './wait.ts';

/** The conversation that is worked on: read anew each time, changed only by recording. */
export interface Desk {
  readonly conversation: () => Conversation;
  readonly record: (...events: readonly ChatEvent[]) => void;
  readonly clock: Clock;
}

/** An answer on its way. */
export interface Answering {
  /** Resolves when the answer has ended, however it did; never rejects. */
  readonly done: Promise<void>;
  stop(): void;
  /** Ends the wait before the next attempt; harmless when there is none. */
  retryNow(): void;
}

/** A pause of the server is followed up this often before it counts as the end. */
const MOST_PAUSES = 10;

/**
 * Asks for the answer `turn` until it has ended: repeats what failed for a while, repairs what was refused,
 * follows up on pauses. Everything that happens is recorded.
 */
export function startAnswering(turn: string, context: AskContext, desk: Desk): Answering {
  const wait = createWait(desk.clock);
  let exchange: Exchange | undefined;
  let stopped = false;
  return {
    done: work(turn, context, desk, {
      isStopped: () => stopped,
      wait: wait.start,
      onExchange: (current) => {
        exchange = current;
      },
    }),
    stop() {
      stopped = true;
      wait.end();
      exchange?.stop();
    },
    retryNow: wait.end,
  };
}

/** What the work needs of the one who may end it. */
interface Control {
  isStopped(): boolean;
  wait(ms: number): Promise<void>;
  onExchange(exchange: Exchange | undefined): void;
}

/** What one answer has been through so far. */
interface Course {
  known: Known;
  attempt: number;
  pauses: number;
  repaired: readonly Repair[];
  /** What the refusals say about the endpoint; it counts once a request without it has been taken. */
  lessons: readonly Repair[];
}

async function work(turn: string, context: AskContext, desk: Desk, control: Control): Promise<void> {
  const course: Course = { known: context.endpoint, attempt: 1, pauses: 0, repaired: [], lessons: [] };
  for (;;) {
    const { claude } = context;
    if (!claude.ok) return close(turn, desk, { outcome: 'failed', failure: claude.failure });
    const prepared = await prepare(turn, context, desk, course);
    if (control.isStopped()) return close(turn, desk, { outcome: 'stopped' });
    if (!prepared.ok) return close(turn, desk, { outcome: 'failed', failure: prepared.failure });
    const { value: composed } = prepared;
    const end = await exchange(turn, composed, claude.value, context, desk, control);
    if (end.outcome === 'done') context.endpoint.learn(course.lessons);
    const goesOn =
      followPause(turn, end, desk, course) ||
      (await repairRefused(turn, end, composed, context, desk, course, control)) ||
      (await waitToRetry(turn, end, context, desk, course, control));
    if (!goesOn || control.isStopped()) return close(turn, desk, goesOn ? { outcome: 'stopped' } : end);
  }
}

/** The next request, after everything in the history that is gone or known to be refused has been changed. */
async function prepare(
  turn: string,
  context: AskContext,
  desk: Desk,
  course: Course,
): Promise<Result<ComposedRequest>> {
  const first = await compose(desk.conversation(), context, course.known);
  if (!first.ok) return first;
  const { composed, needs } = first.value;
  const done = new Set(course.repaired.map(nameOf));
  const open = needs.filter((need) => !done.has(nameOf(need)));
  if (open.length === 0) return succeed(composed);
  const repairs = await repairsFor(open, desk.conversation(), context);
  course.repaired = [...course.repaired, ...repairs];
  desk.record({ type: 'requestRepaired', turn, repairs, attempt: { at: desk.clock.now() } });
  const repaired = await compose(desk.conversation(), context, course.known);
  return repaired.ok ? succeed(repaired.value.composed) : repaired;
}

/** Sends one request and records what comes back; the end is left to the caller. */
async function exchange(
  turn: string,
  composed: ComposedRequest,
  claude: Claude,
  context: AskContext,
  desk: Desk,
  control: Control,
): Promise<AnswerEnd> {
  const outline = outlineOf(composed.request);
  const at = desk.clock.now();
  const base = answerOf(desk, turn)?.blocks.length ?? 0;
  desk.record({
    type: 'requestSent',
    turn,
    sent: {
      at,
      points: pointsOf(outline),
      ...(context.quoted ? { quoted: context.quoted } : {}),
      ...(composed.request.thinking ? { thinking: composed.request.thinking.type } : {}),
    },
  });
  const current = claude.start(composed.request);
  control.onExchange(current);
  let miss: CacheMiss | undefined;
  for await (const piece of current.pieces) {
    if (piece.type === 'end') {
      control.onExchange(undefined);
      if (miss) desk.record({ type: 'cacheMissed', turn, miss: withCause(miss, piece) });
      return piece;
    }
    if (piece.type === 'started') miss = enterBooks(composed, outline, piece, at, context, desk);
    desk.record(eventOf(turn, piece, base, desk.clock.now()));
  }
  return { outcome: 'failed', failure: { kind: 'cutOff' } };
}

/** What the bill says about the cache: a miss when less was read than the ledger knew to be there. */
function enterBooks(
  composed: ComposedRequest,
  outline: PromptOutline,
  { usage, thinkingDropped }: Extract<AnswerPiece, { type: 'started' }>,
  at: number,
  { ledger, learn }: AskContext,
  desk: Desk,
): CacheMiss | undefined {
  const total = usage.input + usage.cacheRead + usage.cacheWrite;
  const expected = ledger.predict(outline, total, at).split;
  const miss = ledger.explainMiss(outline, expected, usage, undefined, desk.clock.now());
  ledger.note(outline, usage, at);
  if (total > 0 && thinkingDropped === undefined) learn(composed, total);
  return miss;
}

/** The API's word counts where nothing here explains the miss. */
function withCause(miss: CacheMiss, end: AnswerEnd): CacheMiss {
  return miss.cause === 'unknown' && end.cacheMiss !== undefined ? { ...miss, cause: end.cacheMiss } : miss;
}

/** The server has paused and wants its own words back to go on. */
function followPause(turn: string, end: AnswerEnd, desk: Desk, course: Course): boolean {
  if (end.outcome !== 'done' || end.stopReason !== 'pause_turn' || course.pauses >= MOST_PAUSES) return false;
  course.pauses++;
  const { usage, stopReason } = end;
  desk.record({
    type: 'answerPaused',
    turn,
    attempt: { at: desk.clock.now(), stopReason, ...(usage ? { usage } : {}) },
  });
  return true;
}

async function repairRefused(
  turn: string,
  end: AnswerEnd,
  composed: ComposedRequest,
  context: AskContext,
  desk: Desk,
  course: Course,
  control: Control,
): Promise<boolean> {
  if (end.outcome !== 'failed' || control.isStopped()) return false;
  const { failure } = end;
  const needs = repairFor(failure, composed, desk.conversation(), course.repaired);
  const attempt = { at: desk.clock.now(), failure, ...(end.usage ? { usage: end.usage } : {}) };
  if (!needs || needs.length === 0) {
    const last = givesUp(failure, composed);
    if (last.length > 0) desk.record({ type: 'requestRepaired', turn, repairs: last, attempt });
    return false;
  }
  const repairs = await repairsFor(needs, desk.conversation(), context);
  course.repaired = [...course.repaired, ...repairs];
  course.known = learned(course.known, repairs);
  course.lessons = [...course.lessons, ...repairs];
  desk.record({ type: 'requestRepaired', turn, repairs, attempt });
  return true;
}

/** Waits for the next attempt, where one may help and nothing of the answer has arrived yet. */
async function waitToRetry(
  turn: string,
  end: AnswerEnd,
  context: AskContext,
  desk: Desk,
  course: Course,
  control: Control,
): Promise<boolean> {
  const { clock } = desk;
  if (end.outcome !== 'failed' || !isRetryable(end.failure) || control.isStopped()) return false;
  if (course.attempt >= context.maxAttempts || (answerOf(desk, turn)?.blocks.length ?? 0) > 0) return false;
  const { failure, usage } = end;
  const delay = retryDelay(failure, course.attempt, clock.random());
  course.attempt++;
  desk.record({
    type: 'retryScheduled',
    turn,
    waiting: {
      until: clock.now() + delay,
      attempt: course.attempt,
      attempts: context.maxAttempts,
      failure,
    },
    attempt: { at: clock.now(), failure, ...(usage ? { usage } : {}) },
  });
  await control.wait(delay);
  return true;
}

function close(turn: string, desk: Desk, end: AnswerEnd): void {
  const empty = (answerOf(desk, turn)?.blocks.length ?? 0) === 0;
  desk.record(endingOf(turn, desk.clock.now(), end, empty));
}

function answerOf(desk: Desk, turn: string): AssistantTurn | undefined {
  const found = findTurn(desk.conversation(), turn);
  return found?.role === 'assistant' ? found : undefined;
}

/** Where a need or a repair strikes, so that the same place is not worked on twice. */
function nameOf(change: Need | Repair): string {
  return 'part' in change ? `${change.turn} ${change.part}` : JSON.stringify(change);
}
