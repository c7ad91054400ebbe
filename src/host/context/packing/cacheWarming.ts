import * as vscode from 'vscode';
import type { AskContext } from '../../../core/conversation/askContext.ts';
import { requestOptions } from '../../../core/conversation/composing.ts';
import type { Conversation, Usage } from '../../../core/conversation/model.ts';
import { cacheStateOf, withQuestion } from '../../../core/conversation/quoting.ts';
import type { Session } from '../../../core/conversation/session.ts';
import { adviseOn } from '../../../core/failure.ts';
import { outlineOf, pointsOf } from '../../../core/money/ledger.ts';
import type { SpentOn } from '../../../core/money/money.ts';
import { costOf, priceOf } from '../../../core/money/prices.ts';
import type { Clock, SpendingLog } from '../../../core/ports.ts';
import type { MessageRequest } from '../../../core/request/messageRequest.ts';
import { composeWarming } from '../../../core/request/warming.ts';
import type { Asking } from '../../asking.ts';
import { budgetSentence } from '../../budgetSentence.ts';
import type { Budgets } from '../../budgets.ts';
import { usd as usdText } from '../../usd.ts';
import type { Packs } from './packs.ts';

/** Writes what the next question of a conversation will read into the cache, or begins its lifetime anew. */
export interface CacheWarming {
  /** `what` is how it is billed. Resolves with what became of it; never rejects. */
  warm(session: Session, what: WarmingKind): Promise<Warmed>;
  /** What warming now would cost; undefined where nobody knows. */
  priceOf(session: Session): Promise<WarmingPrice | undefined>;
}

/** Whether the user has wanted it, or it is done unasked. */
export type WarmingKind = Extract<SpentOn, 'warming' | 'keepingWarm'>;

export interface WarmingPrice {
  readonly usd: number;
  /** What writing all of it anew would, in USD. */
  readonly anewUsd: number;
  /** Whether all would be read, so that the lifetime of what is there begins anew and hardly anything is written. */
  readonly isRefresh: boolean;
}

export type Warmed =
  | { readonly ok: true; readonly usage: Usage; readonly usd?: number; readonly expires?: number }
  | { readonly ok: false; readonly sentence: string };

export interface CacheWarmingParts {
  readonly asking: Pick<Asking, 'context' | 'contextNow' | 'prices' | 'counter' | 'ledgerName'>;
  readonly packs: Pick<Packs, 'carried'>;
  readonly budgets: Budgets;
  readonly spending: SpendingLog;
  readonly clock: Clock;
}

export function createCacheWarming(parts: CacheWarmingParts): CacheWarming {
  const { asking, packs, budgets, spending, clock } = parts;

  /** The request, undefined where there is nothing to cache. */
  async function requestFor(
    conversation: Conversation,
    context: AskContext,
  ): Promise<MessageRequest | undefined> {
    const begun = conversation.system ? conversation : withQuestion(conversation, HELLO, context, clock);
    const { options, failure } = await requestOptions(begun, context, context.endpoint);
    return failure ? undefined : composeWarming(begun, options);
  }

  async function send(session: Session, what: WarmingKind): Promise<Warmed> {
    const context = await asking.context(session, true);
    const { conversation } = session;
    if (!context.claude.ok) return refused(adviseOn(context.claude.failure, vscode.l10n.t).sentence);
    const request = await requestFor(conversation, context);
    if (!request)
      return refused(vscode.l10n.t('There is nothing to write to the cache yet: pin files first.'));
    const { verdict, release } = await budgets.clear(conversation.id, { request, origins: [] }, context);
    if (!verdict.allowed) {
      await release();
      return refused(budgetSentence(verdict));
    }
    const at = clock.now();
    const warmed = await context.claude.value.warm(request);
    if (!warmed.ok) {
      await release();
      return refused(adviseOn(warmed.failure, vscode.l10n.t).sentence);
    }
    const { value: usage } = warmed;
    // Another window must see the one or the other.
    await bill(conversation, context, usage, what);
    await release();
    const outline = outlineOf(request);
    context.ledger.note(outline, usage, at);
    const pack = conversation.system?.pack ?? context.workspace.pack;
    if (pack)
      packs.carried(conversation, pack, {
        ledgerName: asking.ledgerName(),
        at,
        points: pointsOf(outline),
        usage,
      });
    const price = priceOf(asking.prices(), request.model);
    const state = cacheStateOf({ request, origins: [] }, context, clock.now());
    return {
      ok: true,
      usage,
      ...(price ? { usd: costOf(spentIn(usage), price) } : {}),
      ...(state.expires === undefined ? {} : { expires: state.expires }),
    };
  }

  async function bill(
    { id }: Conversation,
    { model }: AskContext,
    usage: Usage,
    what: WarmingKind,
  ): Promise<void> {
    await spending.append({
      at: clock.now(),
      conversation: id,
      turn: clock.newId(),
      model: model.id,
      modelName: model.name,
      kind: 'billed',
      what,
      usage: spentIn(usage),
    });
  }

  return {
    warm: send,
    async priceOf(session) {
      const context = await asking.contextNow(session);
      const request = await requestFor(session.conversation, context);
      const price = request && priceOf(asking.prices(), request.model);
      if (!request || !price) return undefined;
      const outline = outlineOf(request);
      const tokens = asking.counter.estimate({ request, origins: [] });
      const { split } = context.ledger.predict(outline, tokens, clock.now());
      return {
        usd: costOf({ ...split, output: 0 }, price),
        anewUsd: (tokens * price.cacheWrite5m) / 1_000_000,
        isRefresh: split.read > 0 && split.write5m + split.write1h <= tokens * HARDLY,
      };
    },
  };
}

/** Tokens of a bill without an answer, as they are written to the spending log. */
function spentIn({ input, cacheRead, cacheWrite, cacheWrite1h, output }: Usage) {
  return {
    fresh: input,
    read: cacheRead,
    write5m: cacheWrite - cacheWrite1h,
    write1h: cacheWrite1h,
    output,
  };
}

/** What became of warming, in words. */
export function warmedSentence(warmed: Warmed): string {
  if (!warmed.ok) return warmed.sentence;
  const { usage, usd, expires } = warmed;
  const figure = (tokens: number): string => tokens.toLocaleString('en-US');
  const cost = usd === undefined ? '' : ` (${usdText(usd)})`;
  if (usage.cacheRead + usage.cacheWrite === 0) {
    return vscode.l10n.t('Nothing was cached: the context is shorter than this model caches{0}.', cost);
  }
  if (expires === undefined) {
    return vscode.l10n.t(
      'The cache is warm: {0} tokens written, {1} read{2}.',
      figure(usage.cacheWrite),
      figure(usage.cacheRead),
      cost,
    );
  }
  const until = new Date(expires).toLocaleTimeString();
  return vscode.l10n.t(
    'The cache is warm until {0}: {1} tokens written, {2} read{3}.',
    until,
    figure(usage.cacheWrite),
    figure(usage.cacheRead),
    cost,
  );
}

/** As a share of the prompt. */
const HARDLY = 0.05;

const HELLO = [{ kind: 'text', text: 'Hello' }] as const;

function refused(sentence: string): Warmed {
  return { ok: false, sentence };
}
