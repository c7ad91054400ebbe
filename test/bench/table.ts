import type { Figure, Spread } from './figures.ts';

/** The figures as lines of text: median and, where there is one, the spread in brackets. */
export function tableOf(figures: readonly Figure[]): string {
  const head = ['', 'Parley', '', 'Yardstick', '', ''];
  const rows = figures.map(({ what, unit, parley, yardstick }) => [
    `  ${what}`,
    withUnit(parley.median, unit),
    range(parley),
    yardstick ? withUnit(yardstick.value.median, unit) : '',
    yardstick ? range(yardstick.value) : '',
    yardstick?.what ?? '',
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        isFigure(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const lines = [line(head)];
  figures.forEach((figure, index) => {
    if (figure.area !== figures[index - 1]?.area) lines.push('', figure.area);
    lines.push(line(rows[index] ?? []));
  });
  return lines.join('\n');
}

function isFigure(column: number): boolean {
  return column === 1 || column === 3;
}

/** Money and multiples are no measurements: all runs give the same, and small differences matter. */
function withUnit(value: number, unit: Figure['unit']): string {
  return unit === 'USD' || unit === '×' ? `${value.toFixed(3)} ${unit}` : `${number(value)} ${unit}`.trim();
}

function range({ least, most, values }: Spread): string {
  return values.length < 2 ? '' : `(${number(least)}–${number(most)})`;
}

/** Three digits say all that repetitions agree on. */
function number(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
