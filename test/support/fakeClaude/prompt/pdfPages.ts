import { textOf, type Wire } from '../wire.ts';

/**
 * Pages of a base64 PDF source, at least one: its page objects. They are found where they lie uncompressed, as in the
 * files that tests make.
 */
export function pdfPages(source: Wire): number {
  return Math.max(1, pdfText(source).match(/\/Type\s*\/Page\b/g)?.length ?? 0);
}

/** The file as Latin-1. */
export function pdfText(source: Wire): string {
  return Buffer.from(textOf(source.data), 'base64').toString('latin1');
}
