import type { ModelInfo } from '../modelInfo.ts';
import type { AnswerEnd, AnswerPiece, Claude, Clock, Exchange, OpenConversation, Result } from '../ports.ts';
import { effortFor } from '../request/capabilities.ts';
import { buildRequest, questionBlocks, REQUEST_FORMAT } from '../request/request.ts';
import { type ChatEvent, reduceAll } from './events.ts';
import {
  type AssistantTurn,
  type Conversation,
  type Failure,
  type ModelChoice,
  type Part,
  streamingTurn,
} from './model.ts';

/** All that a question needs besides its words. */
export interface AskContext {
  /** The way to Claude, or why there is none; then the question is kept and its answer fails. */
  readonly claude: Result<Claude>;
  readonly model: ModelChoice;
  readonly modelInfo?: ModelInfo;
  readonly effort: string;
  /** Tokens. */
  readonly maxOutputTokens: number;
  /** System prompt for a conversation that has none yet. */
  readonly systemTexts: readonly string[];
}

/** Why a wish was not granted. Nothing has changed then. */
export type Refusal = 'busy' | 'empty' | 'nothingToRetry';

/** One open conversation: takes wishes, emits events. */
export interface Session {
  readonly conversation: Conversation;
  /** True while an answer is on its way. */
  readonly busy: boolean;
  ask(parts: readonly Part[], context: AskContext): Refusal | undefined;
  /** Asks again for the answer to the newest question. */
  retry(context: AskContext): Refusal | undefined;
  stop(): void;
  /** Takes facts that need no work: a new title, another model. */
  record(...events: readonly ChatEvent[]): void;
  /** Calls back with each batch of events, after the conversation has changed. */
  subscribe(listener: (events: readonly ChatEvent[]) => void): () => void;
  /** Resolves when all that has happened so far is on disk, or `onStorageFailure` has heard why not. */
  flush(): Promise<void>;
  /** Resolves when no answer is on its way and the journal is flushed. */
  settled(): Promise<void>;
}

/**
 * Runs a conversation over its ports. `onStorageFailure` hears when events could not be written.
 */
export function createSession(
  open: OpenConversation,
  clock: Clock,
  onStorageFailure: (failure: Failure) => void,
): Session {
  let conversation = open.conversation;
  let exchange: Exchange | undefined;
  let running: Promise<void> = Promise.resolve();
  const listeners = new Set<(events: readonly ChatEvent[]) => void>();

  function record(...events: readonly ChatEvent[]): void {
    conversation = reduceAll(conversation, events);
    open.journal.append(events);
    for (const listener of [...listeners]) listener(events);
  }

  async function flush(): Promise<void> {
    const result = await open.journal.settle();
    if (!result.ok) onStorageFailure(result.failure);
  }

  function begin(context: AskContext, before: readonly ChatEvent[]): void {
    const answer = newAnswer(clock, reduceAll(conversation, before), context);
    record(...before, { type: 'turnAdded', turn: answer });
    if (!context.claude.ok) {
      record(ending(answer.id, clock.now(), { outcome: 'failed', failure: context.claude.failure }));
      running = flush();
      return;
    }
    exchange = context.claude.value.start(buildRequest(conversation, requestOptions(context)));
    running = receive(answer.id, exchange);
  }

  async function receive(turn: string, current: Exchange): Promise<void> {
    for await (const piece of current.pieces) {
      if (piece.type === 'end') exchange = undefined;
      record(eventOf(turn, piece, conversation, clock.now()));
    }
    await flush();
  }

  return {
    get conversation() {
      return conversation;
    },
    get busy() {
      return streamingTurn(conversation) !== undefined;
    },
    ask(parts, context) {
      if (streamingTurn(conversation)) return 'busy';
      if (questionBlocks(parts).length === 0) return 'empty';
      begin(context, questionEvents(clock, conversation, parts, context));
      return undefined;
    },
    retry(context) {
      if (streamingTurn(conversation)) return 'busy';
      if (!conversation.turns.some((turn) => turn.role === 'user')) return 'nothingToRetry';
      begin(context, []);
      return undefined;
    },
    stop() {
      exchange?.stop();
    },
    record,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    flush,
    async settled() {
      await running;
      await flush();
    },
  };
}

