import type { AnswerEnd, Exchange } from '../ports.ts';
import { composeCompaction, composeRequest } from '../request/request.ts';
import type { Desk } from './answering.ts';
import type { AskContext } from './askContext.ts';
import { requestOptions } from './composing.ts';
import { type ChatEvent, emptyConversation, reduce } from './events.ts';
import {
  type AssistantTurn,
  type Compaction,
  type ContentBlock,
  contextTokens,
  type Failure,
  type Usage,
} from './model.ts';
import { eventOf } from './pieces.ts';

/** A summary on its way. */
export interface Compacting {
  /** The compaction's id. */
  readonly id: string;
  readonly done: Promise<void>;
  stop(): void;
}

/**
 * Asks for a summary of everything up to the newest turn. It ends as `offered`, or as `failed` with the history
 * as it was; nothing that is sent later changes before the user takes it.
 */
export function startCompacting(
  context: AskContext,
  instructions: string,
  way: Compaction['way'],
  desk: Desk,
): Compacting {
  const { clock } = desk;
  // What is asked meanwhile is no part of the summary.
  const summarized = desk.conversation();
  const through = summarized.turns.at(-1)?.id ?? '';
  const id = clock.newId();
  let exchange: Exchange | undefined;
  let stopped = false;
  const before = contextTokens(summarized);
  const compaction: Compaction = {
    id,
    at: clock.now(),
    model: context.model,
    through,
    way,
    state: 'running',
    blocks: [],
    ...(instructions === '' ? {} : { instructions }),
    ...(before === undefined ? {} : { tokensBefore: before }),
  };
  desk.record({ type: 'compactionStarted', compaction });

  async function work(): Promise<void> {
    if (!context.claude.ok) return fail(context.claude.failure);
    const { options, failure } = await requestOptions(summarized, context, context.endpoint);
    if (failure) return fail(failure);
    const composed = composeCompaction(summarized, options, { instructions });
    if (stopped) return giveUp();
    if (!composed) return fail({ kind: 'compaction' });
    exchange = context.claude.value.start(composed.request);
    const { blocks, end } = await collect(exchange, clock.now);
    const summary = blocks.find((block) => block.type === 'compaction' && isText(block.content));
    if (end.outcome === 'stopped') return giveUp(end);
    if (end.outcome === 'failed') return fail(end.failure, end);
    if (end.stopReason !== 'compaction' || !summary) return fail(problemOf(end.stopReason), end);
    const kept = blocks.filter((block) => block.type === 'compaction');
    const tokensAfter = await tokensWith({ ...compaction, state: 'taken', blocks: kept }, context, desk);
    desk.record({
      type: 'compactionEnded',
      compaction: id,
      state: 'offered',
      at: clock.now(),
      blocks: kept,
      stopReason: end.stopReason,
      ...billOf(end),
      ...(tokensAfter === undefined ? {} : { tokensAfter }),
    });
  }

  function fail(failure: Failure, end?: AnswerEnd): void {
    desk.record({ ...ended(end), failure });
  }

  /** The user has stopped it: nothing went wrong, and what it cost is kept. */
  function giveUp(end?: AnswerEnd): void {
    desk.record(ended(end), { type: 'compactionDecided', compaction: id, state: 'declined' });
  }

  function ended(end: AnswerEnd | undefined) {
    return {
      type: 'compactionEnded',
      compaction: id,
      state: 'failed',
      at: clock.now(),
      blocks: [],
      ...(end ? billOf(end) : {}),
    } as const;
  }

  return {
    id,
    done: work(),
    stop() {
      stopped = true;
      exchange?.stop();
    },
  };
}

/** The blocks of an answer that is no turn, put together by the same rules as those of one. */
async function collect(
  exchange: Exchange,
  now: () => number,
): Promise<{ readonly blocks: readonly ContentBlock[]; readonly end: AnswerEnd }> {
  const turn: AssistantTurn = {
    role: 'assistant',
    id: 'summary',
    parent: null,
    at: 0,
    model: { id: '', name: '' },
    state: 'streaming',
    blocks: [],
  };
  const added: ChatEvent = { type: 'turnAdded', turn };
  let conversation = reduce(emptyConversation('', 0), added);
  for await (const piece of exchange.pieces) {
    if (piece.type !== 'end') {
      conversation = reduce(conversation, eventOf(turn.id, piece, 0, now()));
      continue;
    }
    const [answer] = conversation.turns;
    const blocks = answer?.role === 'assistant' ? answer.blocks : [];
    return {
      blocks: blocks.filter((block) => block.endedAt !== undefined).map((block) => block.content),
      end: piece,
    };
  }
  return { blocks: [], end: { outcome: 'failed', failure: { kind: 'cutOff' } } };
}

/** Prompt tokens of the next request if the summary is taken; undefined when they cannot be counted. */
async function tokensWith(
  compaction: Compaction,
  context: AskContext,
  desk: Desk,
): Promise<number | undefined> {
  const before = desk.conversation();
  const taken = {
    ...before,
    compactions: before.compactions.map((other) => (other.id === compaction.id ? compaction : other)),
  };
  const { options, failure } = await requestOptions(taken, context, context.endpoint);
  return failure ? undefined : context.count(composeRequest(taken, options));
}

/** A summary can come back empty with a success; then the stop reason says why. */
function problemOf(stopReason: string): Failure {
  return stopReason === 'refusal' ? { kind: 'refusal' } : { kind: 'compaction', message: stopReason };
}

function billOf(end: AnswerEnd): { readonly usage?: Usage; readonly stopReason?: string } {
  return {
    ...(end.usage ? { usage: end.usage } : {}),
    ...(end.outcome === 'done' ? { stopReason: end.stopReason } : {}),
  };
}

function isText(content: unknown): boolean {
  return typeof content === 'string' && content.trim() !== '';
}
