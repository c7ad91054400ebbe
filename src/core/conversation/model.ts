/**
 * What a conversation is: readonly values, no behavior.
 * Times are milliseconds since the epoch, token figures are whole tokens as the API reports them.
 */

/** Any JSON value, as it stands on the wire and on disk. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A content block exactly as the API sent it; it goes back exactly like this, whatever its type. */
export type ContentBlock = { readonly type: string } & { readonly [field: string]: Json };

/** A model as the user sees it: the id that is sent and the name that is shown. */
export interface ModelChoice {
  readonly id: string;
  readonly name: string;
}

/** Text the user wrote. */
export interface TextPart {
  readonly kind: 'text';
  readonly text: string;
}

/** A piece of code the user attached. Lines count from 1, both ends included. */
export interface CodePart {
  readonly kind: 'code';
  /** Path as shown: relative to its workspace folder, or absolute, or a name such as `Untitled-1`. */
  readonly path: string;
  /** Where it came from, as a URI string, so that it can be opened again. */
  readonly uri: string;
  readonly languageId: string;
  readonly startLine: number;
  readonly endLine: number;
  /** True when the text differed from what was on disk as it was attached. */
  readonly unsaved: boolean;
  readonly text: string;
}

/** One thing in a question. */
export type Part = TextPart | CodePart;

/** What the user sent. */
export interface UserTurn {
  readonly role: 'user';
  readonly id: string;
  /** The turn this one follows, or null for the first. */
  readonly parent: string | null;
  readonly at: number;
  readonly parts: readonly Part[];
}

/** How an answer stands. Only `streaming` changes; `interrupted` means that its writer died. */
export type AnswerState = 'streaming' | 'done' | 'stopped' | 'failed' | 'interrupted';

/** One content block of an answer and the time it took to arrive. */
export interface AnswerBlock {
  readonly content: ContentBlock;
  readonly startedAt: number;
  /** Absent while the block still grows, or when it never ended. */
  readonly endedAt?: number;
}

/** What Claude answered. */
export interface AssistantTurn {
  readonly role: 'assistant';
  readonly id: string;
  readonly parent: string | null;
  readonly at: number;
  readonly model: ModelChoice;
  /** Effort that was asked for; absent when the model takes none. */
  readonly effort?: string;
  readonly state: AnswerState;
  readonly blocks: readonly AnswerBlock[];
  /** The API's id of the message, as `diagnostics.previous_message_id` wants it. */
  readonly messageId?: string;
  readonly requestId?: string;
  /** An open set: `end_turn`, `max_tokens`, `refusal`, ... and what is invented later. */
  readonly stopReason?: string;
  readonly usage?: Usage;
  readonly failure?: Failure;
  readonly endedAt?: number;
}

export type Turn = UserTurn | AssistantTurn;

/** What one answer was billed for, in tokens. The whole prompt is input + cacheRead + cacheWrite. */
export interface Usage {
  /** Input after the last cache point, at the full price. */
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** The part of `cacheWrite` with a lifetime of one hour. */
  readonly cacheWrite1h: number;
  readonly output: number;
  /** The part of `output` that was thinking, where the API says so. */
  readonly thinking?: number;
  /** The API's own list of what it ran (compactions, fallbacks), kept as it came. */
  readonly iterations?: Json;
}

/** Every way in which an answer can fail, as the user would tell them apart. */
export type FailureKind =
  | 'noKey'
  | 'badKey'
  | 'forbidden'
  | 'billing'
  | 'spendLimit'
  | 'rateLimit'
  | 'overloaded'
  | 'server'
  | 'invalidRequest'
  | 'unknownModel'
  | 'noEndpoint'
  | 'tooLarge'
  | 'tooLong'
  | 'badAddress'
  | 'network'
  | 'proxy'
  | 'certificate'
  | 'timeout'
  | 'stalled'
  | 'cutOff'
  | 'malformed'
  | 'captivePortal'
  | 'refusal'
  | 'empty'
  | 'storage'
  | 'unexpected';

/** A failure is a value that ends a turn. It never holds a key or a prompt. */
export interface Failure {
  readonly kind: FailureKind;
  readonly status?: number;
  /** The API's `error.type` and `error_code`, where it gave them. */
  readonly type?: string;
  readonly code?: string;
  /** The API's own sentence, or the system's error code (`ECONNREFUSED`). */
  readonly message?: string;
  readonly requestId?: string;
  /** How long the server asks to wait, in ms. */
  readonly retryAfter?: number;
}

/** The system prompt of a conversation, frozen when its first question is sent. */
export interface FrozenSystem {
  /** Version of the rules by which parts become text (see `request.ts`); part of the cached prefix. */
  readonly format: number;
  readonly texts: readonly string[];
}

/** A whole conversation as its events have made it. */
export interface Conversation {
  readonly id: string;
  readonly createdAt: number;
  readonly title: string;
  readonly model?: ModelChoice;
  readonly effort?: string;
  readonly system?: FrozenSystem;
  /** The turns from the first to the newest, each the parent of the next. */
  readonly turns: readonly Turn[];
  /** Turns that another branch has replaced. They stay on disk and can be taken up again. */
  readonly aside: readonly Turn[];
  readonly deletedAt?: number;
}

/** Turns a failed lookup into `undefined` instead of a guess. */
export function findTurn(conversation: Conversation, id: string): Turn | undefined {
  return conversation.turns.findLast((turn) => turn.id === id);
}

/** The answer that is still arriving, if there is one. */
export function streamingTurn(conversation: Conversation): AssistantTurn | undefined {
  const last = conversation.turns.at(-1);
  return last?.role === 'assistant' && last.state === 'streaming' ? last : undefined;
}

/** The text of an answer as Markdown: its text blocks joined without a separator, thinking left out. */
export function answerText(turn: AssistantTurn): string {
  return turn.blocks.map((block) => textOf(block.content)).join('');
}

/** The text of a `text` block, else an empty string. */
export function textOf(block: ContentBlock): string {
  const text = block.text;
  return block.type === 'text' && typeof text === 'string' ? text : '';
}

/** The readable text of a `thinking` block, else an empty string. */
export function thinkingOf(block: ContentBlock): string {
  const thinking = block.thinking;
  return block.type === 'thinking' && typeof thinking === 'string' ? thinking : '';
}
