import { PDFDocument } from '@cantoo/pdf-lib';

/** What has to be known of a PDF before it is attached. */
export interface PdfFacts {
  /** Absent when they cannot be counted. */
  readonly pages?: number;
  /** True when it asks for a password, also where reading it needs none. */
  readonly encrypted: boolean;
  /** False when the file is damaged: its end is missing, or nothing can be made of it. */
  readonly readable: boolean;
}

/**
 * Pages and encryption of a PDF. Never rejects: of a damaged file only what can still be seen is said, and no pages, as
 * those that are left are not those that it had. This module brings the PDF reader along, so it is imported dynamically
 * and bundled in a file of its own.
 */
export async function pdfFacts(bytes: Uint8Array): Promise<PdfFacts> {
  if (!hasEnd(bytes)) return { encrypted: namesEncryption(bytes), readable: false };
  try {
    const document = await PDFDocument.load(bytes, { ignoreEncryption: true, updateMetadata: false });
    if (document.isEncrypted) return { encrypted: true, readable: true };
    if (!document.context.trailerInfo.Root) return { encrypted: false, readable: false };
    return { encrypted: false, readable: true, ...countOf(document) };
  } catch {
    return { encrypted: namesEncryption(bytes), readable: false };
  }
}

/**
 * Bytes at the end of a file in which its end mark is sought. Acrobat asks for it within the last 1,024 (PDF Reference 1.7,
 * implementation note 18); mail and web servers append more than that at times.
 */
const END = 2_048;

/**
 * Whether the file goes on to its end: of one that is cut off, the pages that are left would be counted. One that lacks only
 * the mark behind the place of its index opens everywhere; zeros and blanks that fill up a block are no content.
 */
function hasEnd(bytes: Uint8Array): boolean {
  let length = bytes.length;
  while (length > 0 && FILLING.has(bytes[length - 1] ?? 0)) length--;
  const tail = new TextDecoder('latin1').decode(bytes.subarray(Math.max(0, length - END), length));
  return tail.includes('%%EOF') || tail.includes('startxref');
}

/** NUL and blanks. */
const FILLING = new Set([0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20]);

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
