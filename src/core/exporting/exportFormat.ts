import { decodeLine, encodeHeader, JOURNAL_VERSION, readJournal } from '../conversation/journal.ts';
import { hasEventShape } from './eventShapes.ts';

/**
 * One conversation as one file, with all that its journal holds. It is JSON, in lines that can be read one after the other:
 *
 *     {"parley":"export","version":1,
 *     "header":{...the journal's first line...},
 *     "lines":[
 *     {"n":1,"sum":"xxxxxxxx","event":{...}},
 *     "a broken line, as it stands in the journal"
 *     ],
 *     "attachments":[
 *     {"sha256":"...","base64":"..."}
 *     ]}
 *
 * Lines of the journal stand in it character by character, so that what is exported, imported and exported again is the same.
 */
export const EXPORT_VERSION = 1;

/** The file up to its attachments, in pieces. `fallback` serves where the header of the journal cannot be read. */
export function* encodeJournal(
  journal: string,
  fallback: { id: string; createdAt: number },
): Generator<string> {
  const { header, lines } = takeApart(journal, fallback);
  let piece = `{"parley":"export","version":${EXPORT_VERSION},\n"header":${header},\n"lines":[\n`;
  for (const [at, line] of lines.entries()) {
    piece += `${isWhole(line) ? line : JSON.stringify(line)}${at < lines.length - 1 ? ',' : ''}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}],\n"attachments":[\n`;
}

/** UTF-16 units that are encoded at once: some ms. */
const PIECE = 256 * 1024;

/** One attachment; the first has no other before it. What it begins with ends the one before. */
export function encodeAttachment(sha256: string, base64: string, isFirst: boolean): string {
  return `${isFirst ? '' : ',\n'}{"sha256":"${sha256}","base64":"${base64}"}`;
}

/** What stands behind the last attachment. */
export function encodeEnd(attachments: number): string {
  return `${attachments === 0 ? '' : '\n'}]}\n`;
}

/** Why a file cannot be imported: no export at all, one of a newer Parley, or one that is not whole. */
export type ExportProblem = 'foreign' | 'newer' | 'damaged';

/** What a line of the file has completed. */
export type ExportPiece =
  | { readonly kind: 'journal'; readonly id: string; readonly text: string }
  | { readonly kind: 'attachment'; readonly sha256: string; readonly base64: string }
  | { readonly kind: 'problem'; readonly problem: ExportProblem };

export interface ExportReader {
  /** Takes the next line, without its line break (`\r\n` of tools that change them included). After a problem nothing more is taken. */
  take(line: string): ExportPiece | undefined;
  /** True when the file was whole. */
  isWhole(): boolean;
}

/** Reads such a file line by line. Never throws; whether attachments are what their names say is for the caller to check. */
export function createExportReader(): ExportReader {
  let state: 'top' | 'header' | 'lines' | 'line' | 'attachments' | 'attachment' | 'end' | 'broken' = 'top';
  let id = '';
  const lines: string[] = [];

  function broken(problem: ExportProblem): ExportPiece {
    state = 'broken';
    return { kind: 'problem', problem };
  }

  function take(raw: string): ExportPiece | undefined {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    switch (state) {
      case 'top': {
        const version = /^\{"parley":"export","version":(\d{1,9}),$/.exec(line)?.[1];
        if (version === undefined) return broken('foreign');
        if (Number(version) > EXPORT_VERSION) return broken('newer');
        state = 'header';
        return undefined;
      }
      case 'header': {
        const header = /^"header":(\{.*\}),$/.exec(line)?.[1] ?? '';
        const { conversation, newerVersion } = readJournal(`${header}\n`, { id: '', createdAt: -1 });
        if (newerVersion !== undefined) return broken('newer');
        if (conversation.createdAt === -1) return broken('damaged');
        id = conversation.id;
        lines.push(header);
        state = 'lines';
        return undefined;
      }
      case 'lines':
        state = 'line';
        return line === '"lines":[' ? undefined : broken('damaged');
      case 'line': {
        if (line === '],') {
          state = 'attachments';
          return { kind: 'journal', id, text: lines.map((each) => `${each}\n`).join('') };
        }
        const journalLine = journalLineOf(line.replace(/,$/, ''));
        if (journalLine === undefined) return broken('damaged');
        lines.push(journalLine);
        return undefined;
      }
      case 'attachments':
        state = 'attachment';
        return line === '"attachments":[' ? undefined : broken('damaged');
      case 'attachment': {
        if (line === ']}') {
          state = 'end';
          return undefined;
        }
        const [, sha256, base64] = ATTACHMENT.exec(line) ?? [];
        if (sha256 === undefined || base64 === undefined) return broken('damaged');
        return { kind: 'attachment', sha256, base64 };
      }
      case 'end':
        return line === '' ? undefined : broken('damaged');
      case 'broken':
        return undefined;
    }
  }

  return { take, isWhole: () => state === 'end' };
}

const ATTACHMENT = /^\{"sha256":"([0-9a-f]{64})","base64":"([A-Za-z0-9+/]*={0,2})"\},?$/;

/** The line of a journal that an item holds; undefined when it holds none, or one that would break what reads it. */
function journalLineOf(item: string): string | undefined {
  const line = item.startsWith('"') ? textOf(item) : item;
  if (line === '' || line.includes('\n') || (line === item && !isWhole(line))) return undefined;
  // What the journal's reader passes over does no harm.
  return typeof decodeLine(line) === 'string' || hasEventShape(line) ? line : undefined;
}

function textOf(item: string): string {
  try {
    const value: unknown = JSON.parse(item);
    return typeof value === 'string' ? value : '';
  } catch {
    return '';
  }
}

/** A journal as its header and its other lines. A header that cannot be read is one of these. */
function takeApart(
  journal: string,
  fallback: { id: string; createdAt: number },
): { readonly header: string; readonly lines: readonly string[] } {
  const lines = journal.replace(/^\ufeff/, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('{"parley":'));
  const { conversation } = readJournal(`${lines[first] ?? ''}\n`, { ...fallback, createdAt: -1 });
  const at = conversation.createdAt === -1 ? -1 : first;
  const header = lines[at]?.trimEnd() ?? encodeHeader({ version: JOURNAL_VERSION, ...fallback }).trimEnd();
  return { header, lines: lines.filter((line, index) => index !== at && line !== '') };
}

/** True for a line with its checksum, which is JSON as it stands. */
function isWhole(line: string): boolean {
  return line.endsWith('}') && typeof decodeLine(line) === 'object';
}
