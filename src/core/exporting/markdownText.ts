/** Text as it has to stand in a Markdown file so that it stays what it is. */

/** A text in a fence longer than any run of backticks inside. */
export function fenced(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(2, longestRun(text)) + 1);
  return `${fence}${language}\n${text.endsWith('\n') || text === '' ? text : `${text}\n`}${fence}`;
}

/** A text as a code span, whatever it holds. */
export function codeSpan(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const marks = '`'.repeat(longestRun(line) + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${marks}${space}${line}${space}${marks}`;
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** A text as a quotation; whatever it opens ends with it. */
export function quoted(text: string): string {
  return text
    .trimEnd()
    .split(/\r\n|\r|\n/)
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

/** A text on one line, with what Markdown would take for its own escaped. */
export function oneLine(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>#|~]/g, '\\$&');
}

/** Markdown as it is, followed by the end of what it leaves open: a fence or a block of HTML, and what would hide the rest. */
export function closed(markdown: string): string {
  const text = markdown.trimEnd();
  const { ending, outside } = openAtEnd(text);
  const hidden = Math.max(0, countOf(outside, /<details\b/gi) - countOf(outside, /<\/details>/gi));
  return [
    text,
    ...(ending === undefined ? [] : [ending]),
    ...Array<string>(hidden).fill('\n</details>'),
  ].join('\n');
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/**
 * What would end the fence or the block of HTML that is open at the end, and what stands outside of them (CommonMark 0.31, 4.5 and 4.6:
 * blocks of HTML that an empty line does not end). Those in quotations and lists are passed over: they end with these, and so by themselves.
 */
function openAtEnd(markdown: string): { readonly ending: string | undefined; readonly outside: string } {
  let block: Block | undefined;
  let isList = false;
  const outside: string[] = [];
  for (const line of markdown.split(/\r\n|\r|\n/)) {
    if (block) {
      if (block.ends(line)) block = undefined;
      continue;
    }
    isList ||= /^ {0,3}(?:[-*+]|\d{1,9}[.)])\s/.test(line);
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    if (indent < (isList ? 2 : 4)) block = blockBegunBy(line.slice(indent));
    if (!block) outside.push(line);
    else if (block.isHtml && block.ends(line)) block = undefined;
  }
  return { ending: block?.ending, outside: outside.join('\n') };
}

/** Something that goes on over empty lines. */
interface Block {
  readonly isHtml: boolean;
  readonly ending: string;
  ends(line: string): boolean;
}

/** What a line begins, which has no indent. */
function blockBegunBy(line: string): Block | undefined {
  const [, fence, info = ''] = /^(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  if (fence !== undefined && !(fence.startsWith('`') && info.includes('`'))) {
    const isEnd = new RegExp(`^ {0,3}${fence}${fence.charAt(0)}*[ \\t]*$`);
    return { isHtml: false, ending: fence, ends: (later) => isEnd.test(later) };
  }
  for (const { begins, ends, ending } of HTML_BLOCKS) {
    const tag = begins.exec(line);
    if (tag) return { isHtml: true, ending: ending ?? `</${tag[1]}>`, ends: (text) => ends.test(text) };
  }
  return undefined;
}

const HTML_BLOCKS: readonly { readonly begins: RegExp; readonly ends: RegExp; readonly ending?: string }[] = [
  { begins: /^<(pre|script|style|textarea)(?:[\s>]|$)/i, ends: /<\/(?:pre|script|style|textarea)>/i },
  { begins: /^<!--/, ends: /-->/, ending: '-->' },
  { begins: /^<\?/, ends: /\?>/, ending: '?>' },
  { begins: /^<!\[CDATA\[/, ends: /\]\]>/, ending: ']]>' },
  { begins: /^<![a-z]/i, ends: />/, ending: '>' },
];
