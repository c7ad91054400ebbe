import { applyRepair } from './applyRepair.ts';
import { applyDelta, changeAnswer, changeBlock, changeCompaction, grow, startBlock } from './changing.ts';
import type {
  AnswerState,
  AssistantTurn,
  Attempt,
  CacheMiss,
  Compaction,
  ContentBlock,
  Conversation,
  Failure,
  FrozenPack,
  FrozenSystem,
  ModelChoice,
  Repair,
  SentRequest,
  ThinkingMode,
  Turn,
  Usage,
  UserTurn,
  Waiting,
} from './model.ts';

/**
 * Everything that can happen to a conversation, as facts in the past tense.
 * The same values are the state change, the wire to the page, the lines on disk and the test oracle.
 */
export type ChatEvent =
  | { readonly type: 'renamed'; readonly title: string }
  /** Pinned conversations stand first in the list. */
  | { readonly type: 'pinned'; readonly pinned: boolean }
  | { readonly type: 'modelChosen'; readonly model: ModelChoice }
  | { readonly type: 'effortChosen'; readonly effort: string }
  | { readonly type: 'thinkingChosen'; readonly thinking: ThinkingMode }
  | { readonly type: 'instructionsChanged'; readonly instructions: string }
  | { readonly type: 'systemFrozen'; readonly system: FrozenSystem }
  /**
   * The user chose a fresh context pack. It takes the place of the one that the conversation began with, and of all updates
   * since; thinking that stood behind the old one is no longer sent, and summaries made with it are dropped.
   */
  | { readonly type: 'contextRepacked'; readonly pack: FrozenPack }
  | { readonly type: 'turnAdded'; readonly turn: Turn }
  /** A request for this answer left; whatever was waited for is over. */
  | { readonly type: 'requestSent'; readonly turn: string; readonly sent: SentRequest }
  /** The request failed and will be repeated. */
  | {
      readonly type: 'retryScheduled';
      readonly turn: string;
      readonly waiting: Waiting;
      readonly attempt: Attempt;
    }
  /** The API refused the request; it was changed and goes out again. */
  | {
      readonly type: 'requestRepaired';
      readonly turn: string;
      readonly repairs: readonly Repair[];
      readonly attempt: Attempt;
    }
  /** The server paused in the middle of the answer and goes on with the next request. */
  | { readonly type: 'answerPaused'; readonly turn: string; readonly attempt: Attempt }
  | { readonly type: 'cacheMissed'; readonly turn: string; readonly miss: CacheMiss }
  | { readonly type: 'compactionStarted'; readonly compaction: Compaction }
  | {
      readonly type: 'compactionEnded';
      readonly compaction: string;
      readonly state: 'offered' | 'failed';
      readonly at: number;
      readonly blocks: readonly ContentBlock[];
      readonly usage?: Usage;
      readonly stopReason?: string;
      readonly failure?: Failure;
      readonly tokensBefore?: number;
      readonly tokensAfter?: number;
    }
  /** The user's word on a summary: `undone` brings the history back byte for byte. */
  | {
      readonly type: 'compactionDecided';
      readonly compaction: string;
      readonly state: 'taken' | 'declined' | 'undone';
    }
  | {
      readonly type: 'answerStarted';
      readonly turn: string;
      readonly messageId: string;
      readonly requestId?: string;
      readonly usage: Usage;
      /** Thinking blocks that the API left out of the prompt. */
      readonly thinkingDropped?: number;
    }
  | {
      readonly type: 'blockStarted';
      readonly turn: string;
      readonly index: number;
      readonly block: ContentBlock;
      readonly at: number;
    }
  | { readonly type: 'textGrew'; readonly turn: string; readonly index: number; readonly text: string }
  | { readonly type: 'thinkingGrew'; readonly turn: string; readonly index: number; readonly text: string }
  | {
      readonly type: 'blockChanged';
      readonly turn: string;
      readonly index: number;
      /** A delta other than text and thinking, as the API sent it (signatures, citations, ...). */
      readonly delta: ContentBlock;
    }
  | { readonly type: 'blockEnded'; readonly turn: string; readonly index: number; readonly at: number }
  | {
      readonly type: 'turnEnded';
      readonly turn: string;
      readonly state: Exclude<AnswerState, 'streaming'>;
      readonly at: number;
      readonly stopReason?: string;
      readonly usage?: Usage;
      readonly failure?: Failure;
      readonly requestId?: string;
    }
  | { readonly type: 'deleted'; readonly at: number }
  | { readonly type: 'restored'; readonly at: number };

