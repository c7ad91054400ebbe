import type { DraftAttachment, ImageWishes, Mention, SelectionOffer, ShownAttachment } from './attaching.ts';
import type { ChatEvent } from './conversation/events.ts';
import type { Compaction, FrozenSystem, ThinkingMode, Turn, UserTurn } from './conversation/model.ts';
import type { ImageType, Part } from './conversation/parts.ts';
import type { CacheState, Prices, Quote } from './money/money.ts';
import { PAGE_COMMANDS, type PageCommand, type Settings } from './settings.ts';
import type { TextPatch } from './textPatch.ts';

/** Both sides must speak the same version; a page of another version is given a fresh document. */
export const PROTOCOL_VERSION = 8;

/** The longest text the page may send at once, in UTF-16 units: what the API takes at most, with room to spare. */
export const MAX_TEXT = 32 * 1024 * 1024;

/** The largest file that goes from one side to the other, in bytes. */
export const MAX_FILE = 64 * 1024 * 1024;

/** The unsent question of a conversation. */
export interface Draft {
  readonly text: string;
  readonly caret: number;
  readonly attachments: readonly DraftAttachment[];
  /** Grows with every change on the page, so that of two texts the newer is known; 0 when absent. */
  readonly revision?: number;
  readonly unfinished?: Unfinished;
}

/** What is being written beside the next question and has not been taken yet. */
export interface Unfinished {
  /** Another text for a question that was asked. */
  readonly editing: { readonly turn: string; readonly text: string } | null;
  /** Instructions of the conversation. */
  readonly instructions: string | null;
}

/** Where the answers come from, in the user's words. */
export interface ChatStatus {
  readonly modelId: string;
  readonly modelName: string;
  /** Absent when the model takes none. */
  readonly effort?: string;
  /** Context window in tokens; absent when unknown. */
  readonly contextWindow?: number;
  /** Host name when the address is not Anthropic's own; shown so that nobody mistakes who answers. */
  readonly endpoint?: string;
  /** What stands between the user and the first question. */
  readonly key: 'missing' | 'importable' | 'present';
  readonly profile?: string;
  readonly sendKey: Settings['sendKey'];
  readonly showThinking: boolean;
  /** Absent when the model leaves no choice. */
  readonly thinking?: ThinkingMode;
  /** Said of models on their way out, gone, or `unlisted` at this address; `until` is an ISO 8601 day. */
  readonly leaving?: { readonly lifecycle: string; readonly until?: string };
  /** Effective prices by model id; a model that is missing has no known price. */
  readonly prices: Prices;
  readonly compaction: {
    readonly mode: Settings['compaction'];
    /** Share of the context window, 0 to 1. */
    readonly threshold: number;
    /** Whether the model can summarize. */
    readonly possible: boolean;
  };
  /** What the system prompt of a conversation that starts now is made of; `tokens` is an estimate. */
  readonly systemPrompt: readonly { readonly source: string; readonly tokens: number }[];
  readonly images: ImageWishes;
}

