import type { Translate } from '../../core/failure.ts';
import type { ToUsageHost, UsageFacts } from '../../core/usageProtocol.ts';
import type { Format } from '../format.ts';
import type { Period } from './columns.ts';
import type { Dates } from './dates.ts';

/** What every part of the page may use; the same object for the life of the page. */
export interface UsageTools {
  readonly t: Translate;
  readonly format: Format;
  readonly dates: Dates;
  /** A sum in USD with so many digits after the point, two at least unless none are wanted. */
  axisUsd(value: number, digits: number): string;
  /** A price in USD, with as many digits as it has. */
  price(value: number): string;
  /** By how much something is off, as a signed share: `+2.5%`. */
  deviation(share: number): string;
  send(wish: ToUsageHost): void;
  choosePeriod(period: Period): void;
}

/** Everything the page shows is a function of this. */
export interface UsageState {
  /** `waiting` for the first facts, `live`, or `outdated`: the host speaks another version. */
  readonly phase: 'waiting' | 'live' | 'outdated';
  readonly facts?: UsageFacts;
  readonly period: Period;
  /** Of the page, in CSS px. */
  readonly width: number;
}
