import { findingUpdates, type OpenPack, pendingUpdates } from '../../../core/context/conversationContext.ts';
import { cheapestPack, type PackCandidate, surplusOf } from '../../../core/context/costs.ts';
import type { PinnedFile } from '../../../core/context/pinned.ts';
import type { AskContext, WorkspaceContext } from '../../../core/conversation/askContext.ts';
import { emptyConversation } from '../../../core/conversation/events.ts';
import type { Conversation, FrozenPack } from '../../../core/conversation/model.ts';
import type { UpdatePart } from '../../../core/conversation/parts.ts';
import { cacheStateOf, draftRequest } from '../../../core/conversation/quoting.ts';
import { tokenFactor } from '../../../core/money/modelFacts.ts';
import type { CacheState, Price } from '../../../core/money/money.ts';
import type { Clock } from '../../../core/ports.ts';
import { tokensOfUpdate } from '../../../core/request/packUpdates.ts';
import { createBreather, inTurns } from '../../workspace/breathing.ts';
import type { Openings } from './openings.ts';
import type { MadePack, PackStore } from './packStore.ts';
import type { Revisions } from './revisions.ts';

/** Which pack a new conversation begins with. */
export interface PackChoice {
  /**
   * The cheapest of a fresh pack and the warm revisions, each once with all that has changed since it was made, and once with
   * what the last conversation was told and what has changed since that; undefined without files.
   */
  choose(files: readonly PinnedFile[], context: Unplaced): Promise<Beginning | undefined>;
  /** Tokens of a pack as a model counts them, and whether the API has. */
  tokensOf(pack: FrozenPack, modelId: string): { readonly tokens: number; readonly exact: boolean };
}

/** What a conversation begins with. */
export interface Beginning extends Way {
  /** What it pays more than with a fresh pack in the cache, in USD. */
  readonly surplusUsd: number;
}

/** A way to begin a conversation. */
interface Way extends MadePack {
  /** Updates to the pack that it is told first, because an earlier one was; see `Openings`. */
  readonly told: readonly UpdatePart[];
}

export interface PackChoiceParts {
  readonly store: PackStore;
  readonly revisions: Revisions;
  readonly openings: Openings;
  readonly clock: Clock;
  readonly packTtl: () => WorkspaceContext['packTtl'];
}

/** A context without the part that is made here. */
export type Unplaced = Omit<AskContext, 'workspace'> & {
  readonly price?: Price | undefined;
  /** Names the address and the account whose cache the ledger knows. */
  readonly ledgerName: string;
};

