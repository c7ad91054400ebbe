import * as vscode from 'vscode';
import { sentUpdates } from '../../core/context/conversationContext.ts';
import type { ContextFacts } from '../../core/context/facts.ts';
import type { AskContext } from '../../core/conversation/askContext.ts';
import { requestOptions } from '../../core/conversation/composing.ts';
import { type ChatEvent, emptyConversation } from '../../core/conversation/events.ts';
import { type Conversation, findTurn } from '../../core/conversation/model.ts';
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
import { factsOf, factsWithout } from './contextFacts.ts';
import type { ContextViewParts } from './contextView.ts';
import { createCacheWarming, warmedSentence } from './packing/cacheWarming.ts';
import { createContextCounting } from './packing/contextCounting.ts';
import { createKeepWarm } from './packing/keepWarm.ts';
import type { Packs, Standing } from './packing/packs.ts';
import { createRepacking, type Repacking } from './packing/repacking.ts';
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
  /** To be done before a question is quoted or asked, so that the one is what the other sends. */
  repackIfCheaper: Repacking['repackIfCheaper'];
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
  /** The session of a conversation, taken over from another window if need be; undefined when it cannot be. */
  readonly ours: (conversation: string) => Promise<Session | undefined>;
  /** What the next question costs has changed. */
  readonly refreshQuote: () => void;
}

export function createContextDesk(parts: ContextDeskParts): ContextDesk {
  const { pinned, packs, asking, clock } = parts;
  const changed = new vscode.EventEmitter<void>();
  const pinsAtStart = whenRead(pinned);
  const warming = createCacheWarming(parts);
  const keepWarm = createKeepWarm({
    ...parts,
    warming,
    expiryOf,
    usdADay: () => currentSettings()['cache.keepWarm'],
    dayStart: () => localStarts(clock.now()).dayStart,
    onWarmed: figuresChanged,
  });
  const repacking = createRepacking({
    ...parts,
    facts,
    mode: () => currentSettings()['context.repack'],
    onRepacked: figuresChanged,
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
    const price = priceOf(asking.prices(), context.model.id);
    const asked = { ...context, price, ledgerName: asking.ledgerName() };
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
    // Nothing is uploaded because a window was opened: only what was sent before, or pinned since.
    const isWanted = now.conversation.system !== undefined || pinned.pins !== (await pinsAtStart);
    if (!exact && isWanted && pack && open && now.context.claude.ok) {
      counting.countSoon(pack, open, now.context.model.id);
    }
    return factsOf(now.conversation, now.standing, now.context, price, pinned, clock);
  }

  async function expiryOf(session: Session): Promise<number | undefined> {
    const context = await asking.contextNow(session);
    const composed = await draftRequest(session.conversation, HELLO, context, clock);
    return cacheStateOf(composed, context, clock.now()).expires;
  }

  return {
    facts: () => facts(),
    repackIfCheaper: repacking.repackIfCheaper,
    onFactsChanged: changed.event,
    repack: () => repacking.repack(parts.session()),
    async warm() {
      const warmed = await warming.warm(parts.session(), 'warming');
      figuresChanged();
      keepWarm.reschedule();
      return warmedSentence(warmed);
    },
    async shownText() {
      const session = parts.session();
      const context = await asking.contextNow(session);
      const { conversation } = session;
      const begun = conversation.system ? conversation : withQuestion(conversation, HELLO, context, clock);
      const { options } = await requestOptions(begun, context, context.endpoint);
      const updates = questionBlocks([
        ...sentUpdates(conversation),
        ...context.workspace.updatesFor(conversation),
      ]);
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
        if (event.type === 'systemFrozen' && event.system.pack) packs.began(session.conversation);
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
    packs.carried(conversation, pack, { ledgerName: asking.ledgerName(), at, points, usage: answer.usage });
  }
}

/** The pins as they were on disk. */
async function whenRead(pinned: PinnedFiles): Promise<PinnedFiles['pins']> {
  await pinned.ready();
  return pinned.pins;
}

const HELLO = [{ kind: 'text', text: 'Hello' }] as const;

const CHANGES_FIGURES: ReadonlySet<ChatEvent['type']> = new Set([
  'turnAdded',
  'turnEnded',
  'modelChosen',
  'contextRepacked',
  'compactionDecided',
]);
