import type { Translate } from '../../core/failure.ts';
import { errorOf, shareOut } from '../../core/money/textCount.ts';
import type { TextFigure } from './countTexts.ts';

/** What a table of tokens shows. */
export interface TokenReport {
  /** What was counted: `src/`, `3 files`. */
  readonly title: string;
  /** Name of the model. */
  readonly model: string;
  readonly rows: readonly (TextFigure & { readonly label: string })[];
  readonly leftOut: readonly { readonly label: string; readonly reason: string }[];
  /** How things stand, as a sentence: counting, why these are estimates. Empty when all is exact. */
  readonly state: string;
  /** What the sum had been reckoned at, once any of it was counted. */
  readonly estimate?: number;
}

/** Rows of files, and of what was left out, that are written; the rest is summed up in one line each. */
const MOST_ROWS = 2_000;
const MOST_LEFT_OUT = 300;

/** A report as aligned plain text, the largest files first. The shares add up to 100 %. */
export function tokenTable(report: TokenReport, t: Translate): string {
  const { title, model, state } = report;
  const rows = report.rows.toSorted(
    (one, other) => other.tokens - one.tokens || (one.label < other.label ? -1 : 1),
  );
  const hasShared = rows.some(({ exactness }) => exactness === 'shared');
  const sentences = [
    ...(state === '' ? [] : [state]),
    ...(hasShared
      ? [t('≈ marks a share: these files were counted together, so only their sum is exact.')]
      : []),
    ...(rows.some(isEstimated) ? [t('~ marks an estimate.')] : []),
  ];
  return [
    t('Tokens of {0} for {1}', title, model),
    ...(sentences.length > 0 ? ['', ...sentences] : []),
    '',
    ...tableOf(rows, t),
    ...(report.estimate === undefined
      ? []
      : [t('The sum: {0}.', comparison(report.estimate, totalOf(rows), t))]),
    ...leftOutOf(report.leftOut, t),
    '',
  ].join('\n');
}

/** Tokens as a person reads them: `1,234`. */
export function figure(tokens: number): string {
  return tokens.toLocaleString('en-US');
}

/** An estimate beside the exact figure, to stand within a sentence: `estimate 1,870, 2.2 % more`. */
export function comparison(estimate: number, exact: number, t: Translate): string {
  const error = errorOf(estimate, exact) * 100;
  const size = Math.abs(error).toFixed(1);
  if (size === '0.0') return t('as estimated');
  return error < 0
    ? t('estimate {0}, {1} % less', figure(estimate), size)
    : t('estimate {0}, {1} % more', figure(estimate), size);
}

/** The sum of a report's rows, in tokens. */
export function totalOf(rows: readonly TextFigure[]): number {
  return rows.reduce((total, { tokens }) => total + tokens, 0);
}

type Row = TokenReport['rows'][number];

function isEstimated({ exactness }: TextFigure): boolean {
  return exactness === 'estimated';
}

const MARKS = { exact: '', shared: '≈ ', estimated: '~ ' } as const;

function tableOf(rows: readonly Row[], t: Translate): readonly string[] {
  const total = totalOf(rows);
  const permille = shareOut(
    total > 0 ? 1000 : 0,
    rows.map(({ tokens }) => tokens),
  );
  const shown = rows.slice(0, MOST_ROWS).map((row, at) => ({
    tokens: `${MARKS[row.exactness]}${figure(row.tokens)}`,
    share: percent(permille[at] ?? 0),
    label: row.label,
  }));
  const rest = rows.slice(MOST_ROWS);
  const restShare = permille.slice(MOST_ROWS).reduce((sum, share) => sum + share, 0);
  const sum = {
    tokens: `${rows.some(isEstimated) ? MARKS.estimated : ''}${figure(total)}`,
    share: percent(total > 0 ? 1000 : 0),
    label: rows.length === 1 ? t('1 file') : t('{0} files', figure(rows.length)),
  };
  const more = { tokens: figure(totalOf(rest)), share: percent(restShare), label: '' };
  const lines = [
    { tokens: t('Tokens'), share: t('Share'), label: t('File') },
    ...shown,
    ...(rest.length > 0 ? [{ ...more, label: t('{0} more files', figure(rest.length)) }] : []),
    sum,
  ];
  const width = (column: 'tokens' | 'share'): number => Math.max(...lines.map((line) => line[column].length));
  const [wide, narrow] = [width('tokens'), width('share')];
  const written = lines.map(({ tokens, share, label }) =>
    `${tokens.padStart(wide)}  ${share.padStart(narrow)}  ${label}`.trimEnd(),
  );
  const rule = '-'.repeat(wide + narrow + 8);
  return [...written.slice(0, 1), rule, ...written.slice(1, -1), rule, ...written.slice(-1)];
}

function percent(permille: number): string {
  return `${(permille / 10).toFixed(1)} %`;
}

function leftOutOf(leftOut: TokenReport['leftOut'], t: Translate): readonly string[] {
  if (leftOut.length === 0) return [];
  const shown = leftOut.slice(0, MOST_LEFT_OUT);
  const width = Math.min(60, Math.max(...shown.map(({ label }) => label.length)));
  const rest = leftOut.length - shown.length;
  return [
    '',
    t('Not counted'),
    ...shown.map(({ label, reason }) => `  ${label.padEnd(width)}  ${reason}`),
    ...(rest > 0 ? [`  ${t('and {0} more', figure(rest))}`] : []),
  ];
}
