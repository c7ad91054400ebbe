import type { CachePoint, FrozenPack, Usage } from '../../../core/conversation/model.ts';
import type { JsonCache } from '../../storage/jsonCache.ts';

/** A pack that conversations of this workspace have begun with. Times in ms since the epoch. */
export interface Revision {
  readonly pack: FrozenPack;
  readonly madeAt: number;
  /** What updates to it have cost conversations that began with it, in USD. */
  readonly carriedUsd: number;
  /** Its tokens as the API has counted them, by model. */
  readonly counted: Readonly<Record<string, number>>;
  /** The request that carried it last and was answered: what the cache has of it since. */
  readonly carried?: CarriedPack;
}

/** What a request has cached, and what it was billed for; `at` is when it left. */
export interface CarriedPack {
  /** Names the address and the account whose cache it is. */
  readonly ledgerName: string;
  readonly at: number;
  readonly points: readonly CachePoint[];
  readonly usage: Usage;
}

/** The revisions of the workspace's context pack, and when requests have used one. On disk, and made anew when lost. */
export interface Revisions {
  ready(): Promise<void>;
  /** The newest first. */
  readonly all: readonly Revision[];
  /** What is known of a pack; undefined when it is none of them. */
  find(pack: FrozenPack): Revision | undefined;
  /** Times of the requests that carried a pack, oldest first. */
  readonly uses: readonly number[];
  /** Adds a pack, or changes what is known of it. */
  change(pack: FrozenPack, how: (before: Revision) => Revision): void;
  /** No new conversation begins with these any more. */
  retire(keep: (revision: Revision) => boolean): void;
  used(at: number): void;
}

export function createRevisions(cache: JsonCache, now: () => number): Revisions {
  let all: readonly Revision[] = [];
  let uses: readonly number[] = [];
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const stored = decode(await cache.read());
    all = newest([...all, ...stored.all]);
    uses = [...stored.uses, ...uses].slice(-MOST_USES);
  }

  function write(): void {
    void cache.write({ version: VERSION, all, uses });
  }

  return {
    ready: () => (reading ??= read()),
    get all() {
      return all;
    },
    find: ({ sha256 }) => all.find(({ pack }) => pack.sha256 === sha256),
    get uses() {
      return uses;
    },
    change(pack, how) {
      const before = all.find((revision) => revision.pack.sha256 === pack.sha256);
      const changed = how(before ?? { pack, madeAt: now(), carriedUsd: 0, counted: {} });
      all = newest([changed, ...all]);
      write();
    },
    retire(keep) {
      all = all.filter(keep);
      write();
    },
    used(at) {
      uses = [...uses, at].slice(-MOST_USES);
      write();
    },
  };
}

const VERSION = 1;

/** More are never warm at a time, as a pack is used for an hour at most. */
const MOST_REVISIONS = 8;
const MOST_USES = 40;

/** One revision for each text; of two the one that comes first. */
function newest(revisions: readonly Revision[]): readonly Revision[] {
  const kept = new Map<string, Revision>();
  for (const revision of revisions) {
    if (!kept.has(revision.pack.sha256)) kept.set(revision.pack.sha256, revision);
  }
  return [...kept.values()].sort((one, other) => other.madeAt - one.madeAt).slice(0, MOST_REVISIONS);
}

function decode(value: unknown): { readonly all: readonly Revision[]; readonly uses: readonly number[] } {
  const known = isRecord(value) && value.version === VERSION ? value : {};
  const all = Array.isArray(known.all) ? known.all.flatMap((entry) => decodeRevision(entry) ?? []) : [];
  const uses = Array.isArray(known.uses) ? known.uses.filter(isFigure) : [];
  return { all, uses };
}

function decodeRevision(value: unknown): Revision | undefined {
  if (!isRecord(value) || !isRecord(value.pack)) return undefined;
  const { at, sha256, manifest, files, tokens } = value.pack;
  const { madeAt, carriedUsd } = value;
  if (!isFigure(at) || !isFigure(files) || !isFigure(tokens)) return undefined;
  if (!isHash(sha256) || !isHash(manifest) || !isFigure(madeAt) || !isFigure(carriedUsd)) return undefined;
  const counted = isRecord(value.counted) ? Object.entries(value.counted).filter(isCount) : [];
  const carried = decodeCarried(value.carried);
  return {
    pack: { at, sha256, manifest, files, tokens },
    madeAt,
    carriedUsd,
    counted: Object.fromEntries(counted),
    ...(carried ? { carried } : {}),
  };
}

function decodeCarried(value: unknown): CarriedPack | undefined {
  if (!isRecord(value) || !isFigure(value.at) || !Array.isArray(value.points)) return undefined;
  const { at, ledgerName } = value;
  if (typeof ledgerName !== 'string') return undefined;
  const points = value.points.flatMap((point) => decodePoint(point) ?? []);
  const usage = decodeUsage(value.usage);
  return usage && points.length > 0 ? { ledgerName, at, points, usage } : undefined;
}

function decodePoint(value: unknown): CachePoint | undefined {
  if (!isRecord(value) || typeof value.key !== 'string') return undefined;
  const { key, ttl, tokens } = value;
  if (ttl !== '5m' && ttl !== '1h') return undefined;
  return isFigure(tokens) ? { key, ttl, tokens } : { key, ttl };
}

function decodeUsage(value: unknown): Usage | undefined {
  if (!isRecord(value)) return undefined;
  const { input, cacheRead, cacheWrite, cacheWrite1h, output } = value;
  if (!isFigure(input) || !isFigure(cacheRead) || !isFigure(cacheWrite)) return undefined;
  if (!isFigure(cacheWrite1h) || !isFigure(output)) return undefined;
  return { input, cacheRead, cacheWrite, cacheWrite1h, output };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isCount(entry: [string, unknown]): entry is [string, number] {
  return isFigure(entry[1]);
}
