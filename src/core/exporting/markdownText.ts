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

/** Markdown as it is, followed by the end of what it leaves open: a fence, or else a comment. */
export function closed(markdown: string): string {
  const { fence, outside } = withoutFences(markdown);
  const text = markdown.trimEnd();
  if (fence !== undefined) return `${text}\n${fence}`;
  return outside.lastIndexOf('<!--') > outside.lastIndexOf('-->') ? `${text}\n-->` : text;
}

/**
 * The fence that is open at the end, and what stands outside of fences (CommonMark 0.31, 4.5). Those in quotations and lists
 * are passed over: they end with these, and so by themselves.
 */
function withoutFences(markdown: string): { readonly fence: string | undefined; readonly outside: string } {
  let fence: string | undefined;
  let isList = false;
  const outside: string[] = [];
  for (const line of markdown.split('\n')) {
    const [, indent = '', marks = '', info = ''] = /^( {0,3})(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (fence !== undefined) {
      if (marks.startsWith(fence) && info.trim() === '') fence = undefined;
      continue;
    }
    isList ||= /^ {0,3}(?:[-*+]|\d{1,9}[.)])\s/.test(line);
    const isOwn = marks !== '' && !(isList && indent.length > 1);
    if (isOwn && !(marks.startsWith('`') && info.includes('`'))) fence = marks;
    else outside.push(line);
  }
  return { fence, outside: outside.join('\n') };
}