/** Facts for the page. Every message carries `seq`, one more than the one before; a snapshot starts anew. */
export type ToView = { readonly seq: number } & (
  | {
      readonly type: 'snapshot';
      readonly version: number;
      readonly conversation: {
        readonly id: string;
        readonly createdAt: number;
        readonly title: string;
        /** The newest turns; `older` more lie before them. */
        readonly turns: readonly Turn[];
        readonly older: number;
        readonly instructions?: string;
        /** Frozen with the first question; absent before. */
        readonly system?: FrozenSystem;
        readonly compactions: readonly Compaction[];
        /** Another window writes it, and this page shows what comes. */
        readonly readOnly: boolean;
      };
      readonly draft: Draft & { readonly attachments: readonly ShownAttachment[] };
      readonly offer: SelectionOffer | null;
      readonly status: ChatStatus;
    }
  | { readonly type: 'events'; readonly conversation: string; readonly events: readonly ChatEvent[] }
  | {
      readonly type: 'olderTurns';
      readonly conversation: string;
      readonly turns: readonly Turn[];
      readonly older: number;
    }
  /** Show this turn. It comes with those around it, which the page may lack; `older` more lie before them. */
  | {
      readonly type: 'turnAsked';
      readonly conversation: string;
      readonly turn: string;
      readonly turns: readonly Turn[];
      readonly older: number;
    }
  | { readonly type: 'statusChanged'; readonly status: ChatStatus }
  | { readonly type: 'attachmentsChanged'; readonly attachments: readonly ShownAttachment[] }
  /**
   * A picture that the host has found or kept for the page, which prepares it and sends `attachImage` with the same id.
   * `replaces` tells that it is to take the place of the attachment with that id; so many more follow at once.
   */
  | {
      readonly type: 'imageOffered';
      readonly id: string;
      readonly label: string;
      readonly bytes: Uint8Array;
      readonly replaces: boolean;
      readonly following: number;
    }
  /** What `attachImage` brought is attached, or cannot be: then what was there before, if anything, still is. */
  | { readonly type: 'imageTaken'; readonly id: string; readonly making: string }
  | {
      readonly type: 'imageRefused';
      readonly id: string;
      readonly making: string;
      readonly sentence: string;
    }
  /** A wish to attach is done with, so many things were taken; its pictures, if any, have been offered before. */
  | { readonly type: 'wishSettled'; readonly id: string; readonly taken: number }
  /** The bytes of a stored image that was asked for with `readImage`; empty when they are gone. */
  | {
      readonly type: 'imageRead';
      readonly sha256: string;
      readonly mediaType: ImageType;
      readonly bytes: Uint8Array;
    }
  /** What `@` offers for a query; the best first. Answers that come late belong to an older query. */
  | { readonly type: 'mentionsFound'; readonly query: string; readonly mentions: readonly Mention[] }
  | { readonly type: 'selectionOffered'; readonly offer: SelectionOffer | null }
  /** The wish was not granted: the text goes back into the composer and the sentence is shown. */
  | { readonly type: 'askRefused'; readonly text: string; readonly sentence: string }
  | { readonly type: 'noticeShown'; readonly sentence: string }
  /** What sending the draft as it stands would cost, and how warm the cache is. */
  | {
      readonly type: 'quoteChanged';
      readonly conversation: string;
      /** Null when nothing can be said (no connection to count over and nothing to reckon from). */
      readonly quote: Quote | null;
      /** Tokens of the draft's text within `quote.input`, and the text's length in UTF-16 units then. */
      readonly textTokens: number;
      readonly textLength: number;
      readonly cache: CacheState;
    }
  /**
   * A budget stopped a request before it left; `allowOnce` sends it nevertheless. `ofDraft` tells that it was
   * the draft, whose text stands in the composer again and leaves it with `allowOnce`.
   */
  | { readonly type: 'budgetReached'; readonly sentence: string; readonly ofDraft: boolean }
  /** Asks for a smaller image; the answer is `imageShrunk` with the same id. `data` is base64. */
  | {
      readonly type: 'imageShrinkAsked';
      readonly id: string;
      readonly data: string;
      readonly mediaType: ImageType;
      readonly maxSide: number;
      readonly maxBytes: number;
    }
  /** A change of the draft did not fit what the host has: the page is to send the whole text. */
  | { readonly type: 'draftAsked' }
  | { readonly type: 'focusAsked' }
  /** Attach the pictures on the clipboard, which only a page can read. */
  | { readonly type: 'pasteAsked' }
  /** Words for a question that a command began; they go into the composer only where nothing is written yet. */
  | { readonly type: 'textSuggested'; readonly text: string }
);

/**
 * Names what a wish attaches or changes: an attachment, or the wish itself, with an id that the page has made. The
 * conversation is the one for which it was meant, which need not be the one shown when it is granted.
 */
export interface WishName {
  readonly id: string;
  readonly conversation: string;
}

/** What comes with every change of a draft. The conversation need not be the one shown when it arrives. */
export interface DraftChange {
  readonly conversation: string;
  readonly caret: number;
  readonly revision: number;
}

