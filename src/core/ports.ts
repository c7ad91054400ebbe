import type { ChatEvent } from './conversation/events.ts';
import type {
  ContentBlock,
  Conversation,
  Failure,
  MissCause,
  ModelChoice,
  Usage,
} from './conversation/model.ts';
import type { ImageType, StoredImage } from './conversation/parts.ts';
import type { BilledTokens } from './history/billed.ts';
import type { ModelInfo } from './modelInfo.ts';
import type { SpendingEntry } from './money/money.ts';
import type { MessageRequest } from './request/messageRequest.ts';

/**
 * What the core needs of the outside world. Implementations never throw and never reject:
 * a failure comes back as a value.
 */

/** Either a value or the reason why there is none. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export function succeed<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T>(failure: Failure): Result<T> {
  return { ok: false, failure };
}

/** How an answer ended. `usage` is what is known of the bill, also when the answer is partial. */
export type AnswerEnd = {
  readonly usage?: Usage;
  readonly requestId?: string;
  /** What the API says about a cache miss, when it was asked and knows. */
  readonly cacheMiss?: MissCause;
} & (
  | { readonly outcome: 'done'; readonly stopReason: string; readonly explanation?: string }
  | { readonly outcome: 'stopped' }
  | { readonly outcome: 'failed'; readonly failure: Failure }
);

/** What comes back while an answer streams, in the API's own order. */
export type AnswerPiece =
  | {
      readonly type: 'started';
      readonly messageId: string;
      readonly usage: Usage;
      readonly requestId?: string;
      /** Thinking blocks that the API left out, from `input_transformations`; absent when none. */
      readonly thinkingDropped?: number;
    }
  | { readonly type: 'blockStarted'; readonly index: number; readonly block: ContentBlock }
  | { readonly type: 'delta'; readonly index: number; readonly delta: ContentBlock }
  | { readonly type: 'blockEnded'; readonly index: number }
  | ({ readonly type: 'end' } & AnswerEnd);

/** One request on its way. */
export interface Exchange {
  /** Ends with exactly one `end`, whatever happens; never throws. Iterate once. */
  readonly pieces: AsyncIterable<AnswerPiece>;
  /** Cuts the HTTP request at once; harmless when it is over. */
  stop(): void;
}

/** A count on its way. */
export interface Counting {
  /** Prompt tokens, or why they could not be counted; a cancelled count fails with `timeout`. */
  readonly tokens: Promise<Result<number>>;
  cancel(): void;
}

/** The Messages API behind one address and key. */
export interface Claude {
  start(request: MessageRequest): Exchange;
  /** Prompt tokens of a request, counted by the API; what it cannot count must have been taken out. */
  countTokens(request: MessageRequest): Counting;
  /** Sends a request for what it does to the cache alone, and gives its bill. Its `max_tokens` must be 0. */
  warm(request: MessageRequest): Promise<Result<Usage>>;
  /** All models the key may use, in the endpoint's order. Gives up after `timeout` ms. */
  models(timeout: number): Promise<Result<readonly ModelInfo[]>>;
}

/** Where a `Claude` lives and how it proves who asks. */
export interface ClaudeAddress {
  /** Without `/v1`. */
  readonly baseUrl: string;
  /** Asked before every request; undefined when no key is set for this address. */
  readonly key: () => Promise<string | undefined>;
  /** True where requests may go out without a key (gateways on this machine). */
  readonly keyOptional: boolean;
  /** Hears of the `anthropic-ratelimit-...` headers of each response, by lower-case name without that start. */
  readonly onRateLimits?: (limits: Readonly<Record<string, string>>) => void;
}

/** The messages of storage failures that another window is the cause of; an answer is arriving there, or it is only open. */
export const ANSWERING_ELSEWHERE = 'answering in another window';
export const HELD_ELSEWHERE = 'open in another window';
/** The same of what another window has taken over or deleted: what had not been written here yet is in the quarantine. */
export const TAKEN_OVER = 'taken over by another window';
/** The message of the storage failure of a journal that only a newer Parley understands; it is left as it is. */
export const NEWER_FORMAT = 'written by a newer Parley';

