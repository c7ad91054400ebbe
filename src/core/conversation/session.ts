import type { Clock, OpenConversation } from '../ports.ts';
import { settingsFor } from '../request/capabilities.ts';
import { REQUEST_FORMAT } from '../request/request.ts';
import { type Answering, type Desk, startAnswering } from './answering.ts';
import type { AskContext } from './askContext.ts';
import { type Compacting, startCompacting } from './compacting.ts';
import { type ChatEvent, reduceAll } from './events.ts';
import {
  type AssistantTurn,
  answerText,
  type Conversation,
  compactionInForce,
  type Failure,
  findTurn,
  streamingTurn,
  type UserTurn,
} from './model.ts';
import type { Part } from './parts.ts';

/** Why a wish was not granted. Nothing has changed then. */
export type Refusal =
  | 'busy'
  | 'empty'
  | 'nothingToRetry'
  | 'nothingToContinue'
  | 'nothingToEdit'
  | 'cannotCompact'
  /** Another window writes this conversation. */
  | 'readOnly';

/** One open conversation: takes wishes, emits events. */
export interface Session {
  readonly conversation: Conversation;
  /** True while an answer is on its way. */
  readonly busy: boolean;
  /** True while another window writes: everything is shown as it comes, and every wish is refused. */
  readonly readOnly: boolean;
  ask(parts: readonly Part[], context: AskContext): Refusal | undefined;
  /** Asks again for the answer to the newest question. */
  retry(context: AskContext): Refusal | undefined;
  /** Asks another question in place of an earlier one; that and what followed it go aside. */
  edit(question: string, parts: readonly Part[], context: AskContext): Refusal | undefined;
  /** Asks for the rest of the newest answer. */
  continueAnswer(context: AskContext): Refusal | undefined;
  /** Ends the wait before the next attempt. */
  retryNow(): void;
  /** Stops the answer on its way, or else the summary on its way. */
  stop(): void;
  /** Asks for a summary; empty instructions are the API's own. Offers it, takes nothing. */
  compact(instructions: string, context: AskContext): Refusal | undefined;
  /** Takes facts that need no work: a new title, another model, the word on a summary. */
  record(...events: readonly ChatEvent[]): void;
  /** Calls back with each batch of events, after the conversation has changed. */
  subscribe(listener: (events: readonly ChatEvent[]) => void): () => void;
  /** Resolves when all that has happened so far is on disk, or `onStorageFailure` has heard why not. */
  flush(): Promise<void>;
  /** Resolves when no answer and no summary is on its way and the journal is flushed. */
  settled(): Promise<void>;
}

/**
 * Runs a conversation over its ports. `onStorageFailure` hears once when events can no longer be written, `onStorageWorks` when
 * all of them are.
 */
