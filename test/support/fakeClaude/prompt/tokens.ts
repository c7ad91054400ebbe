import { blocksOf, textOf, type Wire, wireOf, wires } from '../wire.ts';
import { type ImageSize, imageSize } from './imageSize.ts';
import { pdfTokens } from './pdfPages.ts';
import { readSigned } from './signature.ts';

/** What a block's tokens depend on besides the block. */
export interface TokenRules {
  readonly tokenFactor: number;
  readonly imageTier: 'high' | 'standard';
}

/** Tokens that each message costs beyond its content. */
export const MESSAGE_OVERHEAD = 4;
/** Tokens of the instructions that any tools bring with them. */
export const TOOLS_OVERHEAD = 290;

/**
 * Tokens of a text, about one per 3.5 characters of prose or code. Deterministic and the same everywhere on this server:
 * six letters, three digits or two punctuation marks to a token, a blank goes with the word after it, other scripts
 * take half their UTF-8 bytes.
 */
export function countText(text: string): number {
  let tokens = 0;
  let kind = BLANK;
  let length = 0;
  for (let index = 0; index < text.length; index += 1) {
    const next = kindOf(text.charCodeAt(index));
    if (next !== kind) {
      tokens += Math.ceil((length - (kind === BLANK ? 1 : 0)) / (PER_TOKEN[kind] ?? 1));
      kind = next;
      length = 0;
    }
    length += 1;
  }
  return tokens + Math.ceil(length / (PER_TOKEN[kind] ?? 1));
}

/** Tokens of a content block, tool or system block as this model reads it. */
export function countBlock(block: Wire, rules: TokenRules): number {
  return Math.ceil(rawTokens(block, rules) * (block.type === 'image' ? 1 : rules.tokenFactor));
}

/**
 * Tokens of an image: those of the largest size of its shape that keeps to the edge and the tokens of the model's tier,
 * found by trying one after the other.
 */
export function countImage(size: ImageSize, tier: 'high' | 'standard'): number {
  const { edge, tokens } = TIERS[tier];
  const isWide = size.width >= size.height;
  const [long, short] = isWide ? [size.width, size.height] : [size.height, size.width];
  let side = Math.min(long, edge);
  while (side > 1 && patches(side) * patches(shortSide(side, long, short)) > tokens) side -= 1;
  return patches(side) * patches(shortSide(side, long, short));
}

/** The longest start of a text that takes at most `tokens`. */
export function cutText(text: string, tokens: number): string {
  let fits = 0;
  let tooLong = text.length + 1;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (countText(text.slice(0, middle)) <= tokens) fits = middle;
    else tooLong = middle;
  }
  return text.slice(0, fits);
}

const TIERS = {
  high: { edge: 2576, tokens: 4784 },
  standard: { edge: 1568, tokens: 1568 },
} as const;

/** The short side that goes with a long one, rounded to the even number where it lies in the middle of two. */
function shortSide(side: number, long: number, short: number): number {
  if (side === long) return short;
  const exact = side / (long / short);
  const rounded = Math.round(exact);
  return Math.max(1, Math.abs(exact % 1) === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded);
}

function patches(side: number): number {
  return Math.ceil(side / 28);
}

const BLANK = 0;
const LETTER = 1;
const DIGIT = 2;
const MARK = 3;
const OTHER = 4;
/** Characters of a kind that make a token; a UTF-16 unit beyond ASCII is about three bytes. */
const PER_TOKEN = [12, 6, 3, 2, 0.7];

function kindOf(code: number): number {
  if (code > 127) return OTHER;
  if (code <= 32) return BLANK;
  if (code >= 48 && code <= 57) return DIGIT;
  const lower = code | 32;
  return (lower >= 97 && lower <= 122) || code === 95 ? LETTER : MARK;
}

function rawTokens(block: Wire, rules: TokenRules): number {
  switch (block.type) {
    case 'text':
      return countText(textOf(block.text));
    case 'thinking':
    case 'redacted_thinking':
      return thinkingTokens(block);
    case 'image':
      return imageTokens(block, rules.imageTier);
    case 'document':
      return documentTokens(block, rules);
    case 'tool_result':
      return 12 + sum(blocksOf(block.content), rules);
    case 'search_result':
      return countText(`${textOf(block.title)} ${textOf(block.source)}`) + sum(wires(block.content), rules);
    case 'tool_use':
      return 12 + countText(`${textOf(block.name)} ${JSON.stringify(block.input ?? {})}`);
    case 'compaction':
      return countText(textOf(block.content));
    default:
      return countText(JSON.stringify(block));
  }
}

/** Thinking counts in full even when only its signature was shown; the signature says how long it was. */
function thinkingTokens(block: Wire): number {
  const facts = readSigned(block.type === 'thinking' ? block.signature : block.data);
  return typeof facts?.tokens === 'number' ? facts.tokens : countText(textOf(block.thinking));
}

function imageTokens(block: Wire, tier: 'high' | 'standard'): number {
  const size = imageSize(wireOf(block.source));
  return size ? countImage(size, tier) : TIERS[tier].tokens;
}

/** A PDF costs the texts and the pictures of its pages, which are found by their markers in the file. */
function documentTokens(block: Wire, rules: TokenRules): number {
  const source = wireOf(block.source);
  const about = countText(`${textOf(block.title)} ${textOf(block.context)}`);
  if (source.type === 'text') return about + countText(textOf(source.data));
  if (source.type === 'content') return about + sum(blocksOf(source.content), rules);
  return about + pdfTokens(source);
}

function sum(blocks: readonly Wire[], rules: TokenRules): number {
  return blocks.reduce((total, block) => total + countBlock(block, rules), 0);
}
