import { repackOfferOf } from '../../core/context/costs.ts';
import type { ContextFacts, ContextFile } from '../../core/context/facts.ts';
import type { PinnedFile } from '../../core/context/pinned.ts';
import type { AskContext } from '../../core/conversation/askContext.ts';
import { type Conversation, compactionInForce, contextTokens } from '../../core/conversation/model.ts';
import { cacheStateOf, draftRequest } from '../../core/conversation/quoting.ts';
import { tokenFactor } from '../../core/money/modelFacts.ts';
import type { Price } from '../../core/money/money.ts';
import { shareOut } from '../../core/money/textCount.ts';
import type { Clock } from '../../core/ports.ts';
import { removedEntries } from '../../core/request/packRemovals.ts';
import { tokensOfUpdates } from './packing/packChoice.ts';
import type { Standing } from './packing/packs.ts';
import type { PinnedFiles } from './pinning/pinnedFiles.ts';

/** The context of a workspace in which nothing is pinned, or nothing of it concerns the conversation. */
export function factsWithout({
  pins,
  looking,
  known,
}: Pick<PinnedFiles, 'pins' | 'looking' | 'known'>): ContextFacts {
  return {
    pins,
    files: [],
    removed: [],
    leftOut: known?.leftOut ?? [],
    tokens: 0,
    exact: false,
    pendingTokens: 0,
    cache: { state: 'none', tokens: 0 },
    ...(looking ? { looking } : {}),
    isUnknown: known === undefined && pins.length > 0,
  };
}

/** The context as it stands for a conversation: figures for its model, at this moment. */
export async function factsOf(
  conversation: Conversation,
  standing: Standing,
  context: AskContext,
  price: Price | undefined,
  pinned: Pick<PinnedFiles, 'pins' | 'looking'>,
  clock: Clock,
): Promise<ContextFacts> {
  const { sent, pending, told } = standing;
  const modelId = context.model.id;
  const composed = await draftRequest(conversation, [{ kind: 'text', text: 'Hello' }], context, clock);
  const cache = cacheStateOf(composed, context, clock.now());
  const pendingTokens = tokensOfUpdates(pending, modelId);
  const toldTokens = tokensOfUpdates(told, modelId);
  const sentTokens = tokensOfUpdates(sent, modelId);
  const held = standing.packTokens * (standing.pack ? 1 : 0) + sentTokens;
  const tokens = tokensNow(standing, modelId);
  const repack =
    price &&
    repackOf(conversation, standing, { sentTokens, pendingTokens, tokens }, cache.state === 'warm', price);
  const hitRate = hitRateOf(conversation, standing.packTokens);
  return {
    pins: pinned.pins,
    files: filesOf(standing, tokens),
    removed: removedEntries(pending),
    leftOut: standing.pinned.leftOut,
    tokens,
    exact: standing.exact,
    pendingTokens,
    ...(context.modelInfo?.maxInput === undefined ? {} : { window: context.modelInfo.maxInput }),
    ...(price ? { price: priceOfContext({ held, toldTokens, pendingTokens }, price, standing.packTtl) } : {}),
    cache,
    ...(hitRate === undefined ? {} : { hitRate }),
    ...(repack ? { repack } : {}),
    ...(pinned.looking ? { looking: pinned.looking } : {}),
  };
}

/** Of all pinned files as they are now: as their pack was counted, in proportion where they have changed since. */
function tokensNow({ pack, fresh, packTokens }: Standing, modelId: string): number {
  const basis = pack ?? fresh;
  const estimated = fresh.tokens * tokenFactor(modelId);
  const ratio = basis.tokens > 0 ? packTokens / (basis.tokens * tokenFactor(modelId)) : 1;
  return Math.round(estimated * ratio);
}

function filesOf({ pinned, sent, pending }: Standing, tokens: number): readonly ContextFile[] {
  const waiting = new Set(pending.map(({ path }) => path));
  const updated = new Set(sent.map(({ path }) => path));
  const shares = shareOut(
    tokens,
    pinned.files.map((file) => file.tokens),
  );
  const stateOf = ({ path }: PinnedFile): ContextFile['state'] => {
    if (waiting.has(path)) return 'updatePending';
    return updated.has(path) ? 'updated' : 'inPack';
  };
  return pinned.files.map((file, at) => ({
    path: file.path,
    uri: file.uri,
    tokens: shares[at] ?? 0,
    state: stateOf(file),
    ...(file.by === undefined ? {} : { by: file.by }),
  }));
}

/**
 * With the next question, in USD: what Claude has is read or written, as is what others were told; what else is pending is
 * written in either case.
 */
function priceOfContext(
  {
    held,
    toldTokens,
    pendingTokens,
  }: { readonly held: number; readonly toldTokens: number; readonly pendingTokens: number },
  price: Price,
  ttl: '5m' | '1h',
) {
  const write = ttl === '1h' ? price.cacheWrite1h : price.cacheWrite5m;
  const read = (held + toldTokens) * price.cacheRead;
  const updates = (pendingTokens - toldTokens) * price.cacheWrite5m;
  return {
    warm: (read + updates) / 1_000_000,
    cold: (held * write + pendingTokens * price.cacheWrite5m) / 1_000_000,
  };
}

/** Of the pack's tokens, what answers of this conversation have read from the cache; undefined before the first. */
function hitRateOf({ turns, system }: Conversation, packTokens: number): number | undefined {
  if (!system?.pack || packTokens <= 0) return undefined;
  const read = turns.flatMap((turn) =>
    turn.role === 'assistant' && turn.usage ? [turn.usage.cacheRead] : [],
  );
  if (read.length === 0) return undefined;
  return read.reduce((sum, tokens) => sum + Math.min(1, tokens / packTokens), 0) / read.length;
}

function repackOf(
  conversation: Conversation,
  { pack, packTokens, packTtl }: Standing,
  updates: { readonly sentTokens: number; readonly pendingTokens: number; readonly tokens: number },
  isWarm: boolean,
  price: Price,
) {
  const questions = conversation.turns.filter(({ role }) => role === 'user').length;
  if (questions === 0 || compactionInForce(conversation)) return undefined;
  const ofPack = pack ? packTokens : 0;
  const all = contextTokens(conversation) ?? 0;
  return repackOfferOf(
    {
      packTokens: ofPack,
      freshTokens: updates.tokens,
      sentUpdates: updates.sentTokens,
      pendingUpdates: updates.pendingTokens,
      otherTokens: Math.max(0, all - ofPack - updates.sentTokens),
      isWarm,
      questions,
    },
    price,
    packTtl,
  );
}