export function createSession(
  open: OpenConversation,
  clock: Clock,
  onStorageFailure: (failure: Failure) => void,
  onStorageWorks: () => void = () => undefined,
): Session {
  let conversation = open.conversation;
  let answering: Answering | undefined;
  let compacting: Compacting | undefined;
  let running: Promise<void> = Promise.resolve();
  const listeners = new Set<(events: readonly ChatEvent[]) => void>();
  const untold: (readonly ChatEvent[])[] = [];
  let isTelling = false;
  let isUnwritten = false;
  open.journal.watch?.(onWriting);
  const desk: Desk = { conversation: () => conversation, record, clock };

  function record(...events: readonly ChatEvent[]): void {
    conversation = reduceAll(conversation, events);
    open.journal.append(events, conversation);
    untold.push(events);
    if (isTelling) return;
    isTelling = true;
    // A listener may record in its turn; all listeners hear everything in the order in which it happened.
    try {
      for (let batch = untold.shift(); batch; batch = untold.shift()) {
        for (const listener of [...listeners]) listener(batch);
      }
    } finally {
      isTelling = false;
    }
  }

  /** Each change is told once, whoever finds it out. */
  function onWriting(failure: Failure | undefined): void {
    const isNews = (failure !== undefined) !== isUnwritten;
    isUnwritten = failure !== undefined;
    if (!isNews) return;
    if (failure) onStorageFailure(failure);
    else onStorageWorks();
  }

  async function flush(): Promise<void> {
    const result = await open.journal.settle();
    onWriting(result.ok ? undefined : result.failure);
  }

  function track(done: Promise<void>): void {
    const flushed = done.then(flush);
    const before = running;
    running = flushed.then(() => before);
  }

  /** Adds an answer to the newest question and asks for it. */
  function begin(context: AskContext, before: readonly ChatEvent[]): undefined {
    const turn = newAnswer(clock, reduceAll(conversation, before), context);
    record(...before, { type: 'turnAdded', turn });
    const current = startAnswering(turn.id, context, desk);
    answering = current;
    track(
      current.done.then(() => {
        if (answering === current) answering = undefined;
      }),
    );
    return undefined;
  }

  const isBusy = (): boolean => streamingTurn(conversation) !== undefined;

  return {
    get conversation() {
      return conversation;
    },
    get busy() {
      return isBusy();
    },
    readOnly: false,
    ask(parts, context) {
      if (isBusy()) return 'busy';
      if (isBlankQuestion(parts)) return 'empty';
      const parent = conversation.turns.at(-1)?.id ?? null;
      const asked = withUpdates(conversation, parts, context);
      return begin(context, questionEvents(conversation, newQuestion(clock, parent, asked), context));
    },
    retry(context) {
      if (isBusy()) return 'busy';
      if (!conversation.turns.some((turn) => turn.role === 'user')) return 'nothingToRetry';
      return begin(context, []);
    },
    edit(question, parts, context) {
      if (isBusy()) return 'busy';
      const before = findTurn(conversation, question);
      if (before?.role !== 'user') return 'nothingToEdit';
      if (isBlankQuestion(parts)) return 'empty';
      const asked = withUpdates(upTo(conversation, before.parent), parts, context);
      return begin(context, questionEvents(conversation, newQuestion(clock, before.parent, asked), context));
    },
    continueAnswer(context) {
      if (isBusy()) return 'busy';
      const cut = conversation.turns.at(-1);
      if (cut?.role !== 'assistant') return 'nothingToContinue';
      const said = answerText(cut);
      if (said.trim() === '') return begin(context, []);
      const parts: readonly Part[] = [{ kind: 'text', text: continuation(said) }];
      const question = { ...newQuestion(clock, cut.id, parts), continues: cut.id };
      return begin(context, [{ type: 'turnAdded', turn: question }]);
    },
    retryNow: () => answering?.retryNow(),
    stop() {
      if (answering) answering.stop();
      else compacting?.stop();
    },
    compact(instructions, context) {
      const ways = context.modelInfo?.compaction ?? [];
      const way = ways.includes('summarize') ? 'summarize' : ways[0];
      if (isBusy() || compacting) return 'busy';
      if (way === undefined || !hasAnswer(conversation)) return 'cannotCompact';
      const current = startCompacting(context, instructions, way, desk);
      compacting = current;
      track(
        current.done.then(() => {
          compacting = undefined;
        }),
      );
      return undefined;
    },
    record,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    flush,
    async settled() {
      let known: Promise<void> | undefined;
      while (known !== running) {
        known = running;
        await known;
      }
      await flush();
    },
  };
}

/** The first words of a question, or the name of what is attached; at most 60 characters. */
export function titleFrom(parts: readonly Part[]): string {
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
  const names = parts.flatMap((part) =>
    part.kind === 'text' || part.kind === 'update' ? [] : [nameOf(part)],
  );
  const source = [...texts, ...names].find((entry) => entry.trim() !== '') ?? '';
  const line = source.slice(0, 1000).trim().split(/\s+/).join(' ');
  return line.length <= 60 ? line : `${line.slice(0, 59).trimEnd()}…`;
}