export function createPackChoice({
  store,
  revisions,
  openings,
  clock,
  packTtl,
}: PackChoiceParts): PackChoice {
  async function choose(files: readonly PinnedFile[], context: Unplaced): Promise<Beginning | undefined> {
    if (files.length === 0) return undefined;
    const fresh: Way = { ...(await store.fresh(files)), told: [] };
    const ways = [fresh, ...(await warmWays(fresh, files, context))];
    if (ways.length === 1) return { ...fresh, surplusUsd: 0 };
    const candidates: PackCandidate[] = [];
    for (const way of ways) candidates.push(await candidateOf(way, files, context));
    const price = context.price ?? USUAL_PRICE;
    const at = cheapestPack(candidates, price, packTtl());
    const [way, candidate] = [ways[at], candidates[at]];
    const freshTokens = candidates[0]?.packTokens ?? 0;
    return way && candidate && { ...way, surplusUsd: surplusOf(candidate, freshTokens, price) };
  }

  /** Ways to begin with the newest revisions that can be read from the cache. */
  async function warmWays(
    fresh: MadePack,
    files: readonly PinnedFile[],
    context: Unplaced,
  ): Promise<readonly Way[]> {
    const warm: (readonly Way[])[] = [];
    for (const { pack } of revisions.all) {
      if (warm.length >= MOST_CANDIDATES) break;
      const isOther = pack.sha256 !== fresh.pack.sha256;
      if (!isOther || (await cacheOf(pack, [], context)).state !== 'warm') continue;
      const open = await store.open(pack);
      if (!open) continue;
      const ways = await waysToBegin({ pack, open }, files);
      if (ways.length > 0) warm.push(ways);
    }
    return warm.flat();
  }

  /**
   * With all that has changed since a revision was made, and with what was told before. None tells of a file that is
   * pinned no more, or must not go out any more: that file would be sent.
   */
  async function waysToBegin(made: MadePack, files: readonly PinnedFile[]): Promise<readonly Way[]> {
    const told = openings.of(made.pack);
    const ways: Way[] = [];
    for (const opening of told.length > 0 ? [[], told] : [[]]) {
      await compared(NEW, made.open, files, opening);
      const updates = pendingUpdates(NEW, made.open, files, opening);
      if (!updates.some(({ change }) => change === 'removed')) ways.push({ ...made, told: opening });
    }
    return ways;
  }

  async function candidateOf(
    { pack, open, told }: Way,
    files: readonly PinnedFile[],
    context: Unplaced,
  ): Promise<PackCandidate> {
    const modelId = context.model.id;
    const cached = await cacheOf(pack, [], context);
    const readable = async (opening: readonly UpdatePart[]): Promise<number> => {
      if (opening.length === 0) return 0;
      const updates = [...opening, ...pendingUpdates(NEW, open, files, opening)];
      const { tokens } = await cacheOf(pack, updates, context);
      const [behindPack, whole] = [tokens - cached.tokens, tokensOfUpdates(opening, modelId)];
      // Bills and estimates differ, so that more than half of it is all of it.
      return behindPack > whole / 2 ? whole : Math.max(0, behindPack);
    };
    const all = tokensOfUpdates([...told, ...pendingUpdates(NEW, open, files, told)], modelId);
    const read = await readable(told);
    const before = openings.of(pack);
    const isTold = all > 0 && before.length > 0;
    const since = isTold ? tokensOfUpdates(pendingUpdates(NEW, open, files, before), modelId) : all;
    return {
      packTokens: tokensOf(pack, modelId).tokens,
      updates: { read, written: all - read, again: Math.max(0, all - read - since) },
      isWarm: cached.state === 'warm',
      carriedUsd: revisions.find(pack)?.carriedUsd ?? 0,
    };
  }

  /** What the cache has for a conversation that begins with a pack and these updates. */
  async function cacheOf(
    pack: FrozenPack,
    updates: readonly UpdatePart[],
    context: Unplaced,
  ): Promise<CacheState> {
    // What nobody has sent for an hour is not there any more.
    const sentAt = revisions.find(pack)?.carried?.at ?? clock.now();
    if (clock.now() - sentAt > LONGEST_LIFE) return { state: 'none', tokens: 0 };
    const placed = { ...context, workspace: { pack, packTtl: packTtl(), updatesFor: () => updates } };
    const composed = await draftRequest(NEW, [{ kind: 'text', text: 'Hello' }], placed, clock);
    return cacheStateOf(composed, context, clock.now());
  }

  function tokensOf(pack: FrozenPack, modelId: string): { readonly tokens: number; readonly exact: boolean } {
    const counted = revisions.find(pack)?.counted[modelId];
    if (counted !== undefined) return { tokens: counted, exact: true };
    return { tokens: Math.round(pack.tokens * tokenFactor(modelId)), exact: false };
  }

  return { choose, tokensOf };
}

/** Tokens of updates as a question sends them, reckoned. */
export function tokensOfUpdates(updates: readonly UpdatePart[], modelId: string): number {
  const tokens = updates.reduce((sum, part) => sum + tokensOfUpdate(part), 0);
  return Math.round(tokens * tokenFactor(modelId));
}

/** Compares in slices, so that `pendingUpdates` need not at one stretch. */
export async function compared(
  conversation: Conversation,
  open: OpenPack | undefined,
  files: readonly PinnedFile[],
  told: readonly UpdatePart[] = [],
): Promise<void> {
  await inTurns(findingUpdates(conversation, open, files, told), createBreather());
}

/** Where the price of a model is unknown, only what its tokens cost beside each other counts (API docs, pricing). */
export const USUAL_PRICE: Price = {
  input: 1,
  output: 5,
  cacheRead: 0.1,
  cacheWrite5m: 1.25,
  cacheWrite1h: 2,
};

/** Warm revisions that are weighed against a fresh pack. */
const MOST_CANDIDATES = 3;

/** Ms for which the API keeps anything at most. */
const LONGEST_LIFE = 3_600_000;

/** A conversation before its first question. */
const NEW = emptyConversation('', 0);
