import { textOf, type Wire } from '../wire.ts';

/**
 * Pages of a base64 PDF source, at least one: its page objects. They are found where they lie uncompressed, as in the
 * files that tests make.
 */
export function pdfPages(source: Wire): number {
  return Math.max(1, pdfText(source).match(/\/Type\s*\/Page\b/g)?.length ?? 0);
}

/**
 * Tokens of all pages. What the API documents is that a page has 1,500 to 3,000; which of these follows here from what the
 * page object says and from its place, so that no two documents have the same average and no client can guess it.
 */
export function pdfTokens(source: Wire): number {
  const [, ...pages] = pdfText(source).split(/\/Type\s*\/Page\b/);
  return pdfPages(source) === pages.length
    ? pages.reduce((total, page, index) => total + tokensOfPage(`${index} ${page.split('endobj', 1)[0]}`), 0)
    : tokensOfPage(pdfText(source));
}

function tokensOfPage(page: string): number {
  let hash = 7;
  for (let at = 0; at < page.length; at++) hash = (hash * 31 + page.charCodeAt(at)) % 1_000_003;
  return FEWEST + (hash % (MOST - FEWEST + 1));
}

const FEWEST = 1_500;
const MOST = 3_000;

/** The file as Latin-1. */
export function pdfText(source: Wire): string {
  return Buffer.from(textOf(source.data), 'base64').toString('latin1');
}
