/**
 * What a conversation is: readonly values, no behavior.
 * Times are milliseconds since the epoch, token figures are whole tokens as the API reports them.
 */

import type { Part } from './parts.ts';

/** Any JSON value, as it stands on the wire and on disk. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A content block exactly as the API sent it; it goes back exactly like this, whatever its type. */
export type ContentBlock = { readonly type: string } & { readonly [field: string]: Json };

/** A model as the user sees it: the id that is sent and the name that is shown. */
export interface ModelChoice {
  readonly id: string;
  readonly name: string;
}

/** What the user sent. */
export interface UserTurn {
  readonly role: 'user';
  readonly id: string;
  /** The turn this one follows, or null for the first. */
  readonly parent: string | null;
  readonly at: number;
  readonly parts: readonly Part[];
  /** The answer that this question only asks to go on with. */
  readonly continues?: string;
  /** Positions of parts that are no longer sent, because the API refused them or their files are gone. */
  readonly leftOut?: readonly number[];
  /** Those of them whose files are gone. */
  readonly gone?: readonly number[];
  /** True when the whole question is no longer sent, because the API refused it. */
  readonly withdrawn?: boolean;
  /** True when a newer context pack holds what its update parts told, so that they are no longer sent. */
  readonly superseded?: boolean;
  /** True when it left before the pinned files had been looked at again, with what was known of them from before. */
  readonly filesAsBefore?: boolean;
}

/** How an answer stands. Only `streaming` changes; `interrupted` means that its writer died. */
export type AnswerState = 'streaming' | 'done' | 'stopped' | 'failed' | 'interrupted';

/** One content block of an answer and the time it took to arrive. */
export interface AnswerBlock {
  readonly content: ContentBlock;
  readonly startedAt: number;
  /** Absent while the block still grows, or when it never ended. */
  readonly endedAt?: number;
  /** True when it is no longer sent, because the API refused it. */
  readonly leftOut?: boolean;
}

/** One cache point of a request: everything up to it can be read by later requests until it expires. */
export interface CachePoint {
  /** Chained hash of the prompt up to here, with model and settings; see `money/ledger.ts`. */
  readonly key: string;
  readonly ttl: CacheTtl;
  /** Prompt tokens up to here as far as they were known when the request left. */
  readonly tokens?: number;
}

export type CacheTtl = '5m' | '1h';

/** How the input of a request divides, in tokens. Their sum is the whole prompt. */
export interface InputSplit {
  /** After the last cache point, at the full price. */
  readonly fresh: number;
  readonly read: number;
  readonly write5m: number;
  readonly write1h: number;
}

/** What was promised before a request left. */
export interface Quoted extends InputSplit {
  /** True when the prompt was counted by the API, false when it was estimated. */
  readonly exact: boolean;
  /** The largest answer that was allowed, in tokens. */
  readonly maxOutput: number;
}

/** A request as it left, for the bill, the cache ledger and the next request's diagnostics. */
export interface SentRequest {
  readonly at: number;
  /** Positions of the prompt that this request caches, first to last. */
  readonly points: readonly CachePoint[];
  readonly quoted?: Quoted;
  /** Thinking mode that was asked for; absent when the field was not sent. */
  readonly thinking?: string;
}

/** A request of an answer that did not end it: it failed and was repeated, or the server paused. */
export interface Attempt {
  readonly at: number;
  readonly usage?: Usage;
  readonly failure?: Failure;
  readonly stopReason?: string;
}

/** The wait before a request is repeated. */
export interface Waiting {
  /** When the next attempt starts, ms since the epoch. */
  readonly until: number;
  /** The attempt that comes next, from 2, and the most there will be. */
  readonly attempt: number;
  readonly attempts: number;
  readonly failure: Failure;
}

/** What was changed in a request after the API had refused it. Each is shown, and stays in force. */
export type Repair =
  /** An optional field is not sent to this endpoint any more; one that nobody complained of is only tried without. */
  | { readonly kind: 'fieldDropped'; readonly field: OptionalField; readonly guessed?: true }
  | { readonly kind: 'maxTokensLowered'; readonly tokens: number }
  /** `gone`: nobody has refused it, its file is gone. */
  | { readonly kind: 'partLeftOut'; readonly turn: string; readonly part: number; readonly gone?: true }
  | { readonly kind: 'partReplaced'; readonly turn: string; readonly part: number; readonly by: Part }
  | { readonly kind: 'blockLeftOut'; readonly turn: string; readonly index: number }
  /** Thinking of this turn and of all before it is not sent any more. */
  | { readonly kind: 'thinkingLeftOut'; readonly through: string }
  /** This question, and its answer if it has one, are not sent any more. */
  | { readonly kind: 'turnWithdrawn'; readonly turn: string }
  | { readonly kind: 'compactionDropped'; readonly compaction: string }
  /** The text of the context pack is gone for good; a sentence stands in its place. */
  | { readonly kind: 'packGone' };

/** Fields that a request can do without, by the name under which a server complains of them. */
export type OptionalField =
  | 'thinking'
  | 'thinking.display'
  | 'block_binding'
  | 'effort'
  | 'cache_control'
  | 'cache_ttl'
  | 'diagnostics';

