import type { CodePart } from '../../core/conversation/parts.ts';

/** Where code stands; lines count from 1, both ends included. */
export type Lines = Pick<CodePart, 'startLine' | 'endLine'>;

type Place = Lines & Pick<CodePart, 'text'>;

/** The lines at which a text stands in a file, the nearest to where it stood; undefined when it is not in it any more. */
export function textIn(file: string, { text, startLine, endLine }: Place): Lines | undefined {
  const lines = endLine - startLine;
  let nearest: number | undefined;
  let line = 1;
  let counted = 0;
  for (let at = file.indexOf(text); at >= 0; at = file.indexOf(text, at + 1)) {
    for (let end = file.indexOf('\n', counted); end >= 0 && end < at; end = file.indexOf('\n', counted)) {
      line++;
      counted = end + 1;
    }
    const isNearer = nearest === undefined || Math.abs(line - startLine) < Math.abs(nearest - startLine);
    if (isNearer) nearest = line;
    // From here on they only lie farther away.
    if (line >= startLine) break;
  }
  return nearest === undefined ? undefined : { startLine: nearest, endLine: nearest + lines };
}

/**
 * What has become of lines that have changed: whole lines from the one that began them to the one that ended them, each
 * the nearest to where it stood, or the same lines where these are gone. Undefined when the file is shorter.
 */
export function linesNow(file: string, { text, startLine, endLine }: Place): Place | undefined {
  const all = file.split(/\r\n?|\n/);
  const taken = text.replace(/\r?\n$/, '').split(/\r\n?|\n/);
  const length = endLine - startLine;
  const start = nearestTo(startLine, all, taken[0], 1) ?? startLine;
  const end = nearestTo(start + length, all, length > 0 ? taken.at(-1) : undefined, start) ?? start + length;
  const lines = all.slice(start - 1, end);
  if (lines.join('').trim() === '') return undefined;
  return { text: lines.join('\n'), startLine: start, endLine: start + lines.length - 1 };
}

/** The number of the line that reads so and is the nearest; a line without words is found anywhere and means nothing. */
function nearestTo(
  line: number,
  all: readonly string[],
  text: string | undefined,
  from: number,
): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const numbers = all.flatMap((each, index) => (each === text && index + 1 >= from ? [index + 1] : []));
  return numbers.toSorted((one, other) => Math.abs(one - line) - Math.abs(other - line))[0];
}