/** Wishes of the page. */
export type ToHost =
  | { readonly type: 'ready'; readonly version: number }
  /** The conversation is the one that the page shows, which need not be the host's any more; so in `changeInstructions`. */
  | { readonly type: 'ask'; readonly conversation: string; readonly text: string }
  | { readonly type: 'stop' }
  /** Has the window that writes the conversation hand it over to this one. */
  | { readonly type: 'continueHere' }
  /** Asks anew for the answer to the newest question; the old answer goes aside. */
  | { readonly type: 'retry' }
  /** Ends the wait for the next attempt. */
  | { readonly type: 'retryNow' }
  /** Asks for the rest of the newest answer, which was cut short. */
  | { readonly type: 'continueAnswer' }
  /** Asks another question in place of this one; what followed it goes aside. */
  | { readonly type: 'edit'; readonly turn: string; readonly text: string }
  /** Opens a new conversation with everything up to this turn. */
  | { readonly type: 'fork'; readonly turn: string }
  /** Sends what a budget has stopped, this once. */
  | { readonly type: 'allowOnce' }
  | { readonly type: 'changeInstructions'; readonly conversation: string; readonly text: string }
  /** Empty instructions are the API's own. */
  | { readonly type: 'compact'; readonly instructions: string }
  | {
      readonly type: 'decideCompaction';
      readonly compaction: string;
      readonly state: 'taken' | 'declined' | 'undone';
    }
  /** Empty `data` when the page could not do it. */
  | {
      readonly type: 'imageShrunk';
      readonly id: string;
      readonly data: string;
      readonly mediaType: ImageType;
      readonly width: number;
      readonly height: number;
    }
  | { readonly type: 'showOlder'; readonly before: string }
  /** The same the other way, where the page lacks what follows a turn. */
  | { readonly type: 'showNewer'; readonly after: string }
  | ({ readonly type: 'changeDraft'; readonly text: string } & DraftChange)
  /** The same for a long text: its change since the revision `of`, of which the text had so many UTF-16 units. */
  | ({ readonly type: 'patchDraft'; readonly of: number; readonly length: number } & TextPatch & DraftChange)
  | ({ readonly type: 'changeUnfinished'; readonly conversation: string } & Unfinished)
  | ({ readonly type: 'removeAttachment' } & WishName)
  /** A picture that was given to the page itself: kept by the host until it comes back prepared, given up or removed. */
  | ({ readonly type: 'keepPicture'; readonly label: string; readonly bytes: Uint8Array } & WishName)
  /** The picture of this id cannot be prepared, so it need not be offered again. */
  | ({ readonly type: 'giveUpPicture' } & WishName)
  /**
   * A prepared picture. An id that an attachment has already takes its place (cropped, blacked out). `making` names this
   * version of it in the answer, `imageTaken` or `imageRefused`. `note` says what was done to it, empty when nothing was.
   */
  | ({
      readonly type: 'attachImage';
      readonly making: string;
      readonly label: string;
      readonly mediaType: ImageType;
      readonly bytes: Uint8Array;
      readonly width: number;
      readonly height: number;
      readonly note: string;
    } & WishName)
  /** A file from outside that is no picture. This wish and the next ones are answered with `wishSettled`. */
  | ({ readonly type: 'attachFile'; readonly name: string; readonly bytes: Uint8Array } & WishName)
  /** What was dropped from VS Code itself or from a browser, one URI a line. */
  | ({ readonly type: 'attachUris'; readonly uris: string } & WishName)
  /** A long text that was pasted. */
  | ({ readonly type: 'attachText'; readonly text: string } & WishName)
  /** `mention` is the id of one that was found. */
  | ({ readonly type: 'attachMention'; readonly mention: string } & WishName)
  /** Pins the file or folder that was found to the workspace's context; a notice says what became of it. */
  | { readonly type: 'pinMention'; readonly mention: string }
  /** Attaches the selection that was offered. */
  | ({ readonly type: 'acceptSelection' } & WishName)
  /** Takes what the attachment was taken from as it is now. */
  | ({ readonly type: 'refreshAttachment'; readonly attachment: string } & WishName)
  /** Asks for the bytes of a stored image of this conversation, to show it. */
  | { readonly type: 'readImage'; readonly sha256: string; readonly mediaType: ImageType }
  | { readonly type: 'findMentions'; readonly query: string }
  /** Offers no selections any more. */
  | { readonly type: 'declineSelections' }
  | { readonly type: 'openAttachment'; readonly id: string }
  | { readonly type: 'openPart'; readonly turn: string; readonly part: number }
  | { readonly type: 'openLink'; readonly href: string }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'insertAtCursor'; readonly text: string }
  | { readonly type: 'openNewFile'; readonly text: string; readonly language: string }
  | { readonly type: 'runInTerminal'; readonly text: string }
  | { readonly type: 'importKey' }
  | { readonly type: 'openSettings'; readonly query: string }
  | { readonly type: 'run'; readonly command: PageCommand }
  | { readonly type: 'report'; readonly message: string };

/**
 * The single gate for everything the page says. Gives undefined for anything that is not exactly a wish:
 * an unknown type, a missing field, a wrong type, a text beyond all limits.
 */
