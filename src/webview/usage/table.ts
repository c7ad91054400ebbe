import { html, nothing, type TemplateResult } from 'lit-html';

/** One column of a table: its heading and what stands in the cell of a row. */
export interface TableColumn<T> {
  readonly heading: string;
  readonly cell: (row: T) => TemplateResult | string;
  /** Figures stand at the end of their cells. */
  readonly isFigure?: boolean;
}

/**
 * A table with a name; the first column names the row. Wide and long ones scroll within a frame of their own,
 * which the keyboard reaches.
 */
export function table<T>(
  name: string,
  columns: readonly TableColumn<T>[],
  rows: readonly T[],
): TemplateResult {
  return html`<div class="table-frame" role="region" aria-label=${name} tabindex="0">
    <table>
      <thead><tr>${columns.map(
        ({ heading, isFigure }) =>
          html`<th scope="col" class=${isFigure ? 'figure' : nothing}>${heading}</th>`,
      )}</tr></thead>
      <tbody>${rows.map((row) => html`<tr>${columns.map((column, index) => cell(column, row, index === 0))}</tr>`)}</tbody>
    </table>
  </div>`;
}

function cell<T>({ cell, isFigure }: TableColumn<T>, row: T, isFirst: boolean): TemplateResult {
  const content = cell(row);
  if (isFirst) return html`<th scope="row">${content}</th>`;
  return html`<td class=${isFigure ? 'figure' : nothing}>${content}</td>`;
}
