import type { ChatEvent } from './conversation/events.ts';
import type { Part, Turn, UserTurn } from './conversation/model.ts';
import { PAGE_COMMANDS, type PageCommand, type Settings } from './settings.ts';

/** Both sides must speak the same version; a page of another version is given a fresh document. */
export const PROTOCOL_VERSION = 1;

/** The longest text the page may send at once, in UTF-16 units: what the API takes at most, with room to spare. */
export const MAX_TEXT = 32 * 1024 * 1024;

/** What the user attached to the question that is being written. The text itself stays with the host. */
export interface DraftAttachment {
  readonly id: string;
  readonly part: Part;
}

/** The unsent question of a conversation. */
export interface Draft {
  readonly text: string;
  readonly caret: number;
  readonly attachments: readonly DraftAttachment[];
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
      };
      readonly draft: Draft;
      readonly status: ChatStatus;
    }
  | { readonly type: 'events'; readonly conversation: string; readonly events: readonly ChatEvent[] }
  | {
      readonly type: 'olderTurns';
      readonly conversation: string;
      readonly turns: readonly Turn[];
      readonly older: number;
    }
  | { readonly type: 'statusChanged'; readonly status: ChatStatus }
  | { readonly type: 'attachmentsChanged'; readonly attachments: readonly DraftAttachment[] }
  /** The wish was not granted: the text goes back into the composer and the sentence is shown. */
  | { readonly type: 'askRefused'; readonly text: string; readonly sentence: string }
  | { readonly type: 'noticeShown'; readonly sentence: string }
  | { readonly type: 'focusAsked' }
);

/** Wishes of the page. */
export type ToHost =
  | { readonly type: 'ready'; readonly version: number }
  | { readonly type: 'ask'; readonly text: string }
  | { readonly type: 'stop' }
  /** Asks anew for the answer to the newest question; the old answer goes aside. */
  | { readonly type: 'retry' }
  | { readonly type: 'showOlder'; readonly before: string }
  | { readonly type: 'changeDraft'; readonly text: string; readonly caret: number }
  | { readonly type: 'removeAttachment'; readonly id: string }
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
  if (!fields) return undefined;
  const given = Object.keys(rest);
  const expected = Object.entries(fields) as [string, Check][];
  if (given.length !== expected.length) return undefined;
  if (!expected.every(([name, check]) => check(rest[name]))) return undefined;
  return message as ToHost;
}

/** The page needs no attachment's text: a question may carry megabytes that are never shown. */
export function withoutAttachedText(turn: Turn): Turn {
  if (turn.role !== 'user') return turn;
  const parts = turn.parts.map(bare);
  return { ...turn, parts } satisfies UserTurn;
}

/** An attachment's part as the page needs it. */
export function bare(part: Part): Part {
  return part.kind === 'code' ? { ...part, text: '' } : part;
}

type Check = (value: unknown) => boolean;
type Fields<T> = { readonly [K in Exclude<keyof T, 'type'>]: Check };

const text: Check = (value) => typeof value === 'string' && value.length <= MAX_TEXT;
const name: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= 200;
const count: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const command: Check = (value) => PAGE_COMMANDS.some((known) => known === value);

/** A shape for each wish; the type makes it impossible to forget one. */
const SHAPES: { readonly [T in ToHost['type']]: Fields<Extract<ToHost, { type: T }>> } = {
  ready: { version: count },
  ask: { text },
  stop: {},
  retry: {},
  showOlder: { before: name },
  changeDraft: { text, caret: count },
  removeAttachment: { id: name },
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