/** The state of a conversation before its first event. */
export function emptyConversation(id: string, createdAt: number): Conversation {
  return { id, createdAt, title: '', turns: [], aside: [], compactions: [] };
}

/**
 * The only way a conversation changes. Never mutates, never throws.
 * Events that speak of an unknown turn or block, and events of a type from a newer version, change nothing.
 */
export function reduce(conversation: Conversation, event: ChatEvent): Conversation {
  switch (event.type) {
    case 'renamed':
      return { ...conversation, title: event.title };
    case 'pinned':
      return { ...conversation, pinned: event.pinned };
    case 'modelChosen':
      return { ...conversation, model: event.model };
    case 'effortChosen':
      return { ...conversation, effort: event.effort };
    case 'thinkingChosen':
      return { ...conversation, thinking: event.thinking };
    case 'instructionsChanged':
      return { ...conversation, instructions: event.instructions };
    case 'systemFrozen':
      return { ...conversation, system: event.system };
    case 'contextRepacked':
      return repack(conversation, event.pack);
    case 'turnAdded':
      return addTurn(conversation, event.turn);
    case 'requestSent':
      return changeAnswer(conversation, event.turn, (answer) => ({ ...anew(answer), sent: event.sent }));
    case 'retryScheduled':
      return changeAnswer(conversation, event.turn, (answer) => ({
        ...withAttempt(answer, event.attempt),
        waiting: event.waiting,
      }));
    case 'requestRepaired':
      return event.repairs.reduce(
        applyRepair,
        changeAnswer(conversation, event.turn, (answer) => ({
          ...withAttempt(answer, event.attempt),
          repairs: [...(answer.repairs ?? []), ...event.repairs],
        })),
      );
    case 'answerPaused':
      return changeAnswer(conversation, event.turn, (answer) => withAttempt(answer, event.attempt));
    case 'cacheMissed':
      return changeAnswer(conversation, event.turn, (answer) => ({ ...answer, cacheMiss: event.miss }));
    case 'compactionStarted':
      return { ...conversation, compactions: [...conversation.compactions, event.compaction] };
    case 'compactionEnded': {
      const { type: _, compaction: id, at, ...outcome } = event;
      return changeCompaction(conversation, id, (before) => ({
        ...before,
        ...outcome,
        endedAt: at,
        ...(before.state === 'dropped' ? { state: 'dropped' } : {}),
      }));
    }
    case 'compactionDecided':
      return changeCompaction(conversation, event.compaction, (before) =>
        before.state === 'dropped' ? before : { ...before, state: event.state },
      );
    case 'answerStarted':
      return changeAnswer(conversation, event.turn, (answer) => ({
        ...answer,
        messageId: event.messageId,
        usage: event.usage,
        ...(event.requestId === undefined ? {} : { requestId: event.requestId }),
        ...(event.thinkingDropped === undefined ? {} : { thinkingDropped: event.thinkingDropped }),
      }));
    case 'blockStarted':
      return changeAnswer(conversation, event.turn, (answer) => startBlock(answer, event));
    case 'textGrew':
      return changeBlock(conversation, event, (block) => grow(block, 'text', event.text));
    case 'thinkingGrew':
      return changeBlock(conversation, event, (block) => grow(block, 'thinking', event.text));
    case 'blockChanged':
      return changeBlock(conversation, event, (block) => applyDelta(block, event.delta));
    case 'blockEnded':
      return changeBlock(conversation, event, (block) => ({ ...block, endedAt: event.at }));
    case 'turnEnded':
      return changeAnswer(conversation, event.turn, (answer) => endAnswer(answer, event));
    case 'deleted':
      return { ...conversation, deletedAt: event.at };
    case 'restored': {
      const { deletedAt: _, ...kept } = conversation;
      return kept;
    }
    default:
      return unchanged(conversation, event);
  }
}

