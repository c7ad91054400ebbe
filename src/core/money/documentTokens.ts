/**
 * What a PDF costs, in tokens: an estimate. A page of text has 1,500 to 3,000 tokens, and its picture comes on top
 * (API docs, PDF support). Where nobody has counted the pages they follow from the weight of the file.
 */
export function documentTokens(pages: number | undefined, bytes: number): number {
  return TOKENS_OF_PAGE * Math.max(1, pages ?? Math.min(MOST_GUESSED, Math.ceil(bytes / BYTES_OF_PAGE)));
}

const TOKENS_OF_PAGE = 2_000;
/** Bytes; between those of printed text and those of scans. */
const BYTES_OF_PAGE = 50_000;
/** More pages no request takes. */
const MOST_GUESSED = 600;