/** Why a cache hit that was predicted did not happen; an open set on the API's side. */
export type MissCause =
  | 'expired'
  | 'modelChanged'
  | 'settingsChanged'
  | 'systemChanged'
  | 'messagesChanged'
  | 'toolsChanged'
  | 'notFound'
  | 'unknown';

/** A predicted cache read that did not come, or came short. */
export interface CacheMiss {
  readonly cause: MissCause;
  /** Tokens that were expected to be read and were not. */
  readonly tokens: number;
}

/** A summary that stands for the beginning of a conversation. */
export interface Compaction {
  readonly id: string;
  readonly at: number;
  readonly model: ModelChoice;
  /** The last turn that the summary stands for. */
  readonly through: string;
  /** How it was made: on demand, or by a context edit for models without that. */
  readonly way: 'summarize' | 'threshold';
  readonly instructions?: string;
  readonly state: 'running' | 'offered' | 'taken' | 'declined' | 'undone' | 'failed' | 'dropped';
  /** What the API returned, byte for byte; it goes back unchanged. */
  readonly blocks: readonly ContentBlock[];
  readonly usage?: Usage;
  readonly failure?: Failure;
  readonly stopReason?: string;
  /** Prompt tokens of the next request before and after, as far as they are known. */
  readonly tokensBefore?: number;
  readonly tokensAfter?: number;
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
  /** The request as it left last; absent as long as none has. */
  readonly sent?: SentRequest;
  /** Requests before that one, each with its own bill. */
  readonly attempts?: readonly Attempt[];
  /** Set while the next attempt is being waited for. */
  readonly waiting?: Waiting;
  readonly repairs?: readonly Repair[];
  readonly cacheMiss?: CacheMiss;
  /** Thinking blocks that the API left out of the prompt, because they no longer fit. */
  readonly thinkingDropped?: number;
  /** The compaction that was in force when this was asked; its thinking belongs to that prefix. */
  readonly compaction?: string;
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
  | 'onHold'
  | 'compaction'
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
  /** Where in the request the fault lies (`messages.0.content.1`), where the API says so. */
  readonly paths?: readonly string[];
  /** The limit that was passed (px for images), where the API says so. */
  readonly limit?: number;
}

/** The system prompt of a conversation, frozen when its first question is sent. */
export interface FrozenSystem {
  /** Version of the rules by which parts become text (see `request.ts`); part of the cached prefix. */
  readonly format: number;
  readonly texts: readonly string[];
  /** Where each text comes from, in the same order: `base`, `settings`, `conversation`, or the name of a file. */
  readonly sources?: readonly string[];
  /** The workspace it began in; files that are pinned there concern this conversation, those of others do not. */
  readonly workspace?: string;
  /** The pinned files of the workspace, where there were any. */
  readonly pack?: FrozenPack;
}

/** A revision of the workspace's context pack. Its text and its manifest lie in the attachment store. */
export interface FrozenPack {
  /** It stands before the text at this position of `FrozenSystem.texts`. */
  readonly at: number;
  /** SHA-256 of its text as UTF-8, hexadecimal; this names the revision. */
  readonly sha256: string;
  /** SHA-256 of its manifest as JSON (see `core/request/pack.ts`). */
  readonly manifest: string;
  readonly files: number;
  /** Estimate, for a factor of one. */
  readonly tokens: number;
  /** True when its text is gone for good: a sentence stands in its place. */
  readonly gone?: boolean;
}

/** One text of a system prompt and where it comes from (see `FrozenSystem.sources`). */
export interface SystemText {
  readonly source: string;
  readonly text: string;
}

/** Whether the model shall think before it answers, where that can be chosen. */
export type ThinkingMode = 'on' | 'off';

/** A whole conversation as its events have made it. */
export interface Conversation {
  readonly id: string;
  readonly createdAt: number;
  readonly title: string;
  /** True when it stands first in the list of conversations. */
  readonly pinned?: boolean;
  readonly model?: ModelChoice;
  readonly effort?: string;
  readonly thinking?: ThinkingMode;
  /** Instructions of this conversation alone; part of the system prompt once that is frozen. */
  readonly instructions?: string;
  readonly system?: FrozenSystem;
  /** The turns from the first to the newest, each the parent of the next. */
  readonly turns: readonly Turn[];
  /** Turns that another branch has replaced. They stay on disk and can be taken up again. */
  readonly aside: readonly Turn[];
  readonly compactions: readonly Compaction[];
  /** Thinking of these turns and of all before each is not sent any more. */
  readonly thinkingLeftOutThrough?: string;
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

/**
 * The compaction in force: the newest one that was taken and whose turns are still those of the conversation.
 * Undefined when the whole history is sent.
 */
export function compactionInForce(conversation: Conversation): Compaction | undefined {
  return conversation.compactions.findLast(
    (compaction) =>
      compaction.state === 'taken' && conversation.turns.some((turn) => turn.id === compaction.through),
  );
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

/** Tokens that the newest answer that was counted has left in the context window; undefined when none was counted. */
export function contextTokens({ turns }: Pick<Conversation, 'turns'>): number | undefined {
  const usage = turns.findLast(
    (turn): turn is AssistantTurn => turn.role === 'assistant' && turn.usage !== undefined,
  )?.usage;
  return usage && usage.input + usage.cacheRead + usage.cacheWrite + usage.output;
}
