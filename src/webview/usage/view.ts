import { html, nothing, type TemplateResult } from 'lit-html';
import type { UsageFacts } from '../../core/usageProtocol.ts';
import { answersTable, conversationLink } from './answers.ts';
import { chart, columnName, kindName } from './chart.ts';
import { type Column, columnsOf, KINDS, PERIODS, type Period, sumOf } from './columns.ts';
import { figuresTable, totals } from './figures.ts';
import { table } from './table.ts';
import { priceTable, rateLimits } from './terms.ts';
import type { UsageState, UsageTools } from './tools.ts';

/** The whole page. */
export function usageView(state: UsageState, tools: UsageTools): TemplateResult {
  const { t, send } = tools;
  const { facts, phase } = state;
  const isEmpty = facts?.answers.length === 0;
  return html`<main>
    <header class="head">
      <h1>${t('Usage and Cost')}</h1>
      ${
        facts && !isEmpty
          ? html`<button type="button" class="button secondary" @click=${() => send({ type: 'exportCsv' })}
            >${t('Export CSV')}</button>`
          : nothing
      }
    </header>
    ${phase === 'outdated' ? outdated(tools) : nothing}
    ${facts && isEmpty ? empty(tools) : nothing}
    ${facts && !isEmpty ? spent(facts, state, tools) : nothing}
    ${facts ? terms(facts, tools) : nothing}
  </main>`;
}

function outdated({ t }: UsageTools): TemplateResult {
  return html`<p role="status">${t('This view belongs to another version of Parley. Reload the window to go on.')}</p>`;
}

function empty({ t }: UsageTools): TemplateResult {
  return html`<p>${t('Nothing has been spent yet. The tokens and the cost of each answer will be shown here.')}</p>`;
}

/** The sections in the order of the questions people have: how much, when, for what. */
function spent(facts: UsageFacts, state: UsageState, tools: UsageTools): TemplateResult {
  const { t, dates } = tools;
  const byModel = t('By Model');
  const byDay = t('By Day');
  const byMonth = t('By Month');
  const byConversation = t('By Conversation');
  const byAnswer = t('Newest Answers');
  return html`${totals(facts, tools)}
    ${section(t('Cost over Time'), overTime(facts, state, tools))}
    ${section(byModel, figuresTable(byModel, { heading: t('Model'), cell: (row) => row.modelName || row.key }, facts.models, tools))}
    ${section(
      byConversation,
      figuresTable(
        byConversation,
        { heading: t('Conversation'), cell: ({ key }) => conversationLink(key, facts, tools) },
        facts.conversations,
        tools,
      ),
    )}
    ${section(byAnswer, answersTable(byAnswer, facts, tools))}
    ${section(byDay, figuresTable(byDay, { heading: t('Day'), cell: ({ key }) => dates.wholeDay(key) }, facts.days, tools))}
    ${section(byMonth, figuresTable(byMonth, { heading: t('Month'), cell: ({ key }) => dates.month(key) }, facts.months, tools))}`;
}

function terms(facts: UsageFacts, tools: UsageTools): TemplateResult {
  const limits = tools.t('Rate Limits');
  const prices = tools.t('Prices');
  return html`${section(limits, rateLimits(limits, facts, tools))}
    ${section(prices, priceTable(prices, facts, tools))}`;
}

function section(name: string, content: TemplateResult): TemplateResult {
  return html`<section><h2>${name}</h2>${content}</section>`;
}

/** Below this page width, in CSS px, and with these margins the picture is as wide as the page. */
const MARGINS = 32;
const WIDEST = 960;

function overTime(facts: UsageFacts, { period, width }: UsageState, tools: UsageTools): TemplateResult {
  const columns = columnsOf(facts, period);
  return html`<div class="periods" role="group" aria-label=${tools.t('Period')}>
      ${PERIODS.map(
        (
          choice,
        ) => html`<button type="button" class="period" aria-pressed=${choice === period ? 'true' : 'false'}
          @click=${() => tools.choosePeriod(choice)}>${periodName(choice, tools)}</button>`,
      )}
    </div>
    ${chart(columns, period, Math.min(width - MARGINS, WIDEST), tools)}
    <ul class="legend">${KINDS.map(
      (kind) => html`<li><svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"
          ><rect class="bar ${kind}" width="10" height="10"></rect></svg>${kindName(kind, tools)}</li>`,
    )}</ul>
    <details>
      <summary>${tools.t('The Same as a Table')}</summary>
      ${columnsTable(columns, period, tools)}
    </details>`;
}

function columnsTable(columns: readonly Column[], period: Period, tools: UsageTools): TemplateResult {
  const { t, format } = tools;
  const rows = columns.filter(({ usd }) => sumOf(usd) > 0).reverse();
  return table<Column>(
    t('Cost over Time'),
    [
      {
        heading: period === 'months' ? t('Month') : t('Day'),
        cell: ({ key }) => columnName(key, period, tools),
      },
      { heading: t('Cost'), cell: ({ usd }) => format.usd(sumOf(usd)), isFigure: true },
      ...KINDS.map((kind) => ({
        heading: kindName(kind, tools),
        cell: ({ usd }: Column) => format.usd(usd[kind]),
        isFigure: true,
      })),
    ],
    rows,
  );
}

function periodName(period: Period, { t }: UsageTools): string {
  switch (period) {
    case '30days':
      return t('30 Days');
    case '90days':
      return t('90 Days');
    case 'months':
      return t('Months');
  }
}
