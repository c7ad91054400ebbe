import type { Conversation, Repair } from '../conversation/model.ts';
import type { ModelInfo } from '../modelInfo.ts';
import type { ComposedRequest, UserBlock } from './messageRequest.ts';
import { type SentImage, sentImages, thinkingBehind } from './sentParts.ts';

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
 * What has to change before the API would take this request, by the limits of its documentation (API docs, vision).
 * Empty for a request that keeps them. `model` is undefined where nobody knows it; then the widest limits hold.
 */
export function checkLimits(
  composed: ComposedRequest,
  conversation: Conversation,
  model: ModelInfo | undefined,
): readonly Need[] {
  const images = sentImages(composed, conversation);
  if (images.length === 0) return [];
  const left = new Set(leftOut(images, composed, model));
  const kept = images.filter((image) => !left.has(image));
  const maxSide = kept.length > MANY_IMAGES ? IMAGE_LIMITS.manySide : IMAGE_LIMITS.side;
  const large = kept.filter((image) => isTooLarge(image, maxSide));
  const changed = new Set([...left, ...large].map(({ turn }) => turn));
  return [
    ...[...left].map(leaveOut),
    ...large.map((image) => shrink(image)),
    ...thinkingBehind(changed, composed),
  ];
}

/** Leaves an image out for good. */
export function leaveOut({ turn, part }: Pick<SentImage, 'turn' | 'part'>): Need {
  return { kind: 'partLeftOut', turn, part };
}

/**
 * Makes an image as small as a limit can ever ask for, so that it changes once at most: each change costs the cache from
 * there on. `maxBytes` is that of the file.
 */
export function shrink(
  { turn, part }: Pick<SentImage, 'turn' | 'part'>,
  maxBytes: number = bytesOf(IMAGE_LIMITS.base64),
): Need {
  return { kind: 'shrinkImage', turn, part, maxSide: IMAGE_LIMITS.manySide, maxBytes };
}

/** Bytes of a file whose base64 has this many characters. */
export function bytesOf(base64: number): number {
  return Math.floor(base64 / 4) * 3;
}

/** Limits of an image: px of its longest side, characters of its base64. */
export const IMAGE_LIMITS = { side: 8_000, manySide: 2_000, base64: 10 * 1024 * 1024 } as const;

/** Above this many images in a request the smaller side counts. */
const MANY_IMAGES = 20;
/** Bytes. */
const LARGEST_BODY = 32 * 1024 * 1024;
/** Tokens; models with no larger window take fewer images. */
const SMALL_WINDOW = 200_000;

function leftOut(
  images: readonly SentImage[],
  composed: ComposedRequest,
  model: ModelInfo | undefined,
): readonly SentImage[] {
  if (model?.images === false) return images;
  const most = (model?.maxInput ?? Number.POSITIVE_INFINITY) <= SMALL_WINDOW ? 100 : 600;
  const tooMany = Math.max(0, images.length - most);
  let size = bodySize(composed, images);
  // What is made smaller anyway is reckoned as it will be.
  for (const image of images) size -= Math.max(0, image.size - IMAGE_LIMITS.base64);
  let at = 0;
  for (; at < images.length && (at < tooMany || size > LARGEST_BODY); at++) {
    size -= Math.min(images[at]?.size ?? 0, IMAGE_LIMITS.base64);
  }
  // When not even all of them help, the fault lies elsewhere.
  return size > LARGEST_BODY ? images.slice(0, tooMany) : images.slice(0, at);
}

function isTooLarge({ image: { source } }: SentImage, maxSide: number): boolean {
  if (source.type !== 'stored') return false;
  const base64 = Math.ceil(source.bytes / 3) * 4;
  return base64 > IMAGE_LIMITS.base64 || Math.max(source.width, source.height) > maxSide;
}

/** Bytes of the body as it goes over the wire. */
function bodySize({ request }: ComposedRequest, images: readonly SentImage[]): number {
  const messages = request.messages.map((message) =>
    message.role === 'user' ? { ...message, content: message.content.map(withoutData) } : message,
  );
  const bare = utf8Length(JSON.stringify({ ...request, messages }));
  return images.reduce((total, { size }) => total + size, bare);
}

function withoutData(block: UserBlock): UserBlock {
  if (block.type !== 'image' || block.source.type !== 'base64') return block;
  return { ...block, source: { ...block.source, data: '' } };
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
