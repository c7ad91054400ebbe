import { figureIn } from './complaint.ts';
import { leaveOut, type Need } from './limits.ts';
import { mediaAbove } from './oldestFirst.ts';
import type { Refused } from './refused.ts';
import { isDocument, newestQuestion, pagesOf, type SentFile, sentFiles } from './sentParts.ts';

/**
 * Images and pages of documents that are too many together, in the words of the API: "Too much media: 12 document pages +
 * 104 images > 100". The oldest stay behind.
 */
export function repairMedia({ complaint: { message }, composed, conversation }: Refused): readonly Need[] {
  if (!/too much media/.test(message)) return [];
  const files = sentFiles(composed, conversation);
  const most = figureIn(message, />\s*([\d,]+)/);
  const room = most === undefined ? undefined : { most, newest: newestQuestion(composed) };
  const above = room ? mediaAbove(files, room, uncountedPages(files, message)) : [];
  return (above.length > 0 ? above : files.slice(0, Math.ceil(files.length / 2))).map(leaveOut);
}

/** What the API has counted and nobody here, in equal shares. */
function uncountedPages(files: readonly SentFile[], message: string): number {
  const documents = files.filter(isDocument);
  const uncounted = documents.filter(({ file }) => file.source.pages === undefined).length;
  const known = documents.reduce((total, { file }) => total + pagesOf(file, 0), 0);
  const pages = figureIn(message, /([\d,]+) (?:document |pdf )?pages/) ?? 0;
  return Math.max(1, Math.ceil((pages - known) / Math.max(1, uncounted)));
}
