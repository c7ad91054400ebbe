import * as vscode from 'vscode';
import type { AskContext } from '../../core/conversation/askContext.ts';
import type { Failure } from '../../core/conversation/model.ts';
import type { Part } from '../../core/conversation/parts.ts';
import { draftRequest, nextRequest } from '../../core/conversation/quoting.ts';
import { isBlankQuestion, type Session } from '../../core/conversation/session.ts';
import { adviseOn } from '../../core/failure.ts';
import { imageTier } from '../../core/money/modelFacts.ts';
import { divisionOf } from '../../core/money/promptDivision.ts';
import type { Clock } from '../../core/ports.ts';
import type { Draft } from '../../core/protocol.ts';
import { countable } from '../../core/request/counting.ts';
import type { ComposedRequest } from '../../core/request/messageRequest.ts';
import type { Asking } from '../asking.ts';
import { comparison, figure } from './tokenTable.ts';

/** Counting the prompts of requests as they would be sent. */
export interface RequestCounting {
  conversation(): Promise<number>;
  draft(): Promise<number>;
}

export interface RequestCountingParts {
  readonly asking: Pick<Asking, 'contextNow' | 'counter'>;
  readonly clock: Pick<Clock, 'newId' | 'now'>;
  readonly session: () => Session | undefined;
  readonly draft: () => Promise<Draft>;
  /** Shows a sentence to the user. */
  readonly tell: (sentence: string) => void;
}

export function createRequestCounting(parts: RequestCountingParts): RequestCounting {
  const { asking, clock, session, draft, tell } = parts;

  function refuse(sentence: string): number {
    tell(sentence);
    return 0;
  }

  /** `stand`: tokens of the prompt that only stand in for a question. */
  async function count(
    name: string,
    from: Session,
    compose: (context: AskContext) => Promise<ComposedRequest>,
    stand: number,
  ): Promise<number> {
    if (from.busy) return refuse(vscode.l10n.t('An answer is on its way. Count again when it is complete.'));
    const context = await asking.contextNow(from);
    const composed = await compose(context);
    const whole = await countRequest(name, composed, context, asking);
    const counted = { ...whole, tokens: whole.tokens - stand, estimate: whole.estimate - stand };
    tell(sentenceOf(name, context.model.name, composed, counted));
    return counted.tokens;
  }

  return {
    async conversation() {
      const from = session();
      if (!from || from.conversation.turns.length === 0) {
        return refuse(vscode.l10n.t('There is nothing to count yet: the conversation is empty.'));
      }
      const name = vscode.l10n.t('This conversation');
      const { conversation } = from;
      // A request ends with a question, so the newest answer is only in one that asks something more.
      return conversation.turns.at(-1)?.role === 'assistant'
        ? count(name, from, (context) => draftRequest(conversation, ONE_TOKEN, context, clock), 1)
        : count(name, from, (context) => nextRequest(conversation, context), 0);
    },
    async draft() {
      const from = session();
      const { text, attachments } = await draft();
      const question: readonly Part[] = [...attachments.map(({ part }) => part), { kind: 'text', text }];
      if (!from || isBlankQuestion(question)) {
        return refuse(vscode.l10n.t('There is nothing to count yet: no question is written.'));
      }
      const name = vscode.l10n.t('This question with all that goes before it');
      return count(name, from, (context) => draftRequest(from.conversation, question, context, clock), 0);
    },
  };
}

/** The shortest question. */
const ONE_TOKEN: readonly Part[] = [{ kind: 'text', text: 'a' }];

interface Counted {
  readonly tokens: number;
  /** As reckoned before the count. */
  readonly estimate: number;
  readonly exact: boolean;
  readonly failure?: Failure;
}

/** The exact figure, known or counted now; an estimate where the API cannot be asked. */
async function countRequest(
  name: string,
  composed: ComposedRequest,
  { claude }: AskContext,
  { counter }: Pick<Asking, 'counter'>,
): Promise<Counted> {
  // Taken before the count betters it.
  const estimate = counter.estimate(composed);
  if (!claude.ok) return { tokens: estimate, estimate, exact: false, failure: claude.failure };
  const counted = await whileEstimated(name, estimate, (onCancelled) => {
    const counting = counter.count(claude.value, composed);
    onCancelled(counting.cancel);
    return counting.tokens;
  });
  if (!counted.ok) return { tokens: estimate, estimate, exact: false, failure: counted.failure };
  const { guessed } = countable(composed.request, imageTier(composed.request.model));
  return { tokens: counted.value, estimate, exact: guessed === 0 };
}

/** Shows an estimate while the API counts; the user can call that off. Resolves as `work` does. */
export function whileEstimated<T>(
  name: string,
  estimate: number,
  work: (onCancelled: (listener: () => void) => void) => Promise<T>,
): Promise<T> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    cancellable: true,
    title: vscode.l10n.t('{0}: about {1} tokens; counting…', name, figure(estimate)),
  };
  const counting = vscode.window.withProgress(options, (_, token) =>
    work((listener) => void token.onCancellationRequested(listener)),
  );
  return Promise.resolve(counting);
}

function sentenceOf(name: string, model: string, composed: ComposedRequest, counted: Counted): string {
  const { tokens, estimate, exact, failure } = counted;
  const { system, messages, images } = divisionOf(composed.request, tokens);
  const total = exact
    ? vscode.l10n.t(
        '{0}: {1} tokens for {2} ({3}).',
        name,
        figure(tokens),
        model,
        comparison(estimate, tokens, vscode.l10n.t),
      )
    : vscode.l10n.t('{0}: about {1} tokens for {2}.', name, figure(tokens), model);
  const divided =
    images > 0
      ? vscode.l10n.t(
          'Of them about {0} are the system prompt, {1} the messages, {2} images and documents.',
          figure(system),
          figure(messages),
          figure(images),
        )
      : vscode.l10n.t(
          'Of them about {0} are the system prompt, {1} the messages.',
          figure(system),
          figure(messages),
        );
  return [total, divided, ...(failure ? [adviseOn(failure, vscode.l10n.t).sentence] : [])].join(' ');
}
