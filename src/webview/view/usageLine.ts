import { html, nothing, type TemplateResult } from 'lit-html';
import type { AssistantTurn, Usage } from '../../core/conversation/model.ts';
import type { Tools } from './tools.ts';

/** What an answer took: the whole prompt, its cached share, the output, and the time. */
export function usageLine(turn: AssistantTurn, tools: Tools): TemplateResult | typeof nothing {
  const { usage } = turn;
  if (!usage) return nothing;
  return html`<span class="usage" data-part="usage"
    data-input=${promptTokens(usage)} data-cache-read=${usage.cacheRead}
    data-cache-write=${usage.cacheWrite} data-output=${usage.output}
  >${words(turn, usage, tools).join(' · ')}</span>`;
}

/** The whole prompt in tokens, however much of it came from the cache. */
export function promptTokens(usage: Usage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite;
}

function words(turn: AssistantTurn, usage: Usage, { t, format }: Tools): string[] {
  const input = promptTokens(usage);
  const cached =
    usage.cacheRead > 0
      ? t('{0} in ({1} cached)', format.count(input), format.percent(usage.cacheRead / input))
      : t('{0} in', format.count(input));
  const output = t('{0} out', format.count(usage.output));
  return turn.endedAt === undefined
    ? [cached, output]
    : [cached, output, format.duration(turn.endedAt - turn.at)];
}
