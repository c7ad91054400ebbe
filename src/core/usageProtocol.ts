import type { Price } from './money/money.ts';
import type { UsageReport } from './money/report.ts';
import type { UsageSum } from './money/usageSum.ts';

/**
 * What the page "Usage and Cost" and its host say to each other. As with the chat there is no request/reply:
 * the host tells everything there is to show whenever it has changed, the page has wishes.
 */

/** Both sides must speak the same version. */
export const USAGE_PROTOCOL_VERSION = 1;

/** One rate limit as the API has told it; a figure is absent when it was not told. */
export interface RateLimitRow {
  /** The API's name: `requests`, `input-tokens`, ... */
  readonly name: string;
  readonly limit?: number;
  readonly remaining?: number;
  /** ms since the epoch. */
  readonly resetsAt?: number;
}

/** What a model costs here; without `price` it is unknown. */
export interface PriceRow {
  readonly model: string;
  readonly source: 'builtIn' | 'own' | 'unknown';
  readonly price?: Price;
}

/** Everything that the page shows. Rows come newest first, models and conversations dearest first. */
export interface UsageFacts extends Omit<UsageReport, 'total'> {
  /** The day on which this was told, as days are named here. */
  readonly today: string;
  /** Today, in this month, and since the first answer. */
  readonly totals: { readonly today: UsageSum; readonly month: UsageSum; readonly all: UsageSum };
  /** Titles of the conversations that can be opened, by id; empty for one without a title. */
  readonly titles: Readonly<Record<string, string>>;
  /** Absent until the API has told any. */
  readonly rateLimits?: { readonly at: number; readonly limits: readonly RateLimitRow[] };
  readonly prices: {
    /** The day on which the built-in prices were right. */
    readonly asOf: string;
    readonly models: readonly PriceRow[];
  };
}

/** What the host tells. */
export type ToUsagePage = {
  readonly type: 'usageChanged';
  readonly version: number;
  readonly facts: UsageFacts;
};

/** Wishes of the page. */
export type ToUsageHost =
  | { readonly type: 'ready'; readonly version: number }
  | { readonly type: 'openConversation'; readonly conversation: string }
  | { readonly type: 'exportCsv' }
  | { readonly type: 'report'; readonly message: string };

/** The single gate for what the page says; undefined for anything that is not exactly a wish. */
export function decodeToUsageHost(message: unknown): ToUsageHost | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { type, ...rest } = message as Record<string, unknown>;
  if (typeof type !== 'string' || !Object.hasOwn(WISHES, type)) return undefined;
  const fields: [string, Check][] = Object.entries(WISHES[type as ToUsageHost['type']]);
  const fits =
    Object.keys(rest).length === fields.length && fields.every(([name, check]) => check(rest[name]));
  return fits ? (message as ToUsageHost) : undefined;
}

type Check = (value: unknown) => boolean;
type Fields<T> = { readonly [K in Exclude<keyof T, 'type'>]: Check };

const count: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const upTo =
  (length: number): Check =>
  (value) =>
    typeof value === 'string' && value.length <= length;

const WISHES: { readonly [T in ToUsageHost['type']]: Fields<Extract<ToUsageHost, { type: T }>> } = {
  ready: { version: count },
  openConversation: { conversation: upTo(200) },
  exportCsv: {},
  report: { message: upTo(10_000) },
};
