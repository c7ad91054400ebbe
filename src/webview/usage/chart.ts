import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit-html';
import { type Column, KINDS, type Kind, type Period, sumOf } from './columns.ts';
import { type Scale, scaleFor } from './scale.ts';
import type { UsageTools } from './tools.ts';

/** Cost over time as stacked columns, `width` px wide. What it shows is also in the table beside it. */
export function chart(
  columns: readonly Column[],
  period: Period,
  width: number,
  tools: UsageTools,
): TemplateResult {
  const scale = scaleFor(Math.max(...columns.map(({ usd }) => sumOf(usd))));
  const labels = scale.ticks.map((tick) => tools.axisUsd(tick, scale.digits));
  const start = Math.max(...labels.map((label) => label.length)) * LETTER + 8;
  const dates = columns.map(({ key }) =>
    period === 'months' ? tools.dates.month(key) : tools.dates.day(key),
  );
  const frame = { start, width: Math.max(width, 160) - start, count: columns.length };
  return html`<svg class="chart" role="img" aria-label=${summary(columns, period, tools)}
    width=${start + frame.width} height=${HEIGHT} viewBox="0 0 ${start + frame.width} ${HEIGHT}">
    ${scale.ticks.map((tick, index) => gridLine(tick, labels[index] ?? '', scale, frame))}
    ${columns.map((column, index) => bar(column, index, period, scale, frame, tools))}
    ${dateLabels(dates, frame)}
  </svg>`;
}

/** What each kind of tokens is called; fresh input is what came after the last cache point. */
export function kindName(kind: Kind, { t }: UsageTools): string {
  switch (kind) {
    case 'fresh':
      return t('Fresh input');
    case 'write':
      return t('Cache write');
    case 'read':
      return t('Cache read');
    case 'output':
      return t('Output');
  }
}

/** The day or month of a column, in full. */
export function columnName(key: string, period: Period, { dates }: UsageTools): string {
  return period === 'months' ? dates.month(key) : dates.wholeDay(key);
}

/** Of the picture, and of what lies above and below its columns, in px. */
const HEIGHT = 200;
const ABOVE = 10;
const BELOW = 24;
const PLOT = HEIGHT - ABOVE - BELOW;
/** Width of a letter of the labels, and the widest column, in px. */
const LETTER = 7;
const WIDEST = 40;

/** Where the columns stand, in px. */
interface Frame {
  readonly start: number;
  readonly width: number;
  readonly count: number;
}

function summary(columns: readonly Column[], period: Period, tools: UsageTools): string {
  const { t, format } = tools;
  const total = columns.reduce((sum, { usd }) => sum + sumOf(usd), 0);
  if (total === 0) return t('Cost over time: none in this period');
  const dearest = columns.reduce((best, column) => (sumOf(column.usd) > sumOf(best.usd) ? column : best));
  return t(
    'Cost over time: {0} in all, most on {1} with {2}',
    format.usd(total),
    columnName(dearest.key, period, tools),
    format.usd(sumOf(dearest.usd)),
  );
}

function heightOf(value: number, scale: Scale): number {
  return (PLOT * value) / scale.top;
}

function gridLine(tick: number, label: string, scale: Scale, { start, width }: Frame): SVGTemplateResult {
  const y = ABOVE + PLOT - heightOf(tick, scale);
  return svg`<line class="grid-line" x1=${start} x2=${start + width} y1=${y} y2=${y}></line>
    <text class="axis-label" x=${start - 6} y=${y + 4} text-anchor="end">${label}</text>`;
}

function bar(
  column: Column,
  index: number,
  period: Period,
  scale: Scale,
  { start, width, count }: Frame,
  tools: UsageTools,
): SVGTemplateResult {
  const step = width / count;
  const thick = Math.min(WIDEST, Math.max(1, step * 0.75));
  const x = start + step * (index + 0.5) - thick / 2;
  let y = ABOVE + PLOT;
  return svg`<g class="column">
    <title>${columnTitle(column, period, tools)}</title>
    <rect class="column-ground" x=${start + step * index} y=${ABOVE} width=${step} height=${PLOT}></rect>
    ${KINDS.map((kind) => {
      const height = heightOf(column.usd[kind], scale);
      y -= height;
      return svg`<rect class="bar ${kind}" x=${x} y=${y} width=${thick} height=${height}></rect>`;
    })}
  </g>`;
}

function columnTitle({ key, usd }: Column, period: Period, tools: UsageTools): string {
  const line = (name: string, value: number): string => tools.t('{0}: {1}', name, tools.format.usd(value));
  const kinds = [...KINDS].reverse().filter((kind) => usd[kind] > 0);
  const head = line(columnName(key, period, tools), sumOf(usd));
  return [head, ...kinds.map((kind) => line(kindName(kind, tools), usd[kind]))].join('\n');
}

/** As many dates as there is room for, the newest always: below their columns, or ending with them where these are slim. */
function dateLabels(
  dates: readonly string[],
  { start, width, count }: Frame,
): readonly (SVGTemplateResult | '')[] {
  const room = Math.max(...dates.map((date) => date.length)) * LETTER + 12;
  const step = width / count;
  const isSlim = step < room;
  return dates.map((date, index) => {
    const end = start + step * (index + 1);
    const isSkipped = (count - 1 - index) % Math.ceil(room / step) !== 0;
    if (isSkipped || (isSlim && end < room)) return '';
    return svg`<text class="axis-label date" x=${isSlim ? end : end - step / 2} y=${HEIGHT - 6}
      text-anchor=${isSlim ? 'end' : 'middle'}>${date}</text>`;
  });
}
