import { html, nothing, type TemplateResult } from 'lit-html';
import type { AssistantTurn, MissCause } from '../../core/conversation/model.ts';
import type { Translate } from '../../core/failure.ts';
import type { Prices } from '../../core/money/money.ts';
import { priceOf } from '../../core/money/prices.ts';
import { lostUsd } from '../../core/money/quote.ts';
import type { OpenChat } from '../state.ts';
import type { Tools } from './tools.ts';

/** What an expected cache hit that did not come has cost, and why it did not. */
export function cacheMiss(
  { cacheMiss: miss, model, usage }: AssistantTurn,
  prices: Prices,
  { t, format }: Tools,
): TemplateResult | typeof nothing {
  if (!miss) return nothing;
  const tokens = format.count(miss.tokens);
  const price = priceOf(prices, model.id);
  const bill = price
    ? t(
        '{0} tokens were read again for {1} more.',
        tokens,
        format.usd(lostUsd(miss, price, usage?.cacheWrite1h ? '1h' : '5m')),
      )
    : t('{0} tokens were read again.', tokens);
  return html`<p class="note" data-part="cache-miss" data-cause=${miss.cause}>
    ${t('Cache missed: {0}.', causeOfMiss(miss.cause, t))} ${bill}
  </p>`;
}

/** Says before sending that a switch makes cached tokens be read again. That they expire needs no line: the chip says it. */
export function cacheLoss(
  { quote: told, status }: OpenChat,
  { t, format }: Tools,
): TemplateResult | typeof nothing {
  const quote = told?.quote;
  if (!quote?.lost || quote.lost.cause === 'expired') return nothing;
  const { cause, tokens } = quote.lost;
  const price = priceOf(status.prices, status.modelId);
  const count = format.count(tokens);
  const bill = price
    ? t(
        '{0} tokens are read again for {1} more.',
        count,
        format.usd(lostUsd(quote.lost, price, quote.write1h > 0 ? '1h' : '5m')),
      )
    : t('{0} tokens are read again.', count);
  return html`<p class="hint" data-part="cache-loss">${t('The cache is lost: {0}.', causeOfMiss(cause, t))} ${bill}</p>`;
}

/** Completes "the cache was missed, because". */
export function causeOfMiss(cause: MissCause, t: Translate): string {
  switch (cause) {
    case 'expired':
      return t('it had expired');
    case 'modelChanged':
      return t('the model was changed');
    case 'settingsChanged':
      return t('effort or thinking was changed');
    case 'systemChanged':
      return t('the instructions were changed');
    case 'messagesChanged':
      return t('earlier messages were changed');
    case 'toolsChanged':
      return t('the tools were changed');
    case 'notFound':
      return t('the API no longer knew the last request');
    default:
      return t('the API does not say why');
  }
}
