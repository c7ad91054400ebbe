import { html, type TemplateResult } from 'lit-html';
import type { UsageRow } from '../../core/money/report.ts';
import type { UsageFacts } from '../../core/usageProtocol.ts';
import { cachedShare, costOf, inputOf, UNKNOWN } from './figures.ts';
import { type TableColumn, table } from './table.ts';
import type { UsageTools } from './tools.ts';

/** The newest answers, each with what had been quoted for it. */
export function answersTable(name: string, facts: UsageFacts, tools: UsageTools): TemplateResult {
  const { t, format, dates } = tools;
  const figure = (heading: string, cell: (row: UsageRow) => string): TableColumn<UsageRow> => ({
    heading,
    cell,
    isFigure: true,
  });
  return table<UsageRow>(
    name,
    [
      { heading: t('When'), cell: ({ at }) => dates.moment(at) },
      figure(t('Billed'), (row) => costOf(row, tools)),
      figure(t('Quoted'), ({ quotedUsd }) => (quotedUsd === undefined ? UNKNOWN : format.usd(quotedUsd))),
      figure(t('Deviation'), ({ deviation }) =>
        deviation === undefined ? UNKNOWN : tools.deviation(deviation),
      ),
      figure(t('Input'), ({ tokens }) => format.count(inputOf(tokens))),
      figure(t('From Cache'), ({ tokens }) => format.percent(cachedShare(tokens))),
      figure(t('Output'), ({ tokens }) => format.count(tokens.output)),
      {
        heading: t('Conversation'),
        cell: ({ conversation }) => conversationLink(conversation, facts, tools),
      },
      {
        heading: t('Model'),
        cell: ({ modelName, what }) => {
          if (what === 'title') return t('{0} (title)', modelName);
          if (what === 'compaction') return t('{0} (compaction)', modelName);
          return what === 'answer' ? modelName : t('{0} (cache)', modelName);
        },
      },
    ],
    facts.answers,
  );
}

/** A conversation by its title; it can be opened while it is there. */
export function conversationLink(
  id: string,
  { titles }: UsageFacts,
  { t, send }: UsageTools,
): TemplateResult | string {
  if (!Object.hasOwn(titles, id)) return t('Deleted conversation');
  const title = titles[id] || t('New conversation');
  const open = (): void => send({ type: 'openConversation', conversation: id });
  return html`<button type="button" class="link-button" title=${title} @click=${open}>${title}</button>`;
}