/** Folds many events; the same as reducing them one by one. */
export function reduceAll(conversation: Conversation, events: Iterable<ChatEvent>): Conversation {
  let current = conversation;
  for (const event of events) current = reduce(current, event);
  return current;
}

/** The events that close what was on its way as its writer died: an answer, a summary. Empty when nothing was. */
export function interruption(conversation: Conversation, at: number): readonly ChatEvent[] {
  // Not only the last one: the line that ended another may have been damaged.
  const answers = conversation.turns.filter(
    (turn) => turn.role === 'assistant' && turn.state === 'streaming',
  );
  const summaries = conversation.compactions.filter(({ state }) => state === 'running');
  return [
    ...answers.map(({ id }): ChatEvent => ({ type: 'turnEnded', turn: id, state: 'interrupted', at })),
    ...summaries.map(
      ({ id }): ChatEvent => ({
        type: 'compactionEnded',
        compaction: id,
        state: 'failed',
        at,
        blocks: [],
        failure: { kind: 'compaction', message: 'interrupted' },
      }),
    ),
  ];
}

/**
 * Joins neighbors that grew the same block, so that traffic and disk follow the text and not the packets.
 * Reducing the result gives the same conversation as reducing the input.
 */
export function coalesce(events: readonly ChatEvent[]): readonly ChatEvent[] {
  const joined: ChatEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    const growsOn =
      (event.type === 'textGrew' || event.type === 'thinkingGrew') &&
      last?.type === event.type &&
      last.turn === event.turn &&
      last.index === event.index;
    if (growsOn) joined[joined.length - 1] = { ...last, text: last.text + event.text };
    else joined.push(event);
  }
  return joined;
}

/**
 * A turn whose parent is not the newest turn starts a branch: what followed the parent goes aside.
 * A turn whose parent is not there (its line was damaged) follows the newest one, so that it is not lost.
 */
function addTurn(conversation: Conversation, turn: Turn): Conversation {
  const { turns, aside } = conversation;
  if (turn.parent === (turns.at(-1)?.id ?? null)) return { ...conversation, turns: [...turns, turn] };
  const parentAt = turn.parent === null ? -1 : turns.findLastIndex((other) => other.id === turn.parent);
  if (turn.parent !== null && parentAt < 0) return { ...conversation, turns: [...turns, turn] };
  return {
    ...conversation,
    turns: [...turns.slice(0, parentAt + 1), turn],
    aside: [...aside, ...turns.slice(parentAt + 1)],
  };
}

function repack(conversation: Conversation, pack: FrozenPack): Conversation {
  const { system, turns, compactions } = conversation;
  const newest = turns.at(-1);
  if (!system || !newest) return conversation;
  const isUpdated = (turn: Turn): turn is UserTurn =>
    turn.role === 'user' && turn.parts.some(({ kind }) => kind === 'update');
  return {
    ...conversation,
    system: { ...system, pack },
    turns: turns.map((turn) => (isUpdated(turn) ? { ...turn, superseded: true } : turn)),
    // They stand for what came behind the pack before, and are bound to it.
    compactions: compactions.map((compaction) => ({ ...compaction, state: 'dropped' })),
    thinkingLeftOutThrough: newest.id,
  };
}

/** What a new request of the same answer starts without: the last one's wait, and figures that are its own. */
function anew(answer: AssistantTurn): AssistantTurn {
  const { waiting: _, usage: __, ...kept } = answer;
  return kept;
}

function withAttempt(answer: AssistantTurn, attempt: Attempt): AssistantTurn {
  return { ...anew(answer), attempts: [...(answer.attempts ?? []), attempt] };
}

function endAnswer(answer: AssistantTurn, event: Extract<ChatEvent, { type: 'turnEnded' }>): AssistantTurn {
  const { type: _, turn: __, at, ...outcome } = event;
  const { waiting: ___, ...kept } = answer;
  return { ...kept, ...outcome, endedAt: at };
}

function unchanged(conversation: Conversation, _event: never): Conversation {
  return conversation;
}
