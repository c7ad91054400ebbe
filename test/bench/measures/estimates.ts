import { type EstimateErrors, sampleErrors } from '../../support/texts/errors.ts';
import { compare, type Figure } from '../figures.ts';

/** What an estimate may be off before and after the first exact count, in %. */
const GOALS = { before: 10, after: 2 };

const AREA = 'Tokens: how far estimates are off, twenty languages';

/** Errors of the local estimate beside the goals and two rules of thumb. The same at every run. */
export function measureEstimates(): readonly Figure[] {
  const errors = sampleErrors();
  const shares = (pick: (errors: EstimateErrors) => number): readonly number[] =>
    errors.map((each) => Math.abs(pick(each)) * 100);
  const row = (
    what: string,
    values: readonly number[],
    yardstick: string,
    others: readonly number[],
  ): Figure => compare(AREA, what, '%', values, { what: yardstick, values: others });
  const before = shares((each) => each.before);
  return [
    row('before the first count', before, 'goal: at most', [GOALS.before]),
    row(
      'before the first count',
      before,
      'a token is four characters',
      shares((each) => each.byCharacters),
    ),
    row(
      'before the first count',
      before,
      'a token is 3/4 of a word',
      shares((each) => each.byWords),
    ),
    row(
      'a turn after a count',
      shares((each) => each.after),
      'goal: at most',
      [GOALS.after],
    ),
    row(
      '200 characters after a count',
      shares((each) => each.typing),
      'goal: at most',
      [GOALS.after],
    ),
  ];
}

/** The same by language, as lines of text. Signs tell too much from too little. */
export function tableOfEstimates(): string {
  const head = ['', 'tokens', 'estimate', 'before', 'after', 'typing', 'chars/4', 'words*4/3'];
  const rows = sampleErrors().map(
    ({ language, tokens, estimate, before, after, typing, byCharacters, byWords }) => [
      language,
      String(tokens),
      String(estimate),
      ...[before, after, typing, byCharacters, byWords].map(percent),
    ],
  );
  return [head, ...rows].map(line).join('\n');
}

function percent(share: number): string {
  return `${share < 0 ? '' : '+'}${(share * 100).toFixed(1)} %`;
}

function line([first = '', ...cells]: readonly string[]): string {
  return `  ${first.padEnd(12)}${cells.map((cell) => cell.padStart(11)).join('')}`;
}
