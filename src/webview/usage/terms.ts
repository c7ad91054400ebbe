import { html, type TemplateResult } from 'lit-html';
import type { Price } from '../../core/money/money.ts';
import type { PriceRow, RateLimitRow, UsageFacts } from '../../core/usageProtocol.ts';
import { UNKNOWN } from './figures.ts';
import { type TableColumn, table } from './table.ts';
import type { UsageTools } from './tools.ts';

/** The rate limits as the API has told them last. */
export function rateLimits(
  name: string,
  { rateLimits: told }: UsageFacts,
  tools: UsageTools,
): TemplateResult {
  const { t, format, dates } = tools;
  if (!told) return html`<p class="note">${t('The API tells its limits with the next answer.')}</p>`;
  const count = (value: number | undefined): string => (value === undefined ? UNKNOWN : format.count(value));
  const columns: readonly TableColumn<RateLimitRow>[] = [
    { heading: t('Limit'), cell: (row) => limitName(row.name, tools) },
    { heading: t('Remaining'), cell: (row) => count(row.remaining), isFigure: true },
    { heading: t('Of'), cell: (row) => count(row.limit), isFigure: true },
    {
      heading: t('Full Again At'),
      cell: (row) => (row.resetsAt === undefined ? UNKNOWN : dates.time(row.resetsAt)),
      isFigure: true,
    },
  ];
  return html`<p class="note">${t('As the API told them at {0}.', dates.time(told.at))}</p>
    ${table(name, columns, told.limits)}`;
}

/** The prices with which everything here was reckoned. */
export function priceTable(name: string, { prices }: UsageFacts, tools: UsageTools): TemplateResult {
  const { t, dates } = tools;
  const rate = (heading: string, of: (price: Rates) => number): TableColumn<PriceLine> => ({
    heading,
    cell: ({ rates }) => (rates ? tools.price(of(rates)) : UNKNOWN),
    isFigure: true,
  });
  const columns: readonly TableColumn<PriceLine>[] = [
    { heading: t('Model'), cell: (line) => line.name },
    rate(t('Input'), (rates) => rates.input),
    rate(t('Output'), (rates) => rates.output),
    rate(t('Cache Read'), (rates) => rates.cacheRead),
    rate(t('Cache Write, 5 min'), (rates) => rates.cacheWrite5m),
    rate(t('Cache Write, 1 h'), (rates) => rates.cacheWrite1h),
    { heading: t('From'), cell: (line) => sourceName(line.source, tools) },
  ];
  const lines = prices.models.flatMap((row) => linesOf(row, tools));
  return html`<p class="note">${t(
    'USD per million tokens, as of {0}. The setting parley.prices overrides them; what was spent is stored in tokens and reckoned anew.',
    dates.wholeDay(prices.asOf),
  )}</p>
    ${table(name, columns, lines)}`;
}

type Rates = Omit<Price, 'long'>;

/** A model's price, or what it costs beyond a size of the prompt. */
interface PriceLine {
  readonly name: string;
  readonly rates?: Rates;
  readonly source: PriceRow['source'];
}

function linesOf({ model, price, source }: PriceRow, { t, format }: UsageTools): readonly PriceLine[] {
  if (!price) return [{ name: model, source }];
  const usual: PriceLine = { name: model, rates: price, source };
  if (!price.long) return [usual];
  const name = t('{0}, prompts above {1} tokens', model, format.count(price.long.above));
  return [usual, { name, rates: price.long, source }];
}

function sourceName(source: PriceRow['source'], { t }: UsageTools): string {
  switch (source) {
    case 'builtIn':
      return t('Parley');
    case 'own':
      return t('Your setting');
    case 'unknown':
      return t('Unknown');
  }
}

/** The API's usual limits by their names here; one that is new keeps the API's own. */
function limitName(name: string, { t }: UsageTools): string {
  switch (name) {
    case 'requests':
      return t('Requests');
    case 'tokens':
      return t('Tokens');
    case 'input-tokens':
      return t('Input tokens');
    case 'output-tokens':
      return t('Output tokens');
    default:
      return name;
  }
}
