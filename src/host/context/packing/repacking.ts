import * as vscode from 'vscode';
import type { ContextFacts } from '../../../core/context/facts.ts';
import { compactionInForce, contextTokens } from '../../../core/conversation/model.ts';
import type { Session } from '../../../core/conversation/session.ts';
import { priceOf } from '../../../core/money/prices.ts';
import type { Asking } from '../../asking.ts';
import { usd } from '../../usd.ts';
import type { Packs } from './packs.ts';

/** Gives a conversation a fresh pack. */
export interface Repacking {
  /** Asks first where that would cost more; what became of it as a sentence, undefined when the user said no. */
  repack(session: Session): Promise<string | undefined>;
  /** Where it is cheaper and the setting `context.repack` lets it, without a word. Never rejects. */
  repackIfCheaper(session: Session): Promise<void>;
}

export interface RepackingParts {
  readonly packs: Pick<Packs, 'repack' | 'concerns'>;
  readonly asking: Pick<Asking, 'prices' | 'modelOf'>;
  readonly facts: (session: Session) => Promise<ContextFacts>;
  /** The session of a conversation, taken over from another window if need be; undefined when it cannot be. */
  readonly ours: (conversation: string) => Promise<Session | undefined>;
  /** The setting `context.repack`. */
  readonly mode: () => 'ask' | 'auto';
  readonly onRepacked: () => void;
}

export function createRepacking(parts: RepackingParts): Repacking {
  const { packs, asking } = parts;

  async function repack(session: Session): Promise<string | undefined> {
    const problem = problemOf(session) ?? foreignSentence(session);
    if (problem !== undefined) return problem;
    return (await isConfirmed(session)) ? repackNow(session.conversation.id, session) : undefined;
  }

  function foreignSentence({ conversation }: Session): string | undefined {
    if (packs.concerns(conversation)) return undefined;
    return vscode.l10n.t(
      'This conversation did not begin in this workspace, so its files cannot be packed into it. Start a new conversation.',
    );
  }

  /** A fresh pack breaks the cached prefix of a conversation that has begun: the price is shown before it does. */
  async function isConfirmed(session: Session): Promise<boolean> {
    if (!hasBegun(session)) return true;
    const now = await parts.facts(session);
    if (now.repack) return true;
    const yes = vscode.l10n.t('Repack');
    const question = vscode.l10n.t('Repack the context of this conversation?');
    const detail = priceSentence(session, now);
    return (await vscode.window.showInformationMessage(question, { modal: true, detail }, yes)) === yes;
  }

  function priceSentence({ conversation }: Session, now: ContextFacts): string {
    const price = priceOf(asking.prices(), asking.modelOf(conversation).id);
    if (!price) {
      return vscode.l10n.t(
        'The whole conversation is written to the cache anew. Thinking so far is no longer sent.',
      );
    }
    const before = contextTokens(conversation) ?? 0;
    const cost = (tokens: number, rate: number): string => usd((tokens * rate) / 1_000_000);
    return vscode.l10n.t(
      'The whole conversation is written to the cache anew with the next question: about {0} in place of {1}. Thinking so far is no longer sent.',
      cost(before + now.pendingTokens, price.cacheWrite5m),
      cost(before, now.cache.state === 'warm' ? price.cacheRead : price.cacheWrite5m),
    );
  }

  /** Time passes while files are read: what spoke against it is asked again. */
  async function repackNow(id: string, shown: Session): Promise<string> {
    const pack = await packs.repack();
    if (!pack) return vscode.l10n.t('There is nothing to pack: no file is pinned.');
    const session = hasBegun(shown) ? await parts.ours(id) : shown;
    if (!session) return vscode.l10n.t('This conversation cannot be changed here just now.');
    const problem = problemOf(session);
    if (problem !== undefined) return problem;
    if (hasBegun(session)) session.record({ type: 'contextRepacked', pack });
    parts.onRepacked();
    return pack.files === 1
      ? vscode.l10n.t('1 file is packed anew, and goes out with the next question.')
      : vscode.l10n.t('{0} files are packed anew, and go out with the next question.', pack.files);
  }

  return {
    repack,
    async repackIfCheaper(session) {
      if (parts.mode() !== 'auto' || !hasBegun(session)) return;
      if (problemOf(session) !== undefined || !packs.concerns(session.conversation)) return;
      if ((await parts.facts(session)).repack) await repackNow(session.conversation.id, session);
    },
  };
}

function hasBegun({ conversation }: Session): boolean {
  return conversation.system !== undefined && conversation.turns.length > 0;
}

/** Why a conversation cannot be given another pack just now. */
function problemOf(session: Session): string | undefined {
  if (session.busy) return vscode.l10n.t('An answer is still arriving. Stop it or wait for its end.');
  const { conversation } = session;
  const isSummarizing = conversation.compactions.some(({ state }) => state === 'running');
  if (!compactionInForce(conversation) && !isSummarizing) return undefined;
  return vscode.l10n.t(
    'This conversation goes on from a summary, which is bound to the files as they were. Undo the summary, or start a new conversation.',
  );
}