export function decodeToHost(message: unknown): ToHost | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, ...rest } = message as Record<string, unknown>;
  const fields =
    typeof type === 'string' && Object.hasOwn(SHAPES, type) ? SHAPES[type as ToHost['type']] : undefined;
  return fields && isObject(rest, fields) ? (message as ToHost) : undefined;
}

/** True for an object with exactly these fields. */
function isObject(value: unknown, fields: Readonly<Record<string, Check>>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const expected = Object.entries(fields);
  if (Object.keys(value).length !== expected.length) return false;
  return expected.every(([name, check]) => check((value as Record<string, unknown>)[name]));
}

/** The page needs no attachment's text, nor an update's: a question may carry megabytes that are never shown. */
export function withoutAttachedText(turn: Turn): Turn {
  if (turn.role !== 'user') return turn;
  const parts = turn.parts.map(bare);
  return { ...turn, parts } satisfies UserTurn;
}

/** An attachment's part as the page needs it. */
export function bare(part: Part): Part {
  if (part.kind === 'update' && part.removed) {
    const removed = part.removed.map(({ folder, files }) => ({ folder, files, names: [] }));
    return { ...part, removed };
  }
  const isLong = part.kind === 'code' || part.kind === 'excerpt' || part.kind === 'update';
  return isLong ? { ...part, text: '' } : part;
}

type Check = (value: unknown) => boolean;
type Fields<T> = { readonly [K in Exclude<keyof T, 'type'>]: Check };

const text: Check = (value) => typeof value === 'string' && value.length <= MAX_TEXT;
const name: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= 200;
const count: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const query: Check = (value) => typeof value === 'string' && value.length <= 200;
const hash: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const anyBytes: Check = (value) => value instanceof Uint8Array && value.length <= MAX_FILE;
const someBytes: Check = (value) => anyBytes(value) && (value as Uint8Array).length > 0;
const command: Check = (value) => PAGE_COMMANDS.some((known) => known === value);
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.some((known) => known === value);
const imageType: Check = oneOf('image/png', 'image/jpeg', 'image/gif', 'image/webp');

/** Ids of conversations become file names. */
const conversation: Check = (value) => typeof value === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(value);
const edited: Check = (value) => isObject(value, { turn: name, text });
const orNothing =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);

const WISH_NAME = { id: name, conversation };
const DRAFT_CHANGE = { conversation, caret: count, revision: count };

/** A shape for each wish; the type makes it impossible to forget one. */
const SHAPES: { readonly [T in ToHost['type']]: Fields<Extract<ToHost, { type: T }>> } = {
  ready: { version: count },
  ask: { conversation, text },
  stop: {},
  continueHere: {},
  retry: {},
  retryNow: {},
  continueAnswer: {},
  edit: { turn: name, text },
  fork: { turn: name },
  allowOnce: {},
  changeInstructions: { conversation, text },
  compact: { instructions: text },
  decideCompaction: { compaction: name, state: oneOf('taken', 'declined', 'undone') },
  imageShrunk: { id: name, data: text, mediaType: imageType, width: count, height: count },
  showOlder: { before: name },
  showNewer: { after: name },
  changeDraft: { ...DRAFT_CHANGE, text },
  patchDraft: { ...DRAFT_CHANGE, of: count, length: count, start: count, end: count, text },
  changeUnfinished: { conversation, editing: orNothing(edited), instructions: orNothing(text) },
  removeAttachment: WISH_NAME,
  keepPicture: { ...WISH_NAME, label: name, bytes: someBytes },
  giveUpPicture: WISH_NAME,
  attachImage: {
    ...WISH_NAME,
    making: name,
    label: name,
    mediaType: imageType,
    bytes: someBytes,
    width: count,
    height: count,
    note: text,
  },
  attachFile: { ...WISH_NAME, name, bytes: anyBytes },
  attachUris: { ...WISH_NAME, uris: text },
  attachText: { ...WISH_NAME, text },
  attachMention: { ...WISH_NAME, mention: name },
  pinMention: { mention: name },
  acceptSelection: WISH_NAME,
  refreshAttachment: { ...WISH_NAME, attachment: name },
  readImage: { sha256: hash, mediaType: imageType },
  findMentions: { query },
  declineSelections: {},
  openAttachment: { id: name },
  openPart: { turn: name, part: count },
  openLink: { href: text },
  copy: { text },
  insertAtCursor: { text },
  openNewFile: { text, language: text },
  runInTerminal: { text },
  importKey: {},
  openSettings: { query: name },
  run: { command },
  report: { message: text },
};
