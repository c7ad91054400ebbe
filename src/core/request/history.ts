import type {
  AssistantTurn,
  Compaction,
  ContentBlock,
  Conversation,
  UserTurn,
} from '../conversation/model.ts';
import type { Part } from '../conversation/parts.ts';
import { stillSent } from '../conversation/sentParts.ts';
import { hasBegun, isPaused } from './exchanges.ts';
import type { BlockOrigin, RequestMessage } from './messageRequest.ts';
import { type AttachmentReader, questionContent } from './question.ts';
import { answersWithThinking } from './thinkingPrefix.ts';
import { wellFormed } from './wellFormed.ts';

/** A message of a request and where its blocks come from. */
export interface SentMessage {
  readonly message: RequestMessage;
  readonly origins: readonly BlockOrigin[];
  /** True for a question that an answer began to, so that the prompt up to its end may lie in the cache. */
  readonly answered: boolean;
  /** Of a question: how many blocks it begins with that are updates of pinned files, and how many of them are shared. */
  readonly updates?: { readonly all: number; readonly shared: number };
}

/** What is sent of a conversation. */
export interface History {
  readonly messages: readonly SentMessage[];
  /** Answers whose questions are part of it, oldest first. */
  readonly answers: readonly AssistantTurn[];
  readonly compaction?: Compaction;
}

/**
 * The messages of the next request. `next` is what it asks for: an answer to the newest question, or (for a summary)
 * nothing but the history. Each answer's request starts with the messages of the one before it, byte for byte.
 */
export function historyOf(
  conversation: Conversation,
  attachment: AttachmentReader,
  next: 'answer' | 'nothing',
): History {
  const { compaction, exchanges } = stillSent(conversation, next === 'answer');
  const thinking = answersWithThinking(conversation, compaction);
  const continued = next === 'answer' ? continuedAnswer(conversation) : undefined;
  const messages = exchanges.flatMap(({ question, answers }) => [
    ...(question ? [sentQuestion(question, answers, attachment)] : []),
    ...answers.flatMap((answer) => sentAnswer(answer, thinking.has(answer.id), answer === continued)),
  ]);
  const sent = messages.filter(({ origins }) => origins.length > 0);
  return {
    messages: [
      ...(compaction ? [sentCompaction(compaction)] : []),
      ...(next === 'answer' ? upToQuestion(sent, continued) : sent),
    ],
    answers: exchanges.flatMap(({ answers }) => answers),
    ...(compaction ? { compaction } : {}),
  };
}

/** An answer that the server goes on with; only such a one may end a request (API docs, stop reasons). */
function continuedAnswer({ turns }: Conversation): AssistantTurn | undefined {
  const newest = turns.at(-1);
  return newest?.role === 'assistant' && isPaused(newest) ? newest : undefined;
}

function upToQuestion(
  messages: readonly SentMessage[],
  continued: AssistantTurn | undefined,
): readonly SentMessage[] {
  if (continued && messages.at(-1)?.origins[0]?.turn === continued.id) return messages;
  return messages.slice(0, messages.findLastIndex(({ message }) => message.role === 'user') + 1);
}

/** Goes back byte for byte: the API checks it against its signature. */
function sentCompaction({ id, blocks }: Compaction): SentMessage {
  return {
    message: { role: 'assistant', content: blocks },
    origins: blocks.map((_, index) => ({ turn: id, index })),
    answered: false,
  };
}

function sentQuestion(
  question: UserTurn,
  answers: readonly AssistantTurn[],
  attachment: AttachmentReader,
): SentMessage {
  const content = questionContent(question, attachment);
  const begin = (isOne: (part: Part | undefined) => boolean): number => {
    const end = content.findIndex(({ part }) => !isOne(question.parts[part]));
    return end < 0 ? content.length : end;
  };
  const all = begin((part) => part?.kind === 'update');
  const shared = begin((part) => part?.kind === 'update' && part.shared === true);
  return {
    message: { role: 'user', content: content.map(({ block }) => block) },
    origins: content.map(({ part }) => ({ turn: question.id, index: part })),
    answered: answers.some(hasBegun),
    ...(all > 0 ? { updates: { all, shared } } : {}),
  };
}

/**
 * What goes back of an answer: every block as it came. Of an answer that was cut short the block that was
 * still growing goes back only when it is text; half a thought has no signature. The API takes no empty text
 * and no answer that ends in a thought (the length limit can cut one there), unless it goes on with it itself.
 * What came before a pause stays a message of its own, as it was sent to go on from there.
 */
function sentAnswer(
  answer: AssistantTurn,
  withThinking: boolean,
  isContinued: boolean,
): readonly SentMessage[] {
  const blocks = answer.blocks
    .map((block, index) => ({ ...block, index }))
    .filter(({ leftOut }) => !leftOut)
    .filter(({ endedAt, content }) => endedAt !== undefined || content.type === 'text')
    .filter(({ content }) => withThinking || !isThought(content))
    .filter(({ content }) => content.type !== 'text' || !isBlank(content.text));
  const lastSaid = blocks.findLastIndex(({ content }) => !isThought(content));
  const kept = isContinued ? blocks : blocks.slice(0, lastSaid + 1);
  const pauses = pausesOf(answer);
  const pieces = [...pauses.keys(), pauses.length].map((after) =>
    kept.filter(({ startedAt }) => pauses.filter((at) => at < startedAt).length === after),
  );
  return pieces.map((piece) => ({
    message: { role: 'assistant', content: piece.map(({ content }) => mended(content)) },
    origins: piece.map(({ index }) => ({ turn: answer.id, index })),
    answered: false,
  }));
}

/** When the server paused in an answer, ms since the epoch. */
function pausesOf({ attempts = [] }: AssistantTurn): readonly number[] {
  return attempts.filter(({ stopReason }) => stopReason === 'pause_turn').map(({ at }) => at);
}

/** Whether a block is thinking, readable or not. */
export function isThought(block: { readonly type: string }): boolean {
  return block.type === 'thinking' || block.type === 'redacted_thinking';
}

function isBlank(text: unknown): boolean {
  return typeof text !== 'string' || text.trim() === '';
}

/** A text that was cut in the middle of a character would not be taken back. */
function mended(block: ContentBlock): ContentBlock {
  const text = block.type === 'text' && typeof block.text === 'string' ? block.text : '';
  const whole = wellFormed(text);
  return whole === text ? block : { ...block, text: whole };
}
