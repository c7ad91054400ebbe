import type { CacheTtl } from '../conversation/model.ts';
import type { Price } from '../money/money.ts';
import type { RepackOffer } from './facts.ts';

/** A pack that a new conversation could begin with. Tokens as the model counts them. */
export interface PackCandidate {
  readonly packTokens: number;
  /** Updates that the first question brings along, so that Claude has the files as they are now. */
  readonly updates: {
    /** Those that an earlier conversation began with, and that can be read from the cache behind the pack. */
    readonly read: number;
    readonly written: number;
    /** Of those written: what earlier conversations have written already, and nobody can read. */
    readonly again: number;
  };
  /** Whether the pack can be read from the cache. */
  readonly isWarm: boolean;
  /** What conversations that began with it have paid more than they would have with a fresh pack, in USD; see `surplusOf`. */
  readonly carriedUsd: number;
}

/** Questions that a new conversation is expected to have. */
export const EXPECTED_QUESTIONS = 5;

/**
 * The place of the candidate to begin with, where the first one is the fresh pack; -1 without any. Each is reckoned over the
 * expected questions, none of which lets the cache go cold. What conversations have paid for an old pack already counts
 * as well, and what the next one will: it is given up once all that was paid to keep it would amount to what a fresh one
 * costs, so that many short conversations never pay much more than they would had they known the future (ski rental). Of
 * equal ones the first.
 */
export function cheapestPack(candidates: readonly PackCandidate[], price: Price, ttl: CacheTtl): number {
  const freshTokens = candidates[0]?.packTokens ?? 0;
  const costs = candidates.map(
    (candidate) =>
      costOfPack(candidate, price, ttl) + candidate.carriedUsd + nextSurplus(candidate, freshTokens, price),
  );
  return costs.indexOf(Math.min(...costs));
}

/**
 * What a conversation of `EXPECTED_QUESTIONS` pays more for beginning with a pack than it would if the fresh one of
 * `freshTokens` were in the cache, in USD. Changes that nobody was told of before would have to be written in any case.
 */
export function surplusOf({ packTokens, updates }: PackCandidate, freshTokens: number, price: Price): number {
  const tooMany = Math.max(0, packTokens + updates.read + updates.written - freshTokens);
  const read = tooMany * EXPECTED_QUESTIONS * price.cacheRead;
  return (read + updates.again * (price.cacheWrite5m - price.cacheRead)) / 1_000_000;
}

/** The surplus of the conversation after this one: where nothing of the updates could be read now, nothing will then. */
function nextSurplus(candidate: PackCandidate, freshTokens: number, price: Price): number {
  const { read, written, again } = candidate.updates;
  const updates = { ...candidate.updates, again: again > 0 && read === 0 ? written : 0 };
  return surplusOf({ ...candidate, updates }, freshTokens, price);
}

/** What a pack and its updates cost a conversation of `EXPECTED_QUESTIONS`, in USD. */
function costOfPack({ packTokens, updates, isWarm }: PackCandidate, price: Price, ttl: CacheTtl): number {
  const { read, written } = updates;
  const first =
    packTokens * (isWarm ? price.cacheRead : writeOf(price, ttl)) +
    read * price.cacheRead +
    written * price.cacheWrite5m;
  const later = (EXPECTED_QUESTIONS - 1) * (packTokens + read + written) * price.cacheRead;
  return (first + later) / 1_000_000;
}

/** What a conversation sends before its next question. Tokens. */
export interface ConversationLoad {
  /** The pack as the conversation has it, and as it would be packed now. */
  readonly packTokens: number;
  readonly freshTokens: number;
  /** Updates: sent already, and to be sent with the next question. */
  readonly sentUpdates: number;
  readonly pendingUpdates: number;
  /** Everything else that is sent: turns without updates, instructions. */
  readonly otherTokens: number;
  /** Whether its prefix can be read from the cache. */
  readonly isWarm: boolean;
  /** Questions so far. */
  readonly questions: number;
}

/**
 * Whether a fresh pack would make the next questions of a conversation cheaper, and by how much; undefined when not by a
 * tenth. Kept: everything is read (written, where it has gone cold) and the pending updates are written. Repacked: all is
 * written anew, because the system prompt stands before it, but no updates. As many questions are expected as there have
 * been, at least three and at most twenty.
 */
export function repackOfferOf(
  load: ConversationLoad,
  price: Price,
  packTtl: CacheTtl,
): RepackOffer | undefined {
  const updateTokens = load.sentUpdates + load.pendingUpdates;
  if (updateTokens === 0) return undefined;
  const turns = Math.min(20, Math.max(3, load.questions));
  const rest = load.sentUpdates + load.otherTokens;
  const before = load.packTokens + rest;
  const cold = load.packTokens * writeOf(price, packTtl) + rest * price.cacheWrite5m;
  const keep =
    (load.isWarm ? before * price.cacheRead : cold) +
    load.pendingUpdates * price.cacheWrite5m +
    (turns - 1) * (before + load.pendingUpdates) * price.cacheRead;
  const after = load.freshTokens + load.otherTokens;
  const anew = load.freshTokens * writeOf(price, packTtl) + load.otherTokens * price.cacheWrite5m;
  const repack = anew + (turns - 1) * after * price.cacheRead;
  if (repack > keep * WORTH_A_WORD) return undefined;
  return { keepUsd: keep / 1_000_000, repackUsd: repack / 1_000_000, turns, updateTokens };
}

const WORTH_A_WORD = 0.9;

function writeOf(price: Price, ttl: CacheTtl): number {
  return ttl === '1h' ? price.cacheWrite1h : price.cacheWrite5m;
}
