import { html, nothing, type TemplateResult } from 'lit-html';
import { guard } from 'lit-html/directives/guard.js';
import type { CacheState, Quote } from '../../core/money/money.ts';
import { coolDown } from '../changes.ts';
import { quoteNow } from '../quoting.ts';
import { isStreaming, type OpenChat, type PageState } from '../state.ts';
import { causeOfMiss } from './cacheMiss.ts';
import type { Tools } from './tools.ts';

/** What sending the question as it stands would cost, and how warm the cache is. */
export function figures(state: PageState, chat: OpenChat, tools: Tools): TemplateResult {
  const { draft } = state;
  const blank = draft.text.trim() === '';
  // While an answer arrives the host quotes nothing, and the last quote was that of the question just sent.
  const told = blank && isStreaming(state) ? undefined : chat.quote;
  return html`<div class="figures">
    ${guard([told, draft.text, chat.status], () =>
      quoteLine(told ? quoteNow(told, draft.text, chat.status) : null, blank, tools),
    )}
    ${guard([chat.quote?.cache], () => cacheChip(chat.quote?.cache, tools))}
  </div>`;
}

/** Announced only when the figures are counted: an estimate follows every key. */
function quoteLine(quote: Quote | null, blank: boolean, tools: Tools): TemplateResult {
  const state = quote?.state ?? 'unavailable';
  return html`<span class="quote" role="status" aria-live=${state === 'exact' ? 'polite' : 'off'}
    data-part="quote" data-state=${state} data-input=${quote?.input ?? nothing}
    data-cache-read=${quote?.read ?? nothing}
    data-cache-write=${quote ? quote.write5m + quote.write1h : nothing}
    data-usd-low=${quote?.usdLow ?? nothing} data-usd-high=${quote?.usdHigh ?? nothing}
    title=${quote ? split(quote, tools) : tools.t('What this costs is not known yet.')}
  >${quote ? words(quote, tools) : blank ? nothing : '–'}</span>`;
}

function words({ state, input, usdLow, usdHigh }: Quote, { t, format }: Tools): string {
  const tokens = t('{0} tok', `${state === 'estimate' ? '~' : ''}${format.count(Math.round(input))}`);
  if (usdLow === undefined || usdHigh === undefined) return tokens;
  return `${tokens} · ${format.usdRange(usdLow, usdHigh)}`;
}

/** Line by line what the figures are made of. */
function split(quote: Quote, { t, format }: Tools): string {
  const { state, lost, guessedImages } = quote;
  const parts: [number, string][] = [
    [quote.read, t('{0} read from the cache')],
    [quote.write5m + quote.write1h, t('{0} written to the cache')],
    [quote.fresh, t('{0} at the full price')],
    [quote.maxOutput, t('{0} for the longest answer')],
    [guessedImages, t('Images by address, counted at their largest: {0}')],
  ];
  const figure = (value: number): string => format.count(Math.round(value));
  return [
    state === 'exact' ? t('Tokens, counted by the API:') : t('Tokens, estimated:'),
    ...parts.filter(([value]) => value > 0).map(([value, line]) => line.replace('{0}', figure(value))),
    ...(lost ? [t('{0} cached tokens are lost: {1}.', figure(lost.tokens), causeOfMiss(lost.cause, t))] : []),
    ...(quote.usdLow === undefined
      ? [t('The price of this model is not known.')]
      : [t('From the prompt alone to the longest answer with nothing cached.')]),
  ].join('\n');
}

function cacheChip(cache: CacheState | undefined, tools: Tools): TemplateResult {
  const { t, format } = tools;
  const { state = 'none', expires, tokens = 0 } = cache ?? {};
  const title = {
    none: t('Nothing of this conversation is cached.'),
    warm: t('The next request reads {0} tokens from the cache.', format.count(tokens)),
    cold: t('The cache has expired; the next request writes it anew.'),
  }[state];
  return html`<span class="cache" data-part="cache" data-state=${state} data-expires=${expires ?? nothing} title=${title}
    >${state === 'none' ? nothing : html`${state === 'cold' ? t('cache cold') : t('cache')} ${warmth(expires, tools)}`}</span>`;
}

function warmth(expires: number | undefined, { countdowns, change, format, t }: Tools): unknown {
  if (expires === undefined) return nothing;
  const due = (): void => change((state) => coolDown(state, expires));
  return html`<span class="hidden">${t('warm for')} </span>${countdowns.left({ until: expires, show: format.left, due })}`;
}
