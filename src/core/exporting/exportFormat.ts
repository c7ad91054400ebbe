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

/** The file up to its attachments. `fallback` serves where the header of the journal cannot be read. */
export function encodeJournal(journal: string, fallback: { id: string; createdAt: number }): string {
  const { header, lines } = takeApart(journal, fallback);
  const items = lines.map((line) => (isWhole(line) ? line : JSON.stringify(line)));
  const start = `{"parley":"export","version":${EXPORT_VERSION},\n"header":${header},\n"lines":[\n`;
  return `${start}${items.map((item, at) => `${item}${at < items.length - 1 ? ',' : ''}\n`).join('')}],\n"attachments":[\n`;
}

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
  let header = '';
  const items: string[] = [];

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
      case 'header':
        header = /^"header":(\{.*\}),$/.exec(line)?.[1] ?? '';
        state = 'lines';
        return header === '' ? broken('damaged') : undefined;
      case 'lines':
        state = 'line';
        return line === '"lines":[' ? undefined : broken('damaged');
      case 'line': {
        if (line !== '],') {
          items.push(line.replace(/,$/, ''));
          return undefined;
        }
        state = 'attachments';
        const journal = putTogether(header, items);
        return typeof journal === 'string' ? broken(journal) : { kind: 'journal', ...journal };
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

/** The journal of an export, or why there is none. */
function putTogether(
  header: string,
  items: readonly string[],
): { readonly id: string; readonly text: string } | 'newer' | 'damaged' {
  const lines = items.map((item) => (item.startsWith('"') ? textOf(item) : item));
  const text = [header, ...lines].map((line) => `${line}\n`).join('');
  const { conversation, newerVersion } = readJournal(text, { id: '', createdAt: -1 });
  if (newerVersion !== undefined) return 'newer';
  const isSound = lines.every(
    (line, at) => line !== '' && !line.includes('\n') && (line !== items[at] || isWhole(line)),
  );
  const { id, createdAt } = conversation;
  return isSound && createdAt !== -1 && lines.every(fitsIfRead) ? { id, text } : 'damaged';
}

/** What the journal's reader passes over does no harm. */
function fitsIfRead(line: string): boolean {
  return typeof decodeLine(line) === 'string' || hasEventShape(line);
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
  const isReadable = readJournal(journal, { ...fallback, createdAt: -1 }).conversation.createdAt !== -1;
  const at = isReadable ? lines.findIndex((line) => line.startsWith('{"parley":')) : -1;
  const header = lines[at]?.trimEnd() ?? encodeHeader({ version: JOURNAL_VERSION, ...fallback }).trimEnd();
  return { header, lines: lines.filter((line, index) => index !== at && line !== '') };
}

/** True for a line with its checksum, which is JSON as it stands. */
function isWhole(line: string): boolean {
  return line.endsWith('}') && typeof decodeLine(line) === 'object';
}
