import { PDFDocument } from '@cantoo/pdf-lib';

/** What has to be known of a PDF before it is attached. */
export interface PdfFacts {
  /** Absent when they cannot be counted. */
  readonly pages?: number;
  /** True when it asks for a password, also where reading it needs none. */
  readonly encrypted: boolean;
}

/**
 * Pages and encryption of a PDF. Never rejects: of a damaged file only what can still be seen is said. This module brings
 * the PDF reader along, so it is imported dynamically and bundled in a file of its own.
 */
export async function pdfFacts(bytes: Uint8Array): Promise<PdfFacts> {
  try {
    const document = await PDFDocument.load(bytes, { ignoreEncryption: true, updateMetadata: false });
    if (document.isEncrypted) return { encrypted: true };
    return { encrypted: false, ...countOf(document) };
  } catch {
    return { encrypted: namesEncryption(bytes) };
  }
}

/** The tree of pages can be broken in a file that is otherwise readable. */
function countOf(document: PDFDocument): Pick<PdfFacts, 'pages'> {
  try {
    const pages = document.getPageCount();
    return pages > 0 ? { pages } : {};
  } catch {
    return {};
  }
}

/** The trailer of an encrypted file refers to its encryption dictionary (ISO 32000-1, 7.5.5). */
function namesEncryption(bytes: Uint8Array): boolean {
  return /\/Encrypt\s+\d+\s+\d+\s+R/.test(new TextDecoder('latin1').decode(bytes));
}