/** The events that come with a question: the first one freezes the system prompt and names the conversation. */
export function questionEvents(
  conversation: Conversation,
  turn: UserTurn,
  context: Pick<AskContext, 'systemTexts' | 'workspace'>,
): readonly ChatEvent[] {
  const events: ChatEvent[] = [];
  if (!conversation.system) {
    const texts = context.systemTexts.map((entry) => entry.text);
    const sources = context.systemTexts.map((entry) => entry.source);
    const { id: workspace, pack } = context.workspace;
    const system = {
      format: REQUEST_FORMAT,
      texts,
      sources,
      ...(workspace === undefined ? {} : { workspace }),
      ...(pack ? { pack } : {}),
    };
    events.push({ type: 'systemFrozen', system });
  }
  if (conversation.title === '') events.push({ type: 'renamed', title: titleFrom(turn.parts) });
  const isStale = context.workspace.pending === 'stale';
  return [...events, { type: 'turnAdded', turn: isStale ? { ...turn, filesAsBefore: true } : turn }];
}

/** A question that is about to be asked. */
export function newQuestion(
  clock: Pick<Clock, 'newId' | 'now'>,
  parent: string | null,
  parts: readonly Part[],
): UserTurn {
  return { role: 'user', id: clock.newId(), parent, at: clock.now(), parts };
}

/**
 * The parts of a question and before them the updates of pinned files that it brings along: those parts that the user has
 * not chosen are made anew each time.
 */
export function withUpdates(
  conversation: Conversation,
  parts: readonly Part[],
  { workspace }: Pick<AskContext, 'workspace'>,
): readonly Part[] {
  const chosen = parts.filter(({ kind }) => kind !== 'update');
  return [...workspace.updatesFor(conversation), ...chosen];
}

/** The conversation as it was when this turn was its newest; without turns for null. */
export function upTo(conversation: Conversation, turn: string | null): Conversation {
  const at = conversation.turns.findIndex(({ id }) => id === turn);
  return { ...conversation, turns: conversation.turns.slice(0, at + 1) };
}

/** How much of a broken answer is quoted back, in UTF-16 units; enough to find the place again. */
const QUOTED = 400;

/** Asks for the rest of an answer by quoting its end: the API takes no unfinished answer to go on with. */
export function continuation(said: string): string {
  const end = said.trimEnd().slice(-QUOTED);
  const start = said.length > QUOTED ? end.indexOf('\n') + 1 : 0;
  const quoted = end
    .slice(start === end.length ? 0 : start)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
  return `Your answer was cut off. It ended with:\n\n${quoted}\n\nGo on exactly where it stopped, without repeating anything.`;
}

/** True when these parts make no question: nothing but blank text and what Parley adds to it. */
export function isBlankQuestion(parts: readonly Part[]): boolean {
  return parts.every((part) => part.kind === 'update' || (part.kind === 'text' && part.text.trim() === ''));
}

function hasAnswer({ turns }: Conversation): boolean {
  return turns.some((turn) => turn.role === 'assistant' && turn.blocks.length > 0);
}

function nameOf(part: Exclude<Part, { kind: 'text' | 'update' }>): string {
  return part.kind === 'code' ? part.path : part.label;
}

/** An answer follows the newest question, also when another answer stands there: that one goes aside. */
function newAnswer(clock: Clock, conversation: Conversation, context: AskContext): AssistantTurn {
  const at = conversation.turns.findLastIndex((turn) => turn.role === 'user');
  const question = conversation.turns[at];
  const { effort } = settingsFor(context.modelInfo, { ...context, without: context.endpoint.without });
  // An answer that is replaced may be the last one that a summary stands for.
  const compaction = compactionInForce({ ...conversation, turns: conversation.turns.slice(0, at + 1) })?.id;
  return {
    role: 'assistant',
    id: clock.newId(),
    parent: question?.id ?? null,
    at: clock.now(),
    model: context.model,
    state: 'streaming',
    blocks: [],
    ...(effort === undefined ? {} : { effort }),
    ...(compaction === undefined ? {} : { compaction }),
  };
}
