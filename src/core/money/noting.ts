import type { CachePoint, CacheTtl, Usage } from '../conversation/model.ts';
import { type CacheEntries, type CacheEntry, LIFETIMES } from './cacheEntries.ts';
import { iterationsOf } from './iterations.ts';
import { NOTHING_SPENT, type SpentUsage } from './money.ts';
import { keyOf, type Place, type PromptOutline, placeAt, placeOf, reachOf } from './outline.ts';
import { billOf } from './prices.ts';
import { type Anchor, type Reckoned, tokenLine } from './tokenLine.ts';

/**
 * Takes down what an answer's bill says about the cache: which places were read, which were written, and how many
 * tokens each holds. `startedAt` is when the request left, ms since the epoch.
 */
export function note(
  entries: CacheEntries,
  sent: PromptOutline | readonly CachePoint[],
  usage: Usage,
  startedAt: number,
): void {
  const marks = 'hashes' in sent ? marksOf(sent) : marksOfPoints(sent);
  const last = marks.findLast((mark) => mark.ttl !== undefined);
  const prompt = promptOf(usage);
  const { fresh, read } = prompt;
  const cached = read + prompt.write5m + prompt.write1h;
  if (!last || cached + fresh === 0) return;
  if (cached === 0) {
    noteNothing(entries, marks, last, fresh, startedAt);
    return;
  }
  const model = last.place.model;
  if (cached < entries.minimumOf(model)) entries.learnMinimum(model, cached);
  const hit = read > 0 ? hitAmong(marks, last, entries, prompt) : undefined;
  const line = tokenLine(anchorsOf(marks, last, hit, prompt));
  for (const mark of marks) {
    const reckoned = line(mark.estimated);
    const isRead = hit ? mark.estimated <= hit.estimated : reckoned.tokens <= read;
    if (isRead) keep(entries, mark, reckoned, startedAt, mark === hit);
    else {
      forget(entries, mark, startedAt);
      if (mark.ttl) write(entries, mark, mark.ttl, reckoned, startedAt);
    }
  }
}

/** What the prompt of a request was billed for; in a list of iterations the first is the one that read it. */
export function promptOf(usage: Usage): SpentUsage {
  const first = iterationsOf(usage.iterations)?.[0];
  if (first && PROMPT_READERS.has(first.type)) return first.spent;
  const { iterations: _, ...totals } = usage;
  const [bill] = billOf(totals, '');
  return bill?.usage ?? NOTHING_SPENT;
}

const PROMPT_READERS: ReadonlySet<string> = new Set(['message', 'compaction']);

/** A place of the sent prompt where something may be cached. */
interface Mark {
  readonly key: string;
  readonly place: Place;
  readonly estimated: number;
  /** Absent where the request only looks. */
  readonly ttl?: CacheTtl;
}

function marksOf(outline: PromptOutline): readonly Mark[] {
  const ttls = new Map(outline.points.map(({ position, ttl }) => [position, ttl]));
  return reachOf(outline).map((position) => {
    const place = placeAt(outline, position);
    const ttl = ttls.get(position);
    const estimated = outline.tokens[position] ?? 0;
    return { key: keyOf(place), place, estimated, ...(ttl ? { ttl } : {}) };
  });
}

/** Points without tokens cannot be placed between others, except the last. */
function marksOfPoints(points: readonly CachePoint[]): readonly Mark[] {
  const most = Math.max(0, ...points.map(({ tokens = 0 }) => tokens));
  return points.flatMap(({ key, ttl, tokens }, index) => {
    const place = placeOf(key);
    const estimated = tokens ?? (index === points.length - 1 ? most + 1 : undefined);
    return place && estimated !== undefined ? [{ key, place, estimated, ttl }] : [];
  });
}

/** Nothing was read or written: what was believed to be there is not, or the prompt is too short for this model. */
function noteNothing(
  entries: CacheEntries,
  marks: readonly Mark[],
  last: Mark,
  total: number,
  startedAt: number,
): void {
  for (const mark of marks) forget(entries, mark, startedAt);
  if (marks.at(-1) === last && total >= entries.minimumOf(last.place.model)) {
    entries.learnMinimum(last.place.model, total + 1);
  }
}

