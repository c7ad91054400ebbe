import type { ContentBlock } from '../conversation/model.ts';
import type { ImageSize } from '../ports.ts';
import type { ImageBlock, MessageRequest, UserBlock } from '../request/messageRequest.ts';
import { imageSizeOf } from './imageSize.ts';
import { type ImageTier, tokenFactor } from './modelFacts.ts';

/**
 * Tokens of a text in any language, for a tokenizer of today (about 3.3 characters of English or code to a token).
 * Never less for a longer text that starts with a shorter one; 0 only for an empty text. One pass, a few ms per MB.
 */
export function estimateText(text: string): number {
  let tokens = 0;
  let before: number = BLANK;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const kind = code < 128 ? (ASCII[code] ?? OTHER) : kindBeyond(code);
    tokens += kind === before ? (MORE[kind] ?? 1) : (FIRST[kind] ?? 1);
    before = kind;
  }
  return Math.ceil(tokens);
}

/**
 * What an exact count has taught: a prompt whose text was reckoned at `estimated` tokens had `exact`, and what is
 * added to it counts `factor` times its estimate. Images are reckoned by the API's own rule and stay out of it.
 */
export interface Calibration {
  readonly estimated: number;
  readonly exact: number;
  readonly factor: number;
}

/** Estimates as they are before anything was counted. */
export const UNCALIBRATED: Calibration = { estimated: 0, exact: 0, factor: 1 };

/**
 * The prompt of a request in tokens, without asking anybody. After `calibrate` with a count of the same conversation
 * it is within about 2 %. Cheap when repeated: blocks that are the same objects are reckoned once.
 */
export function estimateRequest(request: MessageRequest, tier: ImageTier, calibration: Calibration): number {
  const images = estimateImages(request, tier);
  let text = request.messages.length * MESSAGE_TOKENS;
  for (const block of blocksOf(request)) if (block.type !== 'image') text += estimateBlock(block, tier);
  return Math.round(calibrated(text * tokenFactor(request.model), calibration) + images);
}

/** The part of `estimateRequest` that its images make. */
export function estimateImages(request: MessageRequest, tier: ImageTier): number {
  let tokens = 0;
  for (const block of blocksOf(request)) if (block.type === 'image') tokens += estimateBlock(block, tier);
  return tokens;
}

/**
 * Learns from an exact count. `estimated` is the request's estimate with `UNCALIBRATED`, `images` the part of both that
 * its images make. Counts that say nothing leave the calibration as it was.
 */
export function calibrate(
  calibration: Calibration,
  estimated: number,
  exact: number,
  images = 0,
): Calibration {
  const reckoned = estimated - images;
  const counted = exact - images;
  if (!(reckoned > 0) || !(counted > 0) || !Number.isFinite(counted)) return calibration;
  const doubt = FEW_TOKENS ** 2 / (reckoned + FEW_TOKENS);
  const factor = (counted + doubt * calibration.factor) / (reckoned + doubt);
  return { estimated: reckoned, exact: counted, factor: Math.min(4, Math.max(0.25, factor)) };
}

/**
 * Tokens of an image (API docs, vision): one for each 28 by 28 px, after it was made to fit the tier's long edge,
 * and never more than the tier allows.
 */
export function imageTokens({ width, height }: ImageSize, tier: ImageTier): number {
  const { edge, tokens } = TIERS[tier];
  const scale = Math.min(1, edge / Math.max(width, height));
  return Math.min(tokens, Math.ceil((width * scale) / PATCH) * Math.ceil((height * scale) / PATCH));
}

/** The most that an image can cost, in tokens; what one costs whose size nobody knows. */
export function mostImageTokens(tier: ImageTier): number {
  return TIERS[tier].tokens;
}

/** Tokens of one block by itself, today's tokenizer, uncalibrated. */
export function estimateBlock(block: UserBlock | ContentBlock, tier: ImageTier): number {
  const known = remembered[tier].get(block);
  if (known !== undefined) return known;
  const tokens = reckonBlock(block, tier);
  remembered[tier].set(block, tokens);
  return tokens;
}

