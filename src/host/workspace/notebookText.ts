import type { FoundPicture } from './found.ts';
import { shortened, withoutAnsi } from './plainText.ts';

/** A notebook as text: pure, whoever has read it. */
export interface NotebookCell {
  readonly kind: 'markup' | 'code';
  readonly languageId: string;
  readonly text: string;
  /** Each shows the same in several types. */
  readonly outputs: readonly (readonly OutputItem[])[];
}

export interface OutputItem {
  readonly mime: string;
  readonly data: Uint8Array;
}

/** The longest text of one output that is kept whole, in UTF-16 units; tables and logs rarely have more that matters. */
export const LONGEST_OUTPUT = 20_000;

/**
 * The cells in their order, numbered from 1, each with its outputs as text; where an output is a picture the text says which.
 * Of a longer output only its start and end are kept, with a line in between that says how much was left out.
 */
export function notebookText(
  name: string,
  cells: readonly NotebookCell[],
): { readonly text: string; readonly pictures: readonly FoundPicture[] } {
  const pictures: FoundPicture[] = [];
  const texts = cells.map((cell, index) => {
    const place = `${name}, cell ${index + 1}`;
    const outputs = cell.outputs
      .map((items) => outputText(items, place, pictures))
      .filter((text) => text !== '');
    const head = `[Cell ${index + 1}: ${cell.kind === 'markup' ? 'markdown' : cell.languageId}]`;
    const body = cell.kind === 'markup' ? cell.text : fenced(cell.text, cell.languageId);
    const shown = outputs.length === 0 ? [] : [`[Output of cell ${index + 1}]`, ...outputs];
    return [head, body, ...shown].join('\n');
  });
  return { text: `${texts.join('\n\n')}\n`, pictures };
}

function outputText(items: readonly OutputItem[], place: string, pictures: FoundPicture[]): string {
  const picture = firstOf(items, PICTURES);
  if (picture) {
    const before = pictures.filter(({ label }) => label === place || label.startsWith(`${place} (`)).length;
    const label = before === 0 ? place : `${place} (${before + 1})`;
    pictures.push({ label, bytes: picture.data });
    return `[Picture: ${label}]`;
  }
  const item = firstOf(items, TEXTS) ?? items.find(({ mime }) => /^text\/|\+json$/.test(mime));
  if (!item) return items.length === 0 ? '' : `[Output of type ${items[0]?.mime}, which is no text]`;
  const text = new TextDecoder().decode(item.data);
  const plain = withoutAnsi(item.mime === ERROR ? errorText(text) : text).replace(/\s+$/, '');
  return plain === '' ? '' : fenced(shortened(plain, LONGEST_OUTPUT), '');
}

/** The first type in an order of preference that an output has. */
function firstOf(items: readonly OutputItem[], mimes: readonly string[]): OutputItem | undefined {
  return mimes.flatMap((mime) => items.filter((item) => item.mime === mime))[0];
}

/** What the editor calls an output that is an exception: `{ name, message, stack }`. */
const ERROR = 'application/vnd.code.notebook.error';

const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/svg+xml'];

/** HTML says nothing that the text beside it does not, in many more tokens. */
const TEXTS = [
  ERROR,
  'application/vnd.code.notebook.stdout',
  'application/vnd.code.notebook.stderr',
  'application/x.notebook.stdout',
  'application/x.notebook.stderr',
  'application/x.notebook.stream',
  'text/plain',
  'text/markdown',
  'text/latex',
  'application/json',
  'text/html',
];

function errorText(json: string): string {
  try {
    const error: unknown = JSON.parse(json);
    if (typeof error !== 'object' || error === null) return json;
    const { name, message, stack } = { name: '', message: '', stack: '', ...error };
    const title = [name, message].filter((text) => text !== '').join(': ');
    // Python's traceback ends with the message, and is often all that is kept.
    return stack === '' || stack.includes(message) ? stack || title : `${title}\n${stack}`;
  } catch {
    return json;
  }
}

function fenced(text: string, languageId: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${languageId}\n${text.replace(/\n$/, '')}\n${fence}`;
}
