import {
  billedUsd,
  estimateError,
  quoteError,
  rightPredictions,
  usdOf,
} from '../../support/sessions/figures.ts';
import { idealUsd } from '../../support/sessions/ideal.ts';
import { runParley, type SentTurn } from '../../support/sessions/parley.ts';
import { replay } from '../../support/sessions/replay.ts';
import type { SessionScript } from '../../support/sessions/script.ts';
import {
  codeChat,
  linkedChat,
  packedChat,
  picturedChat,
  shortChat,
  slowChat,
  switchedChat,
} from '../../support/sessions/scripts.ts';
import { lastTwoQuestions, repackedChunks, uncached } from '../../support/sessions/strategies.ts';
import { compare, type Figure } from '../figures.ts';

/** What Parley may cost more than the ideal, how far a quote may be off, and how often a prediction must be right. */
const GOALS = { ratio: 1.03, quoteError: 1, right: 99 };

/**
 * What scripted sessions cost by the bills of the simulated API, beside other ways to send the same dialogue, and how
 * true their quotes were. The same at every run.
 */
export async function measureSessions(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const script of [
    codeChat(),
    packedChat(),
    shortChat(),
    switchedChat(),
    slowChat(),
    picturedChat(),
    linkedChat(),
  ]) {
    const sent = await runParley(script);
    figures.push(...costsOf(script, sent), ...promisesOf(script, sent));
  }
  return figures;
}

function costsOf(script: SessionScript, sent: readonly SentTurn[]): readonly Figure[] {
  const area = `Cost: ${script.name}`;
  const [billed, ideal] = [billedUsd(sent), idealUsd(sent)];
  const others = [lastTwoQuestions, repackedChunks, uncached].map((strategy) =>
    single(area, 'the session', 'USD', billed, strategy.name, usdOf(replay(script, sent, strategy), sent)),
  );
  return [
    single(area, 'the session', 'USD', billed, 'ideal: all that was sent and is alive is read', ideal),
    single(
      area,
      'the session, as a multiple of the ideal',
      '×',
      billed / ideal,
      'goal: at most',
      GOALS.ratio,
    ),
    ...others,
  ];
}

function promisesOf(script: SessionScript, sent: readonly SentTurn[]): readonly Figure[] {
  const area = `Promises: ${script.name}`;
  const percent = (what: string, share: number, goal?: string, of?: number): Figure =>
    single(area, what, '%', share * 100, goal, of);
  const exact = quoteError(sent.filter(({ quote }) => quote.guessedImages === 0));
  const guessed = sent.filter(({ quote }) => quote.guessedImages > 0);
  const capped = 'input quoted with a picture by address at the most it can cost';
  return [
    percent('input quoted after counting, largest error', exact.largest, 'goal: at most', GOALS.quoteError),
    percent('input quoted after counting, mean error', exact.mean),
    ...(guessed.length > 0 ? [percent(`${capped}, largest error`, quoteError(guessed).largest)] : []),
    percent('input estimated before counting, first question', estimateError(sent.slice(0, 1)).largest),
    percent('input estimated before counting, later, largest error', estimateError(sent.slice(1)).largest),
    percent('input estimated before counting, later, mean error', estimateError(sent.slice(1)).mean),
    percent('requests that read what was predicted', rightPredictions(sent), 'goal: at least', GOALS.right),
  ];
}

function single(
  area: string,
  what: string,
  unit: Figure['unit'],
  value: number,
  yardstick?: string,
  other = Number.NaN,
): Figure {
  return compare(
    area,
    what,
    unit,
    [value],
    yardstick === undefined ? undefined : { what: yardstick, values: [other] },
  );
}
