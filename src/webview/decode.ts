import type { ToView } from '../core/protocol.ts';

/**
 * The gate for what comes from the host. Gives undefined for a message of an unknown type or without its
 * fields; the page then meets a gap in the numbers and asks for a snapshot, so nothing half-read is shown.
 */
export function decodeToView(message: unknown): ToView | undefined {
  if (!isRecord(message) || typeof message.type !== 'string' || !count(message.seq)) return undefined;
  if (!Object.hasOwn(SHAPES, message.type)) return undefined;
  const fields: [string, Check][] = Object.entries(SHAPES[message.type as ToView['type']]);
  return fields.every(([name, check]) => check(message[name])) ? (message as unknown as ToView) : undefined;
}

type Check = (value: unknown) => boolean;
type Fields<T> = { readonly [K in Exclude<keyof T, 'type' | 'seq'>]: Check };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const text: Check = (value) => typeof value === 'string';
const count: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const flag: Check = (value) => typeof value === 'boolean';
const figure: Check = (value) => typeof value === 'number' && value >= 0;
const list =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(item);

const event: Check = (value) => isRecord(value) && text(value.type);
const part: Check = (value) =>
  isRecord(value) &&
  (value.kind !== 'text' || text(value.text)) &&
  ((value.kind !== 'image' && value.kind !== 'document') || (text(value.label) && isRecord(value.source)));
const attachment: Check = (value) =>
  isRecord(value) &&
  text(value.id) &&
  part(value.part) &&
  figure(value.tokens) &&
  (value.notes === undefined || list(text)(value.notes));
/** Made in another realm, bytes are no `Uint8Array` of this one. */
const bytes: Check = (value) => ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === BYTES;
const BYTES = '[object Uint8Array]';
const offer: Check = (value) =>
  value === null || (isRecord(value) && text(value.label) && text(value.title) && figure(value.tokens));
const mention: Check = (value) =>
  isRecord(value) && text(value.id) && text(value.kind) && text(value.label) && text(value.detail);
const images: Check = (value) => isRecord(value) && flag(value.possible) && count(value.sent);
const block: Check = (value) => isRecord(value) && isRecord(value.content) && text(value.content.type);
const turn: Check = (value) =>
  isRecord(value) &&
  text(value.id) &&
  (value.role === 'user'
    ? list(part)(value.parts)
    : value.role === 'assistant' && isRecord(value.model) && list(block)(value.blocks));
const compaction: Check = (value) =>
  isRecord(value) && text(value.id) && text(value.through) && list(isRecord)(value.blocks);

const conversation: Check = (value) =>
  isRecord(value) &&
  text(value.id) &&
  text(value.title) &&
  list(turn)(value.turns) &&
  count(value.older) &&
  flag(value.readOnly) &&
  list(compaction)(value.compactions);
const draft: Check = (value) =>
  isRecord(value) && text(value.text) && count(value.caret) && list(attachment)(value.attachments);
const status: Check = (value) =>
  isRecord(value) &&
  text(value.modelName) &&
  text(value.key) &&
  isRecord(value.prices) &&
  isRecord(value.compaction) &&
  list(isRecord)(value.systemPrompt) &&
  images(value.images);
const quote: Check = (value) => value === null || (isRecord(value) && figure(value.input));
const cache: Check = (value) => isRecord(value) && text(value.state);

/** A shape for each message; the type makes it impossible to forget one. */
const SHAPES: { readonly [T in ToView['type']]: Fields<Extract<ToView, { type: T }>> } = {
  snapshot: { version: count, conversation, draft, offer, status },
  events: { conversation: text, events: list(event) },
  olderTurns: { conversation: text, turns: list(turn), older: count },
  turnAsked: { conversation: text, turn: text, turns: list(turn), older: count },
  statusChanged: { status },
  attachmentsChanged: { attachments: list(attachment) },
  imageOffered: { id: text, label: text, bytes, replaces: flag, following: count },
  imageTaken: { id: text, making: text },
  imageRefused: { id: text, making: text, sentence: text },
  wishSettled: { id: text, taken: count },
  imageRead: { sha256: text, mediaType: text, bytes },
  mentionsFound: { query: text, mentions: list(mention) },
  selectionOffered: { offer },
  askRefused: { text, sentence: text },
  noticeShown: { sentence: text },
  quoteChanged: { conversation: text, quote, textTokens: figure, textLength: count, cache },
  budgetReached: { sentence: text, ofDraft: flag },
  imageShrinkAsked: { id: text, data: text, mediaType: text, maxSide: count, maxBytes: count },
  draftAsked: {},
  focusAsked: {},
  pasteAsked: {},
  textSuggested: { text },
};
