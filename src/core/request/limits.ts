import type { Conversation, Repair } from '../conversation/model.ts';
import type { ImagePart } from '../conversation/parts.ts';
import type { ModelInfo } from '../modelInfo.ts';
import type { ComposedRequest, UserBlock } from './messageRequest.ts';
import { mediaAbove, oldestAbove } from './oldestFirst.ts';
import { isImage, newestQuestion, type SentFile, sentFiles, thinkingBehind } from './sentParts.ts';

/** A change that a request needs. An image has to be made smaller first, which only the page can do. */
export type Need =
  | Repair
  | {
      readonly kind: 'shrinkImage';
      readonly turn: string;
      readonly part: number;
      /** px. */
      readonly maxSide: number;
      /** Bytes of the file, before base64. */
      readonly maxBytes: number;
    };

/**
 * What has to change before the API would take this request, by the limits of its documentation (API docs: vision, PDF
 * support, errors). Empty for a request that keeps them, and for this one when its needs are met. `model` is undefined
 * where nobody knows it; then the widest limits hold.
 */
export function checkLimits(
  composed: ComposedRequest,
  conversation: Conversation,
  model: ModelInfo | undefined,
): readonly Need[] {
  const files = sentFiles(composed, conversation);
  if (files.length === 0) return [];
  const left = new Set(leftOut(files, composed, model));
  const kept = files.filter((file) => !left.has(file)).filter(isImage);
  const maxSide = kept.length > MANY_IMAGES ? IMAGE_LIMITS.manySide : IMAGE_LIMITS.side;
  const large = kept.filter((image) => isTooLarge(image, maxSide));
  const changed = new Set([...left, ...large].map(({ turn }) => turn));
  return [
    ...[...left].map(leaveOut),
    ...large.map((image) => shrink(image)),
    ...thinkingBehind(changed, composed),
  ];
}

/** The most images and pages of documents, counted together, that a request to this model may have. */
export function mostMedia(model: ModelInfo | undefined): number {
  return (model?.maxInput ?? Number.POSITIVE_INFINITY) < LARGE_WINDOW ? 100 : 600;
}

/** Leaves a part out for good. */
export function leaveOut({ turn, part }: Pick<SentFile, 'turn' | 'part'>): Need {
  return { kind: 'partLeftOut', turn, part };
}

/**
 * Makes an image as small as a limit can ever ask for, so that it changes once at most: each change costs the cache from
 * there on. `maxBytes` is that of the file.
 */
export function shrink(
  { turn, part }: Pick<SentFile, 'turn' | 'part'>,
  maxBytes: number = bytesOf(IMAGE_LIMITS.base64),
): Need {
  return { kind: 'shrinkImage', turn, part, maxSide: IMAGE_LIMITS.manySide, maxBytes };
}

/** Bytes of a file whose base64 has this many characters. */
export function bytesOf(base64: number): number {
  return Math.floor(base64 / 4) * 3;
}

/** Characters of the base64 of so many bytes. */
export function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/** Limits of an image: px of its longest side, characters of its base64. */
export const IMAGE_LIMITS = { side: 8_000, manySide: 2_000, base64: 10 * 1024 * 1024 } as const;

/** Above this many images in a request the smaller side counts. */
export const MANY_IMAGES = 20;

/** Bytes of the body of a request. */
export const LARGEST_BODY = 32 * 1024 * 1024;

/** Tokens; models with a smaller window take fewer images and pages. */
const LARGE_WINDOW = 1_000_000;

function leftOut(
  files: readonly SentFile[],
  composed: ComposedRequest,
  model: ModelInfo | undefined,
): readonly SentFile[] {
  const newest = newestQuestion(composed);
  const unread = files.filter((file) => !reads(model, file));
  const read = files.filter((file) => reads(model, file));
  const left = [...unread, ...mediaAbove(read, { most: mostMedia(model), newest })];
  return [...left, ...tooHeavy(files, left, composed)];
}

function reads(model: ModelInfo | undefined, file: SentFile): boolean {
  return (isImage(file) ? model?.images : model?.pdf) !== false;
}

/** Those that have to go besides the ones that are left out, for the body not to be too large. */
function tooHeavy(
  files: readonly SentFile[],
  left: readonly SentFile[],
  composed: ComposedRequest,
): readonly SentFile[] {
  const gone = new Set(left);
  const reliefOf = (file: SentFile): number => sizeAfter(file) - sentenceSize(file);
  const heavy = files.filter((file) => !gone.has(file) && reliefOf(file) > 0);
  const without = new Set([...left, ...heavy]);
  const rest = files.reduce(
    (size, file) => size + (without.has(file) ? sentenceSize(file) : sizeAfter(file)),
    bareSize(composed),
  );
  // When not even all of them help, the fault lies elsewhere.
  if (rest > LARGEST_BODY) return [];
  return oldestAbove(heavy, { most: LARGEST_BODY - rest, newest: newestQuestion(composed) }, reliefOf);
}

/** Bytes of the sentence that takes the place of a file, and some more. */
function sentenceSize({ file: { label } }: SentFile): number {
  return 200 + utf8Length(JSON.stringify(label));
}

/** Characters of base64; what is made smaller anyway is reckoned as it will be. */
function sizeAfter(file: SentFile): number {
  return isImage(file) ? Math.min(file.size, IMAGE_LIMITS.base64) : file.size;
}

function isTooLarge({ file: { source } }: SentFile<ImagePart>, maxSide: number): boolean {
  if (source.type !== 'stored') return false;
  return base64Length(source.bytes) > IMAGE_LIMITS.base64 || Math.max(source.width, source.height) > maxSide;
}

/** Bytes of the body as it goes over the wire, but for its files. */
function bareSize({ request }: ComposedRequest): number {
  const messages = request.messages.map((message) =>
    message.role === 'user' ? { ...message, content: message.content.map(withoutData) } : message,
  );
  return utf8Length(JSON.stringify({ ...request, messages }));
}

function withoutData(block: UserBlock): UserBlock {
  if (block.type === 'text' || block.source.type !== 'base64') return block;
  return block.type === 'image'
    ? { ...block, source: { ...block.source, data: '' } }
    : { ...block, source: { ...block.source, data: '' } };
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    // A half of a surrogate pair is two of its four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}
