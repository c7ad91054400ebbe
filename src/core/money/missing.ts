import type { CacheMiss, InputSplit, MissCause, Usage } from '../conversation/model.ts';
import type { CacheEntries } from './cacheEntries.ts';
import { promptOf } from './noting.ts';
import { keyOf, type PromptOutline, placeAt, reachOf } from './outline.ts';
import { hitOf, LEAST_SHARE, LEAST_TOKENS, lostOf, tokensAlong } from './predicting.ts';
import { nameOf } from './promptHash.ts';

/**
 * Why clearly fewer tokens were read than expected, or undefined when they were not. `entries` must not know of this
 * answer yet. What shows here goes first: another model, settings, system, messages, then expiry; else what the API
 * told.
 */
export function explainMiss(
  entries: CacheEntries,
  outline: PromptOutline,
  expected: InputSplit,
  usage: Usage,
  told: MissCause | undefined,
  now: number,
): CacheMiss | undefined {
  const { fresh, read, write5m, write1h } = promptOf(usage);
  const total = fresh + read + write5m + write1h;
  const tokens = expected.read - read;
  if (total === 0 || tokens <= Math.max(LEAST_TOKENS, expected.read * LEAST_SHARE)) return undefined;
  const cause = causeHere(entries, outline, total, expected.read, read, now) ?? told ?? 'unknown';
  return { cause, tokens };
}

function causeHere(
  entries: CacheEntries,
  outline: PromptOutline,
  total: number,
  expected: number,
  read: number,
  now: number,
): MissCause | undefined {
  const tokensAt = tokensAlong(entries, outline, total);
  const isBeyond = (tokens: number): boolean => tokens - read > LEAST_TOKENS;
  const hit = hitOf(entries, outline, now);
  if (hit && tokensAt(hit.position) >= Math.min(expected, total) - LEAST_TOKENS) {
    // Nothing has changed as far as anybody here knows, unless the server's clock runs ahead.
    return hit.entry.expires <= now + CLOCK_MARGIN ? 'expired' : undefined;
  }
  const lost = lostOf(entries, outline, now, tokensAt, read);
  if (lost) return lost.cause;
  if (isBranch(entries, outline, now, isBeyond)) return 'messagesChanged';
  const hasExpired = reachOf(outline).some((position) => {
    const entry = entries.get(keyOf(placeAt(outline, position)));
    return entry !== undefined && entry.expires <= now && isBeyond(entry.tokens);
  });
  return hasExpired ? 'expired' : undefined;
}

/** Ms by which an entry may be gone earlier than reckoned. */
const CLOCK_MARGIN = 5000;

/** Whether the same conversation is cached further on, with other messages. */
function isBranch(
  entries: CacheEntries,
  outline: PromptOutline,
  now: number,
  isBeyond: (tokens: number) => boolean,
): boolean {
  if (outline.hashes.length <= outline.systemLength) return false;
  const here = placeAt(outline, outline.hashes.length - 1);
  const contents = new Set(outline.hashes.map(nameOf));
  for (const { place, expires, tokens } of entries.all()) {
    if (expires <= now || !isBeyond(tokens) || contents.has(place.content)) continue;
    const isSame = place.root === here.root && place.system === here.system && place.part === here.part;
    if (isSame && place.model === here.model && place.settings === here.settings) return true;
  }
  return false;
}
