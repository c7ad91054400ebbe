import { type Claude, type Result, succeed } from '../ports.ts';
import { countable } from '../request/counting.ts';
import type { ComposedRequest } from '../request/messageRequest.ts';
import { type Calibration, calibrate, estimateRequest, reckon, UNCALIBRATED } from './estimate.ts';
import { outlineOf } from './ledger.ts';
import { imageTier, tokenFactor } from './modelFacts.ts';

/** Prompt tokens of requests: reckoned at once, exact as soon as the API has counted them. */
export interface TokenCounter {
  /** Reckoned here, bettered by every exact count for the same model. */
  estimate(composed: ComposedRequest): number;
  /** The exact count, if this very prompt has been counted before. */
  known(composed: ComposedRequest): number | undefined;
  /** Has the API count, or gives what it has counted before. Never rejects. */
  count(claude: Claude, composed: ComposedRequest): ExactCount;
  /** Takes note of what a bill says: `tokens` is the whole prompt. */
  learn(composed: ComposedRequest, tokens: number): void;
}

/** A count on its way. */
export interface ExactCount {
  /** Why there is none as the value; a count that was called off fails with `timeout`. */
  readonly tokens: Promise<Result<number>>;
  cancel(): void;
}

/** Counts that are remembered; the oldest are forgotten first. */
const REMEMBERED = 300;

export function createTokenCounter(): TokenCounter {
  const exact = new Map<string, number>();
  const calibrations = new Map<string, Calibration>();

  /** What is known of the model, else of another one that reads text the same way. */
  function calibrationOf(model: string): Calibration {
    const own = calibrations.get(model);
    if (own) return own;
    const kin = [...calibrations].findLast(([other]) => tokenFactor(other) === tokenFactor(model));
    return kin?.[1] ?? UNCALIBRATED;
  }

  function learn(composed: ComposedRequest, tokens: number): void {
    const { model } = composed.request;
    const before = calibrations.get(model) ?? UNCALIBRATED;
    calibrations.set(model, calibrate(before, reckon(composed.request, imageTier(model)), tokens));
    exact.set(keyOf(composed), tokens);
    const oldest = exact.keys().next();
    if (exact.size > REMEMBERED && !oldest.done) exact.delete(oldest.value);
  }

  return {
    learn,
    estimate: ({ request }) =>
      estimateRequest(request, imageTier(request.model), calibrationOf(request.model)),
    known: (composed) => exact.get(keyOf(composed)),
    count(claude, composed) {
      const known = exact.get(keyOf(composed));
      if (known !== undefined) return { tokens: Promise.resolve(succeed(known)), cancel: () => undefined };
      const { request, added } = countable(composed.request, imageTier(composed.request.model));
      const counting = claude.countTokens(request);
      return {
        tokens: counting.tokens.then((result) => {
          if (!result.ok) return result;
          learn(composed, result.value + added);
          return succeed(result.value + added);
        }),
        cancel: counting.cancel,
      };
    },
  };
}

/** The last key of the outline stands for the whole prompt, the model and the settings. */
function keyOf({ request }: ComposedRequest): string {
  return outlineOf(request).key;
}
