import { html, nothing, type TemplateResult } from 'lit-html';
import type { AssistantTurn, Usage } from '../../core/conversation/model.ts';
import type { Prices } from '../../core/money/money.ts';
import { costOfBills, turnBill } from '../../core/money/prices.ts';
import { quotedUsd } from '../../core/money/quote.ts';
import type { Tools } from './tools.ts';

/**
 * What an answer took: the whole prompt, its cached share, the output, the dollars of all its requests beside
 * those that were promised, and the time.
 */
export function usageLine(
  turn: AssistantTurn,
  prices: Prices,
  tools: Tools,
): TemplateResult | typeof nothing {
  const usage = turn.usage ?? turn.attempts?.findLast((attempt) => attempt.usage)?.usage;
  if (!usage) return nothing;
  const usd = costOfBills(turnBill(turn), prices);
  const quoted = quotedUsd(turn, prices);
  return html`<span class="usage" data-part="usage"
    data-input=${promptTokens(usage)} data-cache-read=${usage.cacheRead}
    data-cache-write=${usage.cacheWrite} data-output=${usage.output}
    data-usd=${usd ?? nothing} data-quoted-usd=${quoted ?? nothing} title=${title(turn, usage, tools)}
  >${[...tokens(usage, tools), ...dollars(usd, quoted, tools), ...time(turn, tools)].join(' · ')}</span>`;
}

/** The whole prompt in tokens, however much of it came from the cache. */
export function promptTokens(usage: Usage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite;
}

function tokens(usage: Usage, { t, format }: Tools): string[] {
  const input = promptTokens(usage);
  return [
    usage.cacheRead > 0
      ? t('{0} in ({1} cached)', format.count(input), format.percent(usage.cacheRead / input))
      : t('{0} in', format.count(input)),
    t('{0} out', format.count(usage.output)),
  ];
}

function dollars(usd: number | undefined, quoted: number | undefined, { t, format }: Tools): string[] {
  if (usd === undefined) return [];
  return [
    quoted === undefined ? format.usd(usd) : t('{0} (quoted {1})', format.usd(usd), format.usd(quoted)),
  ];
}

/** An interrupted answer was closed when somebody came back to it: when it broke off nobody knows. */
function time({ at, endedAt, state }: AssistantTurn, { format }: Tools): string[] {
  return endedAt === undefined || state === 'interrupted' ? [] : [format.duration(endedAt - at)];
}

function title({ attempts = [] }: AssistantTurn, usage: Usage, { t, format }: Tools): string {
  const lines = [
    t('{0} tokens written to the cache', format.count(usage.cacheWrite)),
    ...(usage.thinking === undefined
      ? []
      : [t('{0} of the output were thinking', format.count(usage.thinking))]),
    ...(attempts.some((attempt) => attempt.usage)
      ? [t('Requests before this one are included: {0}', attempts.length)]
      : []),
  ];
  return lines.join('\n');
}
