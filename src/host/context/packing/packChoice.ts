import { findingUpdates, type OpenPack, pendingUpdates } from '../../../core/context/conversationContext.ts';
import { cheapestPack, type PackCandidate } from '../../../core/context/costs.ts';
import type { PinnedFile } from '../../../core/context/pinned.ts';
import type { AskContext, WorkspaceContext } from '../../../core/conversation/askContext.ts';
import { emptyConversation } from '../../../core/conversation/events.ts';
import type { Conversation, FrozenPack } from '../../../core/conversation/model.ts';
import type { UpdatePart } from '../../../core/conversation/parts.ts';
import { cacheStateOf, draftRequest } from '../../../core/conversation/quoting.ts';
import { tokenFactor } from '../../../core/money/modelFacts.ts';
import type { Price } from '../../../core/money/money.ts';
import type { Clock } from '../../../core/ports.ts';
import { tokensOfUpdate } from '../../../core/request/packUpdates.ts';
import { createBreather, inTurns } from '../../workspace/breathing.ts';
import type { MadePack, PackStore } from './packStore.ts';
import type { Revisions } from './revisions.ts';

/** Which pack a new conversation begins with. */
export interface PackChoice {
  /** The cheapest of the warm revisions and a fresh pack; undefined without files. */
  choose(files: readonly PinnedFile[], context: Unplaced): Promise<MadePack | undefined>;
  /** Tokens of a pack as a model counts them, and whether the API has. */
  tokensOf(pack: FrozenPack, modelId: string): { readonly tokens: number; readonly exact: boolean };
}

export interface PackChoiceParts {
  readonly store: PackStore;
  readonly revisions: Revisions;
  readonly clock: Clock;
  readonly packTtl: () => WorkspaceContext['packTtl'];
}

/** A context without the part that is made here. */
export type Unplaced = Omit<AskContext, 'workspace'> & {
  readonly price?: Price | undefined;
  /** Names the address and the account whose cache the ledger knows. */
  readonly ledgerName: string;
};

export function createPackChoice({ store, revisions, clock, packTtl }: PackChoiceParts): PackChoice {
  async function choose(files: readonly PinnedFile[], context: Unplaced): Promise<MadePack | undefined> {
    if (files.length === 0) return undefined;
    const fresh = await store.fresh(files);
    const made = [fresh, ...(await warmOnes(fresh, files, context))];
    if (made.length === 1) return fresh;
    const candidates: PackCandidate[] = [];
    for (const one of made) candidates.push(await candidateOf(one, files, context));
    return made[cheapestPack(candidates, context.price ?? USUAL_PRICE, packTtl())];
  }

  /**
   * Revisions that can be read from the cache, the newest ones. One with a file that is pinned no more, or must not go out
   * any more, is none of them: it would send that file.
   */
  async function warmOnes(
    fresh: MadePack,
    files: readonly PinnedFile[],
    context: Unplaced,
  ): Promise<readonly MadePack[]> {
    const warm: MadePack[] = [];
    for (const { pack } of revisions.all) {
      if (warm.length >= MOST_CANDIDATES) break;
      if (pack.sha256 === fresh.pack.sha256 || !(await isWarm(pack, context))) continue;
      const open = await store.open(pack);
      if (!open) continue;
      await compared(NEW, open, files);
      const holdsMore = pendingUpdates(NEW, open, files).some(({ change }) => change === 'removed');
      if (!holdsMore) warm.push({ pack, open });
    }
    return warm;
  }

  async function candidateOf(
    { pack, open }: MadePack,
    files: readonly PinnedFile[],
    context: Unplaced,
  ): Promise<PackCandidate> {
    const updates = pendingUpdates(NEW, open, files);
    return {
      packTokens: tokensOf(pack, context.model.id).tokens,
      updateTokens: tokensOfUpdates(updates, context.model.id),
      isWarm: await isWarm(pack, context),
      carriedUsd: revisions.find(pack)?.carriedUsd ?? 0,
    };
  }

  /** Whether the cache is warm for a conversation that begins with this pack. */
  async function isWarm(pack: FrozenPack, context: Unplaced): Promise<boolean> {
    // What nobody has sent for an hour is not there any more.
    if (clock.now() - (revisions.find(pack)?.carried?.at ?? clock.now()) > LONGEST_LIFE) return false;
    const placed = { ...context, workspace: { pack, packTtl: packTtl(), updatesFor: () => [] } };
    const composed = await draftRequest(NEW, [{ kind: 'text', text: 'Hello' }], placed, clock);
    return cacheStateOf(composed, context, clock.now()).state === 'warm';
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
): Promise<void> {
  await inTurns(findingUpdates(conversation, open, files), createBreather());
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
