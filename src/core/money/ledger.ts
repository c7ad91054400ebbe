import type {
  CacheMiss,
  CachePoint,
  ContentBlock,
  Conversation,
  InputSplit,
  MissCause,
  Usage,
} from '../conversation/model.ts';
import type { MessageRequest, UserBlock } from '../request/messageRequest.ts';
import { createCacheEntries } from './cacheEntries.ts';
import { estimateBlock, MESSAGE_TOKENS } from './estimate.ts';
import { explainMiss } from './missing.ts';
import { defaultEffort, defaultThinking, imageTier } from './modelFacts.ts';
import type { CacheState } from './money.ts';
import { note } from './noting.ts';
import { keyOf, type OutlinePoint, type PromptOutline, placeAt } from './outline.ts';
import { type Prediction, predict } from './predicting.ts';
import { chained, type Hash, hashOfTexts, nameOf, START } from './promptHash.ts';
import { stateOf } from './warmth.ts';

export type { Prediction, PromptOutline };

/**
 * Knows what the API has cached, by its rules and from the bills of past answers. One ledger serves all conversations
 * at one address and key, because they share the cache. Tokens and ms since the epoch throughout.
 */
export interface CacheLedger {
  /** How the input of a request will divide, when its whole prompt has `total` tokens. */
  predict(outline: PromptOutline, total: number, now: number): Prediction;
  /**
   * Takes down the usage of an answer whose request left at `startedAt`. To be called once `message_start` has come:
   * a request that failed before it has written nothing.
   */
  note(sent: PromptOutline | readonly CachePoint[], usage: Usage, startedAt: number): void;
  /** Enters what the answers of a conversation on disk have cached. Harmless when repeated. */
  seed(conversation: Conversation): void;
  /** How warm the cache is for a request. */
  stateOf(outline: PromptOutline, now: number): CacheState;
  /**
   * Why clearly fewer tokens were read than expected (by more than 50 and 1 %): a change that shows here, else what the
   * API has `told`. Undefined when there is no miss. To be called before `note` for the same answer.
   */
  explainMiss(
    outline: PromptOutline,
    expected: InputSplit,
    usage: Usage,
    told: MissCause | undefined,
    now: number,
  ): CacheMiss | undefined;
}

export function createCacheLedger(): CacheLedger {
  const entries = createCacheEntries();
  function enter(sent: PromptOutline | readonly CachePoint[], usage: Usage, startedAt: number): void {
    entries.prune(startedAt);
    note(entries, sent, usage, startedAt);
  }
  return {
    predict: (outline, total, now) => predict(entries, outline, total, now),
    note: enter,
    seed(conversation) {
      for (const { sent, usage } of sentOf(conversation)) enter(sent.points, usage, sent.at);
    },
    stateOf: (outline, now) => stateOf(entries, outline, now),
    explainMiss: (outline, expected, usage, told, now) =>
      explainMiss(entries, outline, expected, usage, told, now),
  };
}

/** The outline of a request's prompt; made once for each request object. */
export function outlineOf(request: MessageRequest): PromptOutline {
  const known = outlines.get(request);
  if (known) return known;
  const outline = drawOutline(request);
  outlines.set(request, outline);
  return outline;
}

/** The cache points of a request, as they are kept with the answer; their tokens are estimates. */
export function pointsOf(outline: PromptOutline): readonly CachePoint[] {
  return outline.points.map(({ position, ttl }) => {
    const tokens = Math.round(outline.tokens[position] ?? 0);
    return { key: keyOf(placeAt(outline, position)), ttl, tokens };
  });
}

/** Requests never change, so an outline holds for as long as its request lives. */
const outlines = new WeakMap<MessageRequest, PromptOutline>();

interface PromptBlock {
  readonly role: 'system' | 'user' | 'assistant';
  readonly block: UserBlock | ContentBlock;
  /** Whether a message begins with it. */
  readonly first: boolean;
}

function drawOutline(request: MessageRequest): PromptOutline {
  const blocks = promptOf(request);
  const systemLength = blocks.findIndex(({ role }) => role !== 'system');
  const tier = imageTier(request.model);
  const hashes: Hash[] = [];
  const tokens: number[] = [];
  const points: OutlinePoint[] = [];
  let hash = START;
  let total = 0;
  for (const [position, { role, block, first }] of blocks.entries()) {
    hash = chained(position === systemLength ? START : hash, role, block);
    total += estimateBlock(block, tier) + (first ? MESSAGE_TOKENS : 0);
    hashes.push(hash);
    tokens.push(total);
    const ttl = ttlOf(block);
    if (ttl) points.push({ position, ttl });
  }
  const outline = {
    model: request.model,
    settings: settingsOf(request, blocks),
    systemLength: systemLength < 0 ? blocks.length : systemLength,
    hashes,
    tokens,
    points,
    key: '',
  };
  return { ...outline, key: keyOf(placeAt(outline, blocks.length - 1)) };
}

/** What the model reads, in its order. A summary that the server made hides all messages before it. */
function promptOf({ system = [], messages }: MessageRequest): readonly PromptBlock[] {
  const inSystem = system.map((block): PromptBlock => ({ role: 'system', block, first: false }));
  const inMessages = messages.flatMap(({ role, content }) =>
    content.map((block, index): PromptBlock => ({ role, block, first: index === 0 })),
  );
  const hidden = inMessages.findLastIndex(({ block }) => isServerSummary(block));
  return [...inSystem, ...inMessages.slice(Math.max(0, hidden))];
}

/** Summaries made on demand are signed and hide nothing (API docs, compaction). */
function isServerSummary(block: UserBlock | ContentBlock): boolean {
  if (block.type !== 'compaction') return false;
  return typeof block.content === 'string' && typeof block.signature !== 'string';
}

/** Changing any of these makes the cached messages unreadable; a default is the same as nothing. */
function settingsOf(
  { model, thinking, output_config }: MessageRequest,
  blocks: readonly PromptBlock[],
): string {
  const type = thinking?.type ?? defaultThinking(model) ?? '';
  const budget = thinking && 'budget_tokens' in thinking ? String(thinking.budget_tokens) : '';
  const effort = output_config?.effort ?? defaultEffort(model) ?? '';
  const images = blocks.some(({ block }) => block.type === 'image') ? 'images' : '';
  return nameOf(hashOfTexts(type, budget, effort, images));
}

/** The marker of a block that can carry one: thinking and empty texts cannot (API docs, prompt caching). */
function ttlOf(block: UserBlock | ContentBlock): '5m' | '1h' | undefined {
  const marker: unknown = 'cache_control' in block ? block.cache_control : undefined;
  if (typeof marker !== 'object' || marker === null) return undefined;
  if (block.type === 'thinking' || block.type === 'redacted_thinking') return undefined;
  if (block.type === 'text' && block.text === '') return undefined;
  return 'ttl' in marker && marker.ttl === '1h' ? '1h' : '5m';
}

function sentOf({ turns, aside }: Conversation) {
  return [...aside, ...turns]
    .flatMap((turn) => {
      if (turn.role !== 'assistant' || !turn.sent || !turn.usage) return [];
      return [{ sent: turn.sent, usage: turn.usage }];
    })
    .sort((one, other) => one.sent.at - other.sent.at);
}
