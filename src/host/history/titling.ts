import * as vscode from 'vscode';
import type { Failure } from '../../core/conversation/model.ts';
import { textOf } from '../../core/conversation/model.ts';
import type { Session } from '../../core/conversation/session.ts';
import { adviseOn } from '../../core/failure.ts';
import { type TitleRequest, titleIn, titleRequest } from '../../core/history/titleRequest.ts';
import { billOf } from '../../core/money/prices.ts';
import type { AnswerEnd, Claude, Clock, SpendingLog } from '../../core/ports.ts';
import type { MessageRequest } from '../../core/request/messageRequest.ts';
import type { Asking } from '../asking.ts';
import { budgetSentence } from '../budgetSentence.ts';
import type { Budgets } from '../budgets.ts';
import type { ModelCatalogue } from '../modelCatalogue.ts';

/** Titles that Claude writes. */
export interface Titling {
  /** The request that would be sent, with its cost; undefined where there can be none. */
  offer(session: Session): Promise<TitleRequest | undefined>;
  /** Sends it within the budgets, and bills it. Never rejects. */
  suggest(session: Session, offered: TitleRequest): Promise<Suggested>;
}

export type Suggested =
  | { readonly ok: true; readonly title: string }
  | { readonly ok: false; readonly sentence: string };

export interface TitlingParts {
  readonly asking: Pick<Asking, 'contextNow' | 'prices' | 'counter'>;
  readonly catalogue: Pick<ModelCatalogue, 'models' | 'ready'>;
  readonly budgets: Budgets;
  readonly spending: SpendingLog;
  readonly clock: Clock;
  /** The figures of the usage view have changed. */
  readonly onSpent: () => void;
}

export function createTitling(parts: TitlingParts): Titling {
  const { asking, catalogue, budgets, spending, clock } = parts;

  async function bill(conversation: string, { model }: TitleRequest, end: AnswerEnd): Promise<void> {
    if (!end.usage) return;
    for (const { model: id, usage } of billOf(end.usage, model.id)) {
      const modelName = id === model.id ? model.name : id;
      const entry = { at: clock.now(), conversation, turn: clock.newId(), model: id, modelName, usage };
      await spending.append({ ...entry, kind: 'billed', what: 'title' });
    }
    parts.onSpent();
  }

  return {
    async offer({ conversation }) {
      await catalogue.ready();
      return titleRequest(conversation, catalogue.models, asking.prices(), (request) =>
        asking.counter.estimate({ request, origins: [] }),
      );
    },
    async suggest(session, offered) {
      const { request, model } = offered;
      const context = { ...(await asking.contextNow(session)), model };
      if (!context.claude.ok) return failed(context.claude.failure);
      const { id } = session.conversation;
      const { verdict, release } = await budgets.clear(id, { request, origins: [] }, context);
      if (!verdict.allowed) {
        await release();
        return { ok: false, sentence: budgetSentence(verdict) };
      }
      const { text, end } = await answerTo(context.claude.value, request);
      // Another window must see the one or the other.
      await bill(id, offered, end);
      await release();
      if (end.outcome === 'failed') return failed(end.failure);
      const title = titleIn(text);
      return title === '' ? failed({ kind: 'empty' }) : { ok: true, title };
    },
  };
}

async function answerTo(
  claude: Claude,
  request: MessageRequest,
): Promise<{ readonly text: string; readonly end: AnswerEnd }> {
  let text = '';
  for await (const piece of claude.start(request).pieces) {
    if (piece.type === 'blockStarted') text += textOf(piece.block);
    if (piece.type === 'delta') text += typeof piece.delta.text === 'string' ? piece.delta.text : '';
    if (piece.type === 'end') return { text, end: piece };
  }
  return { text, end: { outcome: 'failed', failure: { kind: 'cutOff' } } };
}

function failed(failure: Failure): Suggested {
  return { ok: false, sentence: adviseOn(failure, vscode.l10n.t).sentence };
}