/** Tokens that a message costs beyond its content. */
export const MESSAGE_TOKENS = 4;

const BLANK = 0;
const BREAK = 1;
const LOWER = 2;
const UPPER = 3;
const DIGIT = 4;
const MARK = 5;
const ACCENTED = 6;
const ALPHABET = 7;
const SYLLABLE = 8;
const IDEOGRAPH = 9;
const OTHER = 10;

/**
 * Tokens that a character of a kind adds, at the start of a run of its kind and within one. A blank goes with the word
 * after it; indentation and empty lines come in a few tokens; words cost by their length.
 */
const FIRST = [0.05, 0.6, 0.65, 0.6, 0.8, 0.75, 0.6, 0.7, 0.9, 1.15, 1.2];
const MORE = [0.05, 0.3, 0.19, 0.4, 0.35, 0.45, 0.5, 0.42, 0.75, 1.1, 1.2];

const ASCII = Uint8Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code);
  if (letter === '\n') return BREAK;
  if (code <= 32) return BLANK;
  if (letter >= 'a' && letter <= 'z') return LOWER;
  if (letter >= 'A' && letter <= 'Z') return UPPER;
  return letter >= '0' && letter <= '9' ? DIGIT : MARK;
});

/** Scripts beyond ASCII by their place in Unicode: the fewer texts a tokenizer has seen of one, the dearer. */
function kindBeyond(code: number): number {
  if (code < 0x250) return code < 0xc0 ? MARK : ACCENTED;
  if (code < 0x600) return ALPHABET;
  if (code < 0x1100) return SYLLABLE;
  if (code >= 0x3040 && code < 0x3100) return SYLLABLE;
  if (code >= 0x3400 && code < 0xa000) return IDEOGRAPH;
  if (code >= 0xac00 && code < 0xd7b0) return SYLLABLE;
  return OTHER;
}

const PATCH = 28;

const TIERS = {
  high: { edge: 2576, tokens: 4784 },
  standard: { edge: 1568, tokens: 1568 },
} as const;

/** So few tokens prove little of a language; beside them the experience so far counts as much. */
const FEW_TOKENS = 60;

/** Blocks never change, so what was reckoned of one holds for as long as the block lives. */
const remembered: Record<ImageTier, WeakMap<object, number>> = {
  high: new WeakMap(),
  standard: new WeakMap(),
};

function* blocksOf({ system = [], messages }: MessageRequest): Iterable<UserBlock | ContentBlock> {
  yield* system;
  for (const { content } of messages) yield* content;
}

/** Below the counted prompt by its ratio, above it by what is added. */
function calibrated(text: number, { estimated, exact, factor }: Calibration): number {
  if (text >= estimated) return exact + (text - estimated) * factor;
  return (text * exact) / estimated;
}

function reckonBlock(block: UserBlock | ContentBlock, tier: ImageTier): number {
  if (isImage(block)) return reckonImage(block, tier);
  switch (block.type) {
    case 'text':
      return estimateText(textIn(block.text));
    case 'thinking':
      // What was thought counts in full, even where it is not shown; the signature holds it, encrypted.
      return Math.max(estimateText(textIn(block.thinking)), textIn(block.signature).length / SIGNATURE_CHARS);
    case 'redacted_thinking':
      return textIn(block.data).length / SIGNATURE_CHARS;
    case 'compaction':
      return estimateText(textIn(block.content));
    default:
      return estimateText(JSON.stringify(block));
  }
}

/** Characters of base64 that stand for a token of encrypted text. */
const SIGNATURE_CHARS = 5;

function isImage(block: UserBlock | ContentBlock): block is ImageBlock {
  return block.type === 'image';
}

function reckonImage({ source }: ImageBlock, tier: ImageTier): number {
  const size = source.type === 'base64' ? imageSizeOf(source.data) : undefined;
  return size ? imageTokens(size, tier) : mostImageTokens(tier);
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