/**
 * The mark that was read, by the number of tokens: one whose tokens are known, else the nearest. When nothing was
 * written all was read, up to the last.
 */
function hitAmong(
  marks: readonly Mark[],
  last: Mark,
  entries: CacheEntries,
  { read, write5m, write1h }: SpentUsage,
): Mark | undefined {
  if (write5m + write1h === 0) return last;
  const line = tokenLine([{ estimated: last.estimated, tokens: read + write5m + write1h }]);
  let nearest: { readonly mark: Mark; readonly distance: number } | undefined;
  for (const candidate of marks) {
    const entry = entries.get(candidate.key);
    if (!entry && !candidate.ttl) continue;
    const tokens = entry?.tokens ?? line(candidate.estimated).tokens;
    const distance = Math.abs(tokens - read);
    const most = entry?.slack === 0 ? EXACT : Math.max(ROUGH_TOKENS, tokens * ROUGH_SHARE);
    if (candidate !== last && distance <= most && distance <= (nearest?.distance ?? most)) {
      nearest = { mark: candidate, distance };
    }
  }
  return nearest?.mark;
}

/** How far a figure may be off and still mean the same place: an estimate errs much where scripts are mixed. */
const EXACT = 2;
const ROUGH_TOKENS = 64;
const ROUGH_SHARE = 0.5;

/** Times the least that is cached: what was reckoned at less may really be below it. */
const NEAR_MINIMUM = 1.2;

/** The last point holds all that was cached; the last point of an hour is where the writing for an hour ends. */
function anchorsOf(
  marks: readonly Mark[],
  last: Mark,
  hit: Mark | undefined,
  { read, write5m, write1h }: SpentUsage,
): readonly Anchor[] {
  const hour = write1h > 0 ? marks.findLast(({ ttl }) => ttl === '1h') : undefined;
  return [
    ...(hit ? [{ estimated: hit.estimated, tokens: read }] : []),
    ...(hour ? [{ estimated: hour.estimated, tokens: read + write1h }] : []),
    { estimated: last.estimated, tokens: read + write5m + write1h },
  ];
}

/** A read begins the lifetime anew, for what was read and for every point on the way. */
function keep(
  entries: CacheEntries,
  { key, place, ttl }: Mark,
  reckoned: Reckoned,
  startedAt: number,
  isHit: boolean,
): void {
  const before = entries.get(key);
  if (!isHit && (!ttl || !before || before.expires <= startedAt)) return;
  const lifetime = before?.lifetime ?? LIFETIMES[ttl ?? '5m'];
  entries.put(key, {
    ...better(before, reckoned),
    place,
    lifetime,
    writtenAt: before?.writtenAt ?? startedAt,
    expires: Math.max(before?.expires ?? 0, startedAt + lifetime),
  });
}

function write(
  entries: CacheEntries,
  { key, place }: Mark,
  ttl: CacheTtl,
  reckoned: Reckoned,
  startedAt: number,
): void {
  const before = entries.get(key);
  const known = better(before, reckoned);
  if (known.tokens < entries.minimumOf(place.model)) return;
  const lifetime = LIFETIMES[ttl];
  if (before && before.writtenAt > startedAt) {
    entries.put(key, { ...before, ...known, expires: Math.max(before.expires, startedAt + lifetime) });
  } else {
    entries.put(key, { ...known, place, lifetime, writtenAt: startedAt, expires: startedAt + lifetime });
  }
}

/**
 * The server had nothing here, whatever was believed. The number of tokens stays good, unless it was reckoned and
 * near the least that is cached: then it must be below.
 */
function forget(entries: CacheEntries, { key, place }: Mark, startedAt: number): void {
  const entry = entries.alive(key, startedAt);
  if (!entry || entry.writtenAt >= startedAt) return;
  const minimum = entries.minimumOf(place.model);
  const isShort = entry.slack > 0 && entry.tokens < minimum * NEAR_MINIMUM;
  const tokens = isShort ? { tokens: minimum - 1, slack: 1 } : {};
  entries.put(key, { ...entry, ...tokens, expires: startedAt });
}

function better(before: CacheEntry | undefined, now: Reckoned): Reckoned {
  return before && before.slack < now.slack ? { tokens: before.tokens, slack: before.slack } : now;
}
