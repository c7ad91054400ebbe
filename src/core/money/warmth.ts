import type { CacheEntries } from './cacheEntries.ts';
import type { CacheState } from './money.ts';
import { keyOf, type PromptOutline, placeAt, reachOf } from './outline.ts';
import { hitOf } from './predicting.ts';

/**
 * How warm the cache is for a request: `warm` with what it would read, `cold` when something was cached for this
 * prompt and has expired or cannot be read as the request stands, `none` when nothing ever was.
 */
export function stateOf(entries: CacheEntries, outline: PromptOutline, now: number): CacheState {
  const hit = hitOf(entries, outline, now);
  if (hit) return { state: 'warm', expires: hit.entry.expires, tokens: hit.entry.tokens };
  return { state: wasCached(entries, outline) ? 'cold' : 'none', tokens: 0 };
}

function wasCached(entries: CacheEntries, outline: PromptOutline): boolean {
  const places = reachOf(outline).map((position) => placeAt(outline, position));
  if (places.some((place) => entries.get(keyOf(place)))) return true;
  const contents = new Set(places.filter(({ part }) => part === 'messages').map(({ content }) => content));
  for (const { place } of entries.all()) if (contents.has(place.content)) return true;
  return false;
}
