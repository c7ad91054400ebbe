import { SPENT_ON } from '../../core/money/money.ts';
import type { ToUsagePage, UsageFacts } from '../../core/usageProtocol.ts';

/** The gate for what comes from the host; undefined for anything that could not be shown. */
export function decodeToUsagePage(message: unknown): ToUsagePage | undefined {
  if (!isRecord(message) || message.type !== 'usageChanged' || !figure(message.version)) return undefined;
  return facts(message.facts) ? (message as unknown as ToUsagePage) : undefined;
}

type Check = (value: unknown) => boolean;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

const text: Check = (value) => typeof value === 'string';
const figure: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const list =
  (item: Check): Check =>
  (value) =>
    // `every` alone would pass over holes.
    Array.isArray(value) && Array.from<unknown>(value).every(item);
const shape =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) && Object.entries(fields).every(([name, check]) => check(value[name]));
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.some((known) => known === value);

const like =
  (form: RegExp): Check =>
  (value) =>
    typeof value === 'string' && form.test(value) && !Number.isNaN(Date.parse(value));
const day = like(/^\d{4}-\d{2}-\d{2}$/);
const month = like(/^\d{4}-\d{2}$/);
/** What a `Date` can hold, in ms. */
const moment: Check = (value) => typeof value === 'number' && Math.abs(value) <= 8.64e15;
const tokens = shape({
  fresh: figure,
  read: figure,
  write5m: figure,
  write1h: figure,
  output: figure,
  thinking: figure,
});
const sum = {
  bills: figure,
  tokens,
  usdByKind: shape({ fresh: figure, write: figure, read: figure, output: figure }),
  unpriced: figure,
  usd: optional(figure),
  partial: (value: unknown) => typeof value === 'boolean',
  quotedUsd: optional(figure),
  deviation: optional(figure),
  savedUsd: optional(figure),
};
const rowsOf = (key: Check): Check =>
  list(
    shape({
      ...sum,
      key,
      at: moment,
      conversation: text,
      modelName: text,
      what: oneOf(...SPENT_ON),
    }),
  );
const limit = shape({
  name: text,
  limit: optional(figure),
  remaining: optional(figure),
  resetsAt: optional(moment),
});
const rates = {
  input: figure,
  output: figure,
  cacheRead: figure,
  cacheWrite5m: figure,
  cacheWrite1h: figure,
};
const price = shape({ ...rates, long: optional(shape({ ...rates, above: figure })) });
const priceRow = shape({
  model: text,
  source: oneOf('builtIn', 'own', 'unknown'),
  price: optional(price),
});

/** A check for each fact; the type makes it impossible to forget one. */
const FACTS: { readonly [K in keyof UsageFacts]-?: Check } = {
  today: day,
  totals: shape({ today: shape(sum), month: shape(sum), all: shape(sum) }),
  models: rowsOf(text),
  days: rowsOf(day),
  months: rowsOf(month),
  conversations: rowsOf(text),
  titles: (value) => isRecord(value) && Object.values(value).every(text),
  answers: rowsOf(text),
  rateLimits: optional(shape({ at: moment, limits: list(limit) })),
  prices: shape({ asOf: text, models: list(priceRow) }),
};
const facts = shape(FACTS);
