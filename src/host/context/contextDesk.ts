import * as vscode from 'vscode';
import type { ContextFacts } from '../../core/context/facts.ts';
import type { AskContext } from '../../core/conversation/askContext.ts';
import { requestOptions } from '../../core/conversation/composing.ts';
import { type ChatEvent, emptyConversation } from '../../core/conversation/events.ts';
import {
  type Conversation,
  compactionInForce,
  contextTokens,
  findTurn,
} from '../../core/conversation/model.ts';
import { cacheStateOf, draftRequest, withQuestion } from '../../core/conversation/quoting.ts';
import type { Session } from '../../core/conversation/session.ts';
import { adviseOn } from '../../core/failure.ts';
import { priceOf } from '../../core/money/prices.ts';
import type { Clock, SpendingLog } from '../../core/ports.ts';
import { questionBlocks } from '../../core/request/request.ts';
import type { Asking } from '../asking.ts';
import { type Budgets, localStarts } from '../budgets.ts';
import type { CountTexts } from '../counting/countTexts.ts';
import { currentSettings } from '../settings.ts';
import { usd } from '../usd.ts';
import { factsOf, factsWithout } from './contextFacts.ts';
import type { ContextViewParts } from './contextView.ts';
import { createCacheWarming, warmedSentence } from './packing/cacheWarming.ts';
import { createContextCounting } from './packing/contextCounting.ts';
import { createKeepWarm } from './packing/keepWarm.ts';
import type { Packs, Standing } from './packing/packs.ts';
import type { PinnedFiles } from './pinning/pinnedFiles.ts';

/** The workspace's context beside the conversation that is shown: figures, and what can be done about them. */
export interface ContextDesk
  extends Pick<
      ContextViewParts,
      'facts' | 'onFactsChanged' | 'repack' | 'warm' | 'shownText' | 'countTokens'
    >,
    vscode.Disposable {
  /** To be told of what happens in every conversation. */
  onEvents(session: Session, events: readonly ChatEvent[]): void;
  /** Another conversation is shown, or the panel is. */
  refresh(): void;
  /** Repacks for a question that is about to be asked, where that is cheaper and the setting `context.repack` lets it. */
  beforeAsking(session: Session): Promise<void>;
}

export interface ContextDeskParts {
  readonly pinned: PinnedFiles;
  readonly packs: Packs;
  readonly asking: Asking;
  readonly budgets: Budgets;
  readonly spending: SpendingLog;
  readonly countTexts: CountTexts;
  readonly clock: Clock;
  /** The conversation that is shown, else one that has not begun. */
  readonly session: () => Session;
  /** The same while the panel is visible, and when it was used last. */
  readonly shown: () => { readonly session: Session; readonly usedAt: number } | undefined;
  /** What the next question costs has changed. */
  readonly refreshQuote: () => void;
}

