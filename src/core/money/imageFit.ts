import type { ImageSize } from '../ports.ts';
import type { ImageTier } from './modelFacts.ts';

/**
 * What an image costs: a token for each 28 by 28 px of the size to which the API scales it
 * (API docs, vision: "How Claude resizes and pads images").
 */
export function imageTokens(size: ImageSize, tier: ImageTier): number {
  return tokensOf(fitWithin(size, tier));
}

/** The most that an image can cost, in tokens; what one costs whose size nobody knows. */
export function mostImageTokens(tier: ImageTier): number {
  return TIERS[tier].tokens;
}

/**
 * The largest size of the same shape that the model sees as it is, in px: within the edge and the tokens of its tier, and
 * with no side above `maxSide` px. The same size where it fits already; never larger, at least 1 px a side.
 * Without a tier only `maxSide` counts.
 */
export function fitWithin(
  size: ImageSize,
  tier: ImageTier | undefined,
  maxSide: number = Number.POSITIVE_INFINITY,
): ImageSize {
  const { edge, tokens } = tier ? TIERS[tier] : ANY;
  const fits = (made: ImageSize): boolean => {
    const longest = Math.max(made.width, made.height);
    return longest <= Math.min(edge, maxSide) && tokensOf(made) <= tokens;
  };
  return fits(size) ? size : largest(size, fits);
}

const PATCH = 28;

const ANY = { edge: Number.POSITIVE_INFINITY, tokens: Number.POSITIVE_INFINITY };

/** Px and tokens. Edges are whole patches, so padding takes nothing beyond them. */
const TIERS = {
  high: { edge: 2576, tokens: 4784 },
  standard: { edge: 1568, tokens: 1568 },
} as const;

/** Searches the long side between one that always fits and one that does not. */
function largest({ width, height }: ImageSize, fits: (size: ImageSize) => boolean): ImageSize {
  const isWide = width >= height;
  const ratio = isWide ? width / height : height / width;
  const sized = (long: number): ImageSize => {
    const short = Math.max(1, halfToEven(long / ratio));
    return isWide ? { width: long, height: short } : { width: short, height: long };
  };
  let good = 1;
  let tooLarge = Math.max(width, height);
  while (good + 1 < tooLarge) {
    const middle = Math.floor((good + tooLarge) / 2);
    if (fits(sized(middle))) good = middle;
    else tooLarge = middle;
  }
  return sized(good);
}

function tokensOf({ width, height }: ImageSize): number {
  return patches(width) * patches(height);
}

function patches(side: number): number {
  return Math.ceil(side / PATCH);
}

/** The rounding of the API's own implementation; one px can make a row of patches. */
function halfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