/** What the list of conversations shows; derived from the journals, never the truth. */
export interface ConversationSummary {
  readonly id: string;
  readonly title: string;
  readonly createdAt: number;
  /** When something was asked or answered last; renaming, deleting and copying the file do not count. */
  readonly updatedAt: number;
  readonly turns: number;
  readonly pinned: boolean;
  /** The model that answered last, or was chosen before the first answer. */
  readonly model?: ModelChoice;
  /** What was billed for it, branches and summaries included. */
  readonly billed: readonly BilledTokens[];
  /** The workspace it began in, as `FrozenSystem.workspace`. */
  readonly workspace?: string;
  readonly deletedAt?: number;
  /** Version of the format of a file that is newer than this code; nothing else of it is known then. */
  readonly newerVersion?: number;
}

/** Where the events of one conversation go. */
export interface Journal {
  /**
   * Takes events in order; they are on disk within 250 ms, or `watch` hears why not. `after` is the conversation that they have
   * led to, as the caller has it anyway: of that the journal is written anew should it have vanished.
   */
  append(events: readonly ChatEvent[], after?: Conversation): void;
  /** Resolves when all that was appended is on disk and flushed to the device. */
  settle(): Promise<Result<void>>;
  /** Calls back when writing begins to fail, and with undefined when everything is written again. */
  watch?(listener: (failure: Failure | undefined) => void): void;
}

/** A conversation taken from the store together with the journal that continues it. */
export interface OpenConversation {
  readonly conversation: Conversation;
  readonly journal: Journal;
}

export interface ConversationStore {
  /** Newest first; none when it was cancelled. Unreadable files are left out of the list and left alone on disk. */
  list(isCancelled?: () => boolean): Promise<readonly ConversationSummary[]>;
  /** A new conversation, under the given id or a new one; nothing is on disk until its first turn is. */
  create(id?: string): OpenConversation;
  /** Reads a journal; broken lines are set aside, an open answer is closed as `interrupted`. */
  open(id: string): Promise<Result<OpenConversation>>;
  /** What a journal holds, whoever writes it; nothing is taken over and nothing is closed. */
  read(id: string): Promise<Result<Conversation>>;
  /** Moves the conversation to the trash, from where `restore` brings it back. */
  remove(id: string): Promise<Result<void>>;
  restore(id: string): Promise<Result<void>>;
}

/** The bytes of attachments, by content hash. Kept for as long as a conversation may name them. */
export interface AttachmentStore {
  /** Stores bytes once, however often they are given. */
  put(bytes: Uint8Array): Promise<Result<{ readonly sha256: string }>>;
  /**
   * The bytes as base64, as requests carry them. Fails with `storage`, and with the code `GONE` where they will never
   * be had again: missing or damaged. Anything else may be over a moment later.
   */
  base64(sha256: string): Promise<Result<string>>;
  /** The bytes as UTF-8; fails as `base64` does. */
  text(sha256: string): Promise<Result<string>>;
}

/** The code of the failure of an attachment that is gone for good. */
export const GONE = 'gone';
/** The codes of storage failures that are not about writing: of reading, and of moving to the trash and back. */
export const NOT_READ = 'notRead';
export const NOT_MOVED = 'notMoved';

/** Makes images smaller where that is possible (in the page, which has a decoder). */
export interface ImageShrinker {
  /** An image of at most `maxSide` px and `maxBytes` bytes that shows the same; fails when it cannot. */
  shrink(
    image: StoredImage,
    limits: { readonly maxSide: number; readonly maxBytes: number },
  ): Promise<Result<{ readonly bytes: Uint8Array; readonly mediaType: ImageType } & ImageSize>>;
}

/** In px. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** What all windows together have spent, on disk, append-only. */
export interface SpendingLog {
  append(entry: SpendingEntry): Promise<Result<void>>;
  /** All entries from this time on (ms since the epoch), of all windows, oldest first. */
  since(time: number): Promise<readonly SpendingEntry[]>;
}

/** The outside things that make a run differ from another. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** A new id that no other window makes as well. */
  newId(): string;
  /** Calls back after `ms`; the returned function calls it off. */
  after(ms: number, callback: () => void): () => void;
  /** At least 0, below 1. */
  random(): number;
}
