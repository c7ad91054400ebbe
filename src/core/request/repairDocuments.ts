import type { DocumentPart } from '../conversation/parts.ts';
import { figureIn } from './complaint.ts';
import { leaveOut, type Need } from './limits.ts';
import { mediaAbove } from './oldestFirst.ts';
import { pointedAt, type Refused } from './refused.ts';
import { isDocument, newestQuestion, type SentFile, sentFiles } from './sentParts.ts';

/**
 * Documents that have too many pages, that the API cannot open, or that this model or gateway does not know. They
 * cannot be made smaller, so the guilty ones are left out.
 */
export function repairDocuments(refused: Refused): readonly Need[] {
  const { complaint, composed, conversation } = refused;
  const { message, places } = complaint;
  const documents = sentFiles(composed, conversation).filter(isDocument);
  if (documents.length === 0) return [];
  const guilty = pointedAt(documents, refused);
  const pointsElsewhere = guilty.length === 0 && places.some(({ block }) => block !== undefined);
  if (pointsElsewhere || (guilty.length === 0 && !ABOUT.test(message))) return [];
  if (TOO_MANY.test(message)) return tooLong(documents, refused).map(leaveOut);
  if (NOT_AT_ALL.test(message)) return documents.map(leaveOut);
  return (guilty.length > 0 ? guilty : suspects(documents, refused)).map(leaveOut);
}

const ABOUT = /\bpdfs?\b|\bdocuments?\b|\bpages\b|\bencrypted\b|password[- ]protected/;
const TOO_MANY =
  /(maximum|limit|at most|up to|too many|exceed|more than)\b.*\bpages|pages.*(maximum|limit|exceed|>)/;
const NOT_AT_ALL =
  /\b(pdf|document)s?`?'?( input| content| blocks?)?s? (is|are) not (supported|allowed|enabled)|not support (pdf|document)|tag `?'?document/;

/** What is above the limit, by our own count of pages; when that says that all is well, the oldest half. */
function tooLong(
  documents: readonly SentFile<DocumentPart>[],
  { complaint: { message }, composed }: Refused,
): readonly SentFile[] {
  const most =
    figureIn(message, /(?:maximum (?:of|is)|limit (?:of|is)|at most|up to|more than|>)\s*([\d,]+)/) ??
    figureIn(message, /([\d,]+)(?:[ -]pdf)?[ -]pages?/);
  const above = most === undefined ? [] : mediaAbove(documents, { most, newest: newestQuestion(composed) });
  if (above.length > 0) return above;
  const uncounted = documents.filter(({ file }) => file.source.pages === undefined);
  return uncounted.length > 0 ? uncounted : documents.slice(0, Math.ceil(documents.length / 2));
}

/** Without a place it is most likely a document that has not been sent before. */
function suspects(
  documents: readonly SentFile<DocumentPart>[],
  { composed }: Refused,
): readonly SentFile<DocumentPart>[] {
  const asked = newestQuestion(composed);
  const fresh = documents.filter(({ turn }) => turn === asked);
  return fresh.length > 0 ? fresh : documents;
}
