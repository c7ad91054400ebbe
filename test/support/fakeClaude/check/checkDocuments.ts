import { invalid } from '../errors.ts';
import { pdfPages, pdfText } from '../prompt/pdfPages.ts';
import { blocksOf, isWire, textOf, type Wire, wireOf, wires } from '../wire.ts';
import { findImages } from './checkImages.ts';
import type { CheckContext } from './checkRequest.ts';

/**
 * All documents of a request: their sources, whether PDFs can be opened, and how many pages they have, together with the
 * images.
 */
export function checkDocuments(request: Wire, context: CheckContext): void {
  const { max_input_tokens } = context.model.info;
  const most = (max_input_tokens ?? 0) >= 1_000_000 ? 600 : 100;
  let total = 0;
  for (const { path, block } of findDocuments(request)) {
    const source = wireOf(block.source);
    checkSource(block, path, context);
    if (source.type !== 'base64') continue;
    const pages = checkPdf(source, `${path}.pdf.source.base64`);
    if (pages > most) {
      throw invalid(`${path}.pdf.source.base64.data`, `A maximum of ${most} PDF pages may be provided.`);
    }
    total += pages;
  }
  const images = findImages(request).length;
  if (total + images > most) {
    throw invalid('messages', `Too much media: ${total} document pages + ${images} images > ${most}`);
  }
}

interface FoundDocument {
  readonly path: string;
  readonly block: Wire;
}

/** The documents of a request with their paths, those inside tool results included. */
function findDocuments(request: Wire): readonly FoundDocument[] {
  return wires(request.messages).flatMap((message, index) =>
    documentsIn(blocksOf(message.content), `messages.${index}.content`),
  );
}

function documentsIn(blocks: readonly Wire[], path: string): readonly FoundDocument[] {
  return blocks.flatMap((block, at) => {
    const here = `${path}.${at}`;
    if (block.type === 'document') return [{ path: here, block }];
    return block.type === 'tool_result' ? documentsIn(blocksOf(block.content), `${here}.content`) : [];
  });
}

function checkSource(block: Wire, path: string, { model, endpoint }: CheckContext): void {
  if (!isWire(block.source)) throw invalid(`${path}.document.source`, 'Field required');
  const { type, data } = block.source;
  if (endpoint === 'count_tokens' && (type === 'url' || type === 'file')) {
    throw invalid(`${path}.source`, `'${type}' sources are not supported by count_tokens`);
  }
  if (type === 'text' && textOf(data) === '') {
    throw invalid(`${path}.document.source.text.data`, 'must be non-empty');
  }
  if (type === 'base64' && model.info.capabilities?.pdf_input.supported === false) {
    throw invalid(path, `PDF input is not supported on ${model.info.id}`);
  }
}

const MAX_BYTES = 32 * 1024 * 1024;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Gives the pages of a PDF that the API can open. */
function checkPdf(source: Wire, where: string): number {
  if (source.media_type !== 'application/pdf') {
    throw invalid(`${where}.media_type`, "Input should be 'application/pdf'");
  }
  const data = textOf(source.data);
  if (data === '') throw invalid(`${where}.data`, 'PDF cannot be empty');
  if (data.length % 4 !== 0 || !BASE64.test(data)) throw invalid(`${where}.data`, 'invalid base64 data');
  if (data.length > MAX_BYTES) {
    throw invalid(`${where}.data`, `PDF exceeds 32 MB maximum: ${data.length} bytes > ${MAX_BYTES} bytes`);
  }
  const text = pdfText(source);
  if (!text.startsWith('%PDF-')) throw invalid(`${where}.data`, 'The PDF specified was not valid.');
  if (/\/Encrypt\b/.test(text)) throw invalid(`${where}.data`, 'The PDF specified is password protected.');
  return pdfPages(source);
}
