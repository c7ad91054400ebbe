import { html, type TemplateResult } from 'lit-html';
import type { UsageRow } from '../../core/money/report.ts';
import type { UsageSum } from '../../core/money/usageSum.ts';
import type { UsageFacts } from '../../core/usageProtocol.ts';
import { type TableColumn, table } from './table.ts';
import type { UsageTools } from './tools.ts';

/** The sums for today, this month and all time. */
export function totals({ totals: { today, month, all } }: UsageFacts, tools: UsageTools): TemplateResult {
  const { t } = tools;
  return html`<dl class="totals">
    ${card(t('Today'), today, tools)} ${card(t('This Month'), month, tools)} ${card(t('All Time'), all, tools)}
  </dl>`;
}

/** A table of figures, by model, day, month or conversation. */
export function figuresTable(
  name: string,
  first: TableColumn<UsageRow>,
  rows: readonly UsageRow[],
  tools: UsageTools,
): TemplateResult {
  const { t, format } = tools;
  const figure = (heading: string, cell: (row: UsageRow) => string): TableColumn<UsageRow> => ({
    heading,
    cell,
    isFigure: true,
  });
  return table(
    name,
    [
      first,
      figure(t('Cost'), (row) => costOf(row, tools)),
      figure(t('Input'), ({ tokens }) => format.count(inputOf(tokens))),
      figure(t('From Cache'), ({ tokens }) => format.percent(cachedShare(tokens))),
      figure(t('Output'), ({ tokens }) => format.count(tokens.output)),
      figure(t('Saved by Cache'), ({ savedUsd }) =>
        savedUsd === undefined ? UNKNOWN : format.usd(savedUsd),
      ),
    ],
    rows,
  );
}

/** What stands where a figure is not known. */
export const UNKNOWN = '–';

/** What it cost in words: without a known price nothing is invented, and a sum that is not all says so. */
export function costOf({ usd, partial }: UsageSum, { t, format }: UsageTools): string {
  if (usd === undefined) return partial ? t('Unknown') : format.usd(0);
  return partial ? t('{0} and more', format.usd(usd)) : format.usd(usd);
}

/** The whole prompt in tokens. */
export function inputOf({ fresh, write5m, write1h, read }: UsageSum['tokens']): number {
  return fresh + write5m + write1h + read;
}

/** Share of the prompt that was read from the cache, 0 to 1. */
export function cachedShare(tokens: UsageSum['tokens']): number {
  const input = inputOf(tokens);
  return input > 0 ? tokens.read / input : 0;
}

function card(name: string, sum: UsageSum, tools: UsageTools): TemplateResult {
  const { t, format } = tools;
  const { tokens, savedUsd, unpriced } = sum;
  return html`<div class="total">
    <dt>${name}</dt>
    <dd class="total-usd">${costOf(sum, tools)}</dd>
    <dd>${t('{0} tokens in, {1} out', format.count(inputOf(tokens)), format.count(tokens.output))}</dd>
    <dd>${t('{0} of the input read from the cache', format.percent(cachedShare(tokens)))}</dd>
    ${savedUsd === undefined ? '' : html`<dd>${savings(savedUsd, tools)}</dd>`}
    ${unpriced > 0 ? html`<dd>${t('{0} tokens of unknown price are not counted', format.count(unpriced))}</dd>` : ''}
  </div>`;
}

function savings(saved: number, { t, format }: UsageTools): string {
  return saved >= 0
    ? t('{0} saved by the cache', format.usd(saved))
    : t('{0} spent on the cache, not yet earned back', format.usd(-saved));
}
