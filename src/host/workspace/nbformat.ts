import type { NotebookCell, OutputItem } from './notebookText.ts';

/**
 * The cells of a Jupyter notebook from the text of its file (nbformat 4); undefined when it is none. Only for files that VS
 * Code cannot open itself, as they have no address.
 */
export function cellsIn(text: string): readonly NotebookCell[] | undefined {
  const notebook = parsed(text);
  if (!isFields(notebook) || !Array.isArray(notebook.cells)) return undefined;
  const languageId = languageOf(notebook.metadata);
  return notebook.cells.filter(isFields).map((cell) => ({
    kind: cell.cell_type === 'code' ? 'code' : 'markup',
    languageId: cell.cell_type === 'code' ? languageId : 'markdown',
    text: joined(cell.source),
    outputs: Array.isArray(cell.outputs) ? cell.outputs.filter(isFields).map(itemsOf) : [],
  }));
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function languageOf(metadata: unknown): string {
  const info = isFields(metadata) ? metadata.language_info : undefined;
  const kernel = isFields(metadata) ? metadata.kernelspec : undefined;
  const name = isFields(info) ? info.name : isFields(kernel) ? kernel.language : undefined;
  return typeof name === 'string' ? name : 'python';
}

function itemsOf(output: Fields): readonly OutputItem[] {
  if (output.output_type === 'stream')
    return [item('application/vnd.code.notebook.stdout', joined(output.text))];
  if (output.output_type === 'error') {
    const { ename: name, evalue: message, traceback } = output;
    const stack = Array.isArray(traceback) ? traceback.join('\n') : '';
    return [item('application/vnd.code.notebook.error', JSON.stringify({ name, message, stack }))];
  }
  const data = isFields(output.data) ? output.data : {};
  return Object.entries(data).map(([mime, value]) => {
    if (/^image\/(?!svg)/.test(mime))
      return { mime, data: new Uint8Array(Buffer.from(joined(value), 'base64')) };
    return item(mime, isText(value) ? joined(value) : JSON.stringify(value, null, 2));
  });
}

function item(mime: string, text: string): OutputItem {
  return { mime, data: new TextEncoder().encode(text) };
}

/** Texts are kept whole or as a list of lines. */
function joined(text: unknown): string {
  if (Array.isArray(text)) return text.join('');
  return typeof text === 'string' ? text : '';
}

function isText(value: unknown): boolean {
  return (
    typeof value === 'string' || (Array.isArray(value) && value.every((line) => typeof line === 'string'))
  );
}
