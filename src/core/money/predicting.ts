import type { CacheTtl, InputSplit, MissCause } from '../conversation/model.ts';
import type { CacheEntries, CacheEntry } from './cacheEntries.ts';
import { estimatedTotal, keyOf, type Place, type PromptOutline, placeAt, reachOf } from './outline.ts';
import { type Anchor, tokenLine } from './tokenLine.ts';

/** What a request is going to find in the cache. */
export interface Prediction {
  readonly split: InputSplit;
  /** When what it would read expires, ms since the epoch; absent when it would read nothing. */
  readonly expires?: number;
  /** Tokens of this prompt that are cached and cannot be read, because something other than the prompt changed. */
  readonly lost?: { readonly cause: MissCause; readonly tokens: number };
}

/** Fewer tokens are no miss worth a word, nor is a smaller share of what was expected. */
export const LEAST_TOKENS = 50;
export const LEAST_SHARE = 0.01;

/** Applies the API's rules (API docs, prompt caching) to what is remembered of the cache; `total` in tokens. */
export function predict(
  entries: CacheEntries,
  outline: PromptOutline,
  total: number,
  now: number,
): Prediction {
  const tokensAt = tokensAlong(entries, outline, total);
  const hit = hitOf(entries, outline, now);
  const read = hit ? tokensAt(hit.position) : 0;
  const lost = lostOf(entries, outline, now, tokensAt, read);
  const minimum = entries.minimumOf(outline.model);
  const written = outline.points.filter(
    ({ position }) => position > (hit?.position ?? -1) && tokensAt(position) >= minimum,
  );
  const lastOf = (ttl: CacheTtl, before: number): number => {
    const last = written.findLast((point) => point.ttl === ttl);
    return last ? Math.max(before, tokensAt(last.position)) : before;
  };
  const hour = lastOf('1h', read);
  const last = lastOf('5m', hour);
  return {
    split: { fresh: total - last, read, write5m: last - hour, write1h: hour - read },
    ...(hit ? { expires: hit.entry.expires } : {}),
    ...(lost ? { lost } : {}),
  };
}

/** The longest start of the prompt that can be read at this time. */
export function hitOf(
  entries: CacheEntries,
  outline: PromptOutline,
  now: number,
): { readonly position: number; readonly entry: CacheEntry } | undefined {
  for (const position of reachOf(outline).toReversed()) {
    const entry = entries.alive(keyOf(placeAt(outline, position)), now);
    if (entry) return { position, entry };
  }
  return undefined;
}

/** The cached place of this prompt, beyond `read` tokens, that something other than the prompt makes unreadable. */
export function lostOf(
  entries: CacheEntries,
  outline: PromptOutline,
  now: number,
  tokensAt: (position: number) => number,
  read: number,
): Prediction['lost'] {
  const positions = new Map(
    reachOf(outline)
      .filter((position) => position >= outline.systemLength)
      .map((position) => [placeAt(outline, position).content, position]),
  );
  let lost: Prediction['lost'];
  for (const entry of entries.all()) {
    const position = positions.get(entry.place.content);
    if (position === undefined || entry.expires <= now) continue;
    const cause = differenceOf(entry.place, placeAt(outline, position));
    const tokens = tokensAt(position) - read;
    if (cause && tokens > Math.max(lost?.tokens ?? 0, LEAST_TOKENS)) lost = { cause, tokens };
  }
  return lost;
}

/** What tells two places with the same messages apart, in the order in which the API would name it. */
function differenceOf(one: Place, other: Place): MissCause | undefined {
  if (one.part !== 'messages' || other.part !== 'messages') return undefined;
  if (one.model !== other.model) return 'modelChanged';
  if (one.settings !== other.settings) return 'settingsChanged';
  return one.system === other.system ? undefined : 'systemChanged';
}

/**
 * Tokens up to each position of a prompt of `total` tokens: as past bills have shown them, and between those in
 * proportion to the estimates.
 */
export function tokensAlong(
  entries: CacheEntries,
  outline: PromptOutline,
  total: number,
): (position: number) => number {
  const known = new Map<number, CacheEntry>();
  for (const position of reachOf(outline)) {
    const entry = entries.get(keyOf(placeAt(outline, position)));
    if (entry) known.set(position, entry);
  }
  const anchors: Anchor[] = [];
  for (const [position, { tokens, slack }] of known) {
    if (slack === 0 && tokens <= total) anchors.push({ estimated: outline.tokens[position] ?? 0, tokens });
  }
  const line = tokenLine([...anchors, { estimated: estimatedTotal(outline), tokens: total }]);
  return (position) => {
    const reckoned = line(outline.tokens[position] ?? 0);
    const entry = known.get(position);
    const tokens = entry && entry.slack < reckoned.slack ? entry.tokens : reckoned.tokens;
    return Math.min(total, tokens);
  };
}