/** The first words of a question, or the name of what is attached; at most 60 characters. */
export function titleFrom(parts: readonly Part[]): string {
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
  const paths = parts.flatMap((part) => (part.kind === 'code' ? [part.path] : []));
  const source = [...texts, ...paths].find((entry) => entry.trim() !== '') ?? '';
  const line = source.slice(0, 1000).trim().split(/\s+/).join(' ');
  return line.length <= 60 ? line : `${line.slice(0, 59).trimEnd()}…`;
}

function questionEvents(
  clock: Clock,
  conversation: Conversation,
  parts: readonly Part[],
  context: AskContext,
): readonly ChatEvent[] {
  const events: ChatEvent[] = [];
  if (!conversation.system) {
    events.push({ type: 'systemFrozen', system: { format: REQUEST_FORMAT, texts: context.systemTexts } });
  }
  if (conversation.title === '') events.push({ type: 'renamed', title: titleFrom(parts) });
  const parent = conversation.turns.at(-1)?.id ?? null;
  events.push({
    type: 'turnAdded',
    turn: { role: 'user', id: clock.newId(), parent, at: clock.now(), parts },
  });
  return events;
}

/** An answer follows the newest question, also when another answer stands there: that one goes aside. */
function newAnswer(clock: Clock, conversation: Conversation, context: AskContext): AssistantTurn {
  const question = conversation.turns.findLast((turn) => turn.role === 'user');
  const effort = effortFor(context.modelInfo, context.effort);
  return {
    role: 'assistant',
    id: clock.newId(),
    parent: question?.id ?? null,
    at: clock.now(),
    model: context.model,
    state: 'streaming',
    blocks: [],
    ...(effort === undefined ? {} : { effort }),
  };
}

function requestOptions(context: AskContext): Parameters<typeof buildRequest>[1] {
  const { model, modelInfo, effort, maxOutputTokens } = context;
  return { modelId: model.id, effort, maxOutputTokens, ...(modelInfo ? { model: modelInfo } : {}) };
}

function eventOf(turn: string, piece: AnswerPiece, conversation: Conversation, at: number): ChatEvent {
  switch (piece.type) {
    case 'started': {
      const { type: _, ...started } = piece;
      return { type: 'answerStarted', turn, ...started };
    }
    case 'blockStarted':
      return { type: 'blockStarted', turn, index: piece.index, block: piece.block, at };
    case 'delta':
      return growth(turn, piece);
    case 'blockEnded':
      return { type: 'blockEnded', turn, index: piece.index, at };
    case 'end':
      return ending(turn, at, piece, isEmpty(conversation));
  }
}

function growth(turn: string, { index, delta }: Extract<AnswerPiece, { type: 'delta' }>): ChatEvent {
  const { text, thinking } = delta;
  if (delta.type === 'text_delta' && typeof text === 'string') return { type: 'textGrew', turn, index, text };
  if (delta.type === 'thinking_delta' && typeof thinking === 'string') {
    return { type: 'thinkingGrew', turn, index, text: thinking };
  }
  return { type: 'blockChanged', turn, index, delta };
}

function isEmpty(conversation: Conversation): boolean {
  return streamingTurn(conversation)?.blocks.length === 0;
}

function ending(turn: string, at: number, end: AnswerEnd, empty = false): ChatEvent {
  const { usage, requestId } = end;
  const known = { ...(usage ? { usage } : {}), ...(requestId === undefined ? {} : { requestId }) };
  const ended = { type: 'turnEnded', turn, at, ...known } as const;
  switch (end.outcome) {
    case 'stopped':
      return { ...ended, state: 'stopped' };
    case 'failed':
      return { ...ended, state: 'failed', failure: end.failure };
    case 'done': {
      const failure = failureOf(end.stopReason, end.explanation, empty);
      const { stopReason } = end;
      return failure
        ? { ...ended, state: 'failed', stopReason, failure }
        : { ...ended, state: 'done', stopReason };
    }
  }
}

/** A refusal and an empty answer arrive as successes, but are none to the user. */
function failureOf(stopReason: string, explanation: string | undefined, empty: boolean): Failure | undefined {
  if (stopReason === 'refusal') {
    return { kind: 'refusal', ...(explanation === undefined ? {} : { message: explanation }) };
  }
  return empty ? { kind: 'empty' } : undefined;
}