export function createContextDesk(parts: ContextDeskParts): ContextDesk {
  const { pinned, packs, asking, clock } = parts;
  const changed = new vscode.EventEmitter<void>();
  const warming = createCacheWarming(parts);
  const keepWarm = createKeepWarm({
    ...parts,
    warming,
    expiryOf,
    usdADay: () => currentSettings()['cache.keepWarm'],
    dayStart: () => localStarts(clock.now()).dayStart,
    onWarmed: figuresChanged,
  });
  const counting = createContextCounting({
    ...parts,
    onCounted(pack, modelId, tokens) {
      packs.counted(pack, modelId, tokens);
      figuresChanged();
    },
  });
  const following = pinned.onChanged(() => {
    if (!pinned.looking) parts.refreshQuote();
    changed.fire();
  });

  function figuresChanged(): void {
    parts.refreshQuote();
    changed.fire();
  }

  async function standing(session = parts.session()): Promise<{
    readonly conversation: Conversation;
    readonly context: AskContext;
    readonly standing: Standing | undefined;
  }> {
    const { conversation } = session;
    const context = await asking.contextNow(session);
    const asked = { ...context, price: priceOf(asking.prices(), context.model.id) };
    const own = await packs.standingOf(conversation, asked);
    if (own) return { conversation, context, standing: own };
    // A conversation of another workspace says nothing of this one: then the tree is about one that begins now.
    const fresh = emptyConversation('', clock.now());
    return { conversation: fresh, context, standing: await packs.standingOf(fresh, asked) };
  }

  async function facts(session?: Session): Promise<ContextFacts> {
    const now = await standing(session);
    if (!now.standing) return factsWithout(pinned);
    const price = priceOf(asking.prices(), now.context.model.id);
    const { exact, pack, open } = now.standing;
    if (!exact && pack && open && now.context.claude.ok) counting.countSoon(pack, open, now.context.model.id);
    return factsOf(now.conversation, now.standing, now.context, price, pinned, clock);
  }

  async function expiryOf(session: Session): Promise<number | undefined> {
    const context = await asking.contextNow(session);
    const composed = await draftRequest(session.conversation, HELLO, context, clock);
    return cacheStateOf(composed, context, clock.now()).expires;
  }

  /** A fresh pack breaks the cached prefix of a conversation that has begun: the price is shown before it does. */
  async function isConfirmed(session: Session): Promise<boolean> {
    const now = await facts(session);
    if (!session.conversation.system || session.conversation.turns.length === 0 || now.repack) return true;
    const before = contextTokens(session.conversation) ?? 0;
    const price = priceOf(asking.prices(), asking.modelOf(session.conversation).id);
    const cost = (tokens: number, rate: number): string => usd((tokens * rate) / 1_000_000);
    const detail = price
      ? vscode.l10n.t(
          'The whole conversation is written to the cache anew with the next question: about {0} in place of {1}. Thinking so far is no longer sent.',
          cost(before + now.pendingTokens, price.cacheWrite5m),
          cost(before, now.cache.state === 'warm' ? price.cacheRead : price.cacheWrite5m),
        )
      : vscode.l10n.t(
          'The whole conversation is written to the cache anew. Thinking so far is no longer sent.',
        );
    const yes = vscode.l10n.t('Repack');
    const question = vscode.l10n.t('Repack the context of this conversation?');
    return (await vscode.window.showInformationMessage(question, { modal: true, detail }, yes)) === yes;
  }

  async function repackNow(session: Session): Promise<string> {
    if (session.busy) return vscode.l10n.t('An answer is still arriving. Stop it or wait for its end.');
    const isSummarizing = session.conversation.compactions.some(({ state }) => state === 'running');
    if (compactionInForce(session.conversation) || isSummarizing) {
      return vscode.l10n.t(
        'This conversation goes on from a summary, which is bound to the files as they were. Undo the summary, or start a new conversation.',
      );
    }
    const pack = await packs.repack();
    if (!pack) return vscode.l10n.t('There is nothing to pack: no file is pinned.');
    if (session.conversation.turns.length > 0 && session.conversation.system) {
      session.record({ type: 'contextRepacked', pack });
    }
    figuresChanged();
    return vscode.l10n.t('{0} files are packed anew, and go out with the next question.', pack.files);
  }

  return {
    facts: () => facts(),
    async beforeAsking(session) {
      if (currentSettings()['context.repack'] !== 'auto' || session.busy) return;
      if ((await facts(session)).repack) await repackNow(session);
    },
    onFactsChanged: changed.event,
    async repack() {
      const session = parts.session();
      return (await isConfirmed(session)) ? repackNow(session) : undefined;
    },
    async warm() {
      const warmed = await warming.warm(parts.session());
      figuresChanged();
      keepWarm.reschedule();
      return warmedSentence(warmed);
    },
    async shownText() {
      const { conversation, context, standing: now } = await standing();
      const begun = conversation.system ? conversation : withQuestion(conversation, HELLO, context, clock);
      const { options } = await requestOptions(begun, context, context.endpoint);
      if (!now) return undefined;
      const updates = questionBlocks([...now.sent, ...now.pending]);
      const texts = [options.packText ?? '', ...updates.map((block) => ('text' in block ? block.text : ''))];
      const shown = texts.filter((text) => text !== '').join('\n\n');
      return shown === '' ? undefined : shown;
    },
    async countTokens() {
      const { context, standing: now } = await standing();
      if (!now?.pack || !now.open) return undefined;
      const counted = await counting.count(now.pack, now.open, context.model.id);
      if (counted.ok) return counted.value;
      void vscode.window.showErrorMessage(adviseOn(counted.failure, vscode.l10n.t).sentence);
      return undefined;
    },
    onEvents(session, events) {
      for (const event of events) {
        if (event.type === 'systemFrozen' && event.system.pack) began(session);
        if (event.type === 'turnEnded') noteCarried(session, event.turn);
        if (event.type === 'turnEnded' || event.type === 'contextRepacked') keepWarm.reschedule();
      }
      if (events.some(({ type }) => CHANGES_FIGURES.has(type))) changed.fire();
    },
    refresh() {
      changed.fire();
      keepWarm.reschedule();
    },
    dispose() {
      following.dispose();
      counting.dispose();
      keepWarm.dispose();
      changed.dispose();
    },
  };

  function noteCarried({ conversation }: Session, turn: string): void {
    const pack = conversation.system?.pack;
    const answer = findTurn(conversation, turn);
    if (!pack || answer?.role !== 'assistant' || !answer.sent || !answer.usage) return;
    const { at, points } = answer.sent;
    packs.carried(pack, { at, points, usage: answer.usage });
  }

  function began({ conversation }: Session): void {
    const { id: modelId } = asking.modelOf(conversation);
    packs.began(conversation, { modelId, price: priceOf(asking.prices(), modelId) });
  }
}

const HELLO = [{ kind: 'text', text: 'Hello' }] as const;

const CHANGES_FIGURES: ReadonlySet<ChatEvent['type']> = new Set([
  'turnAdded',
  'turnEnded',
  'modelChosen',
  'contextRepacked',
  'compactionDecided',
]);
