import type { ContentBlock } from '../conversation/model.ts';
import {
  type DocumentBlock,
  type ImageBlock,
  type MessageRequest,
  PAGES,
  type UserBlock,
} from '../request/messageRequest.ts';
import { documentTokens } from './documentTokens.ts';
import { estimateText } from './estimateText.ts';
import { imageTokens, mostImageTokens } from './imageFit.ts';
import { imageSizeOf } from './imageSize.ts';
import { type ImageTier, tokenFactor } from './modelFacts.ts';

/**
 * What an exact count has taught: a prompt whose text was reckoned at `estimated` tokens had `exact`, and what is
 * added to it counts `factor` times its estimate. Images are reckoned by the API's own rule and stay out of it.
 */
export interface Calibration {
  readonly estimated: number;
  readonly exact: number;
  readonly factor: number;
  /** The same for its documents: how dense the pages of one are says nothing of another, so they have no factor. */
  readonly documents: { readonly estimated: number; readonly exact: number };
}

/** Estimates as they are before anything was counted. */
export const UNCALIBRATED: Calibration = {
  estimated: 0,
  exact: 0,
  factor: 1,
  documents: { estimated: 0, exact: 0 },
};

/** Tokens of a prompt by what they are reckoned from: text is a guess, documents are a rough one, images are a rule. */
export interface Reckoned {
  readonly text: number;
  readonly documents: number;
  readonly images: number;
}

/**
 * The prompt of a request in tokens, without asking anybody. After `calibrate` with a count of the same conversation
 * it is within about 2 %. Cheap when repeated: blocks that are the same objects are reckoned once.
 */
export function estimateRequest(request: MessageRequest, tier: ImageTier, calibration: Calibration): number {
  const { text, documents, images } = reckon(request, tier);
  const paged = calibrated(documents, { ...calibration.documents, factor: 1 });
  return Math.round(calibrated(text, calibration) + paged + images);
}

/** The prompt of a request in tokens, uncalibrated. */
export function reckon(request: MessageRequest, tier: ImageTier): Reckoned {
  let text = request.messages.length * MESSAGE_TOKENS;
  let documents = 0;
  let images = 0;
  for (const block of blocksOf(request)) {
    const tokens = estimateBlock(block, tier);
    if (block.type === 'image') images += tokens;
    else if (block.type === 'document') documents += tokens;
    else text += tokens;
  }
  return { text: text * tokenFactor(request.model), documents, images };
}

/**
 * Learns from an exact count of what was reckoned so. Of documents that were counted before, the tokens are known, and
 * the text has the rest; of others the text is taken to be as reckoned, and they have the rest. Counts that say nothing
 * leave the calibration as it was.
 */
export function calibrate(calibration: Calibration, reckoned: Reckoned, exact: number): Calibration {
  const counted = exact - reckoned.images;
  if (!(counted > 0) || !Number.isFinite(counted)) return calibration;
  if (!(reckoned.documents > 0)) return calibratedText(calibration, reckoned.text, counted);
  const text = calibrated(reckoned.text, calibration);
  const known = calibration.documents;
  const rest = counted - known.exact;
  const isKnown = known.estimated === reckoned.documents && Math.abs(rest - text) <= text * MOST_DOUBT;
  if (isKnown) return calibratedText(calibration, reckoned.text, rest);
  if (counted <= text) return calibration;
  return {
    ...calibration,
    estimated: reckoned.text,
    exact: text,
    documents: { estimated: reckoned.documents, exact: counted - text },
  };
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

/** So few tokens prove little of a language; beside them the experience so far counts as much. */
const FEW_TOKENS = 60;

/**
 * Two parts of one text differ from the experience by up to 10 %, each by another share, so that a count within these
 * proves less of what follows: the experience stands for so many tokens beside it. Further off is another tokenizer.
 */
const USUAL = { share: 0.1, tokens: 200 };

/** By what share the text may differ from what was expected before the documents are taken to be others. */
const MOST_DOUBT = 0.3;

/** Blocks never change, so what was reckoned of one holds for as long as the block lives. */
const remembered: Record<ImageTier, WeakMap<object, number>> = {
  high: new WeakMap(),
  standard: new WeakMap(),
};

function* blocksOf({ system = [], messages }: MessageRequest): Iterable<UserBlock | ContentBlock> {
  yield* system;
  for (const { content } of messages) yield* content;
}

function calibratedText(calibration: Calibration, reckoned: number, counted: number): Calibration {
  if (!(reckoned > 0) || !(counted > 0)) return calibration;
  const isUsual = Math.abs(counted / reckoned - calibration.factor) <= calibration.factor * USUAL.share;
  const doubt = isUsual ? USUAL.tokens : FEW_TOKENS ** 2 / (reckoned + FEW_TOKENS);
  const factor = (counted + doubt * calibration.factor) / (reckoned + doubt);
  return { ...calibration, estimated: reckoned, exact: counted, factor: Math.min(4, Math.max(0.25, factor)) };
}

/** Below the counted prompt by its ratio, above it by what is added. */
function calibrated(
  tokens: number,
  { estimated, exact, factor }: Pick<Calibration, 'estimated' | 'exact' | 'factor'>,
): number {
  if (tokens >= estimated) return exact + (tokens - estimated) * factor;
  return (tokens * exact) / estimated;
}

function reckonBlock(block: UserBlock | ContentBlock, tier: ImageTier): number {
  if (isImage(block)) return reckonImage(block, tier);
  if (isDocument(block)) return documentTokens(block[PAGES], (block.source.data.length * 3) / 4);
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

function isDocument(block: UserBlock | ContentBlock): block is DocumentBlock {
  return block.type === 'document';
}

function reckonImage({ source }: ImageBlock, tier: ImageTier): number {
  const size = source.type === 'base64' ? imageSizeOf(source.data) : undefined;
  return size ? imageTokens(size, tier) : mostImageTokens(tier);
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
