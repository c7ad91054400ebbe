import * as vscode from 'vscode';
import type { LeaveReason } from '../../../core/context/pinned.ts';
import type { FileToRead, FoundFile } from '../../storage/readingThreads.ts';
import { messageOf, textOfBytes } from '../../workspace/fileText.ts';
import { quickFiles } from '../../workspace/quickFiles.ts';
import { isSame } from '../../workspace/shownPath.ts';
import {
  BY_NAME,
  type FindSecret,
  type Judged,
  type Judgement,
  LARGEST_FILE,
  type Sendable,
  stampOf,
} from './judged.ts';

/** A file that is to be looked at. */
export interface Looked extends Judged {
  readonly uri: vscode.Uri;
}

/** Why a file does not go out. */
export interface Refusal {
  readonly reason: LeaveReason;
  readonly detail?: string;
  /** Estimate, where it has been read. */
  readonly tokens?: number;
}

/** What is remembered of a file: everything but its text. */
export interface Seen {
  /** Differs when the file does, or what is asked of it; undefined when nothing can be told by it. */
  readonly stamp: string | undefined;
  readonly finding: Refusal | Sendable;
}

/** `text` is normalized; it is there when the file goes out and was read just now. */
export interface Look {
  readonly seen: Seen;
  readonly text?: string;
}

/**
 * Looks at a file: at its unsaved text where there is some, else at what is on disk. It is not read when its size and time are
 * as they were `before`. Secrets do not matter without `findSecret`. Never throws.
 */
export async function lookAt(file: Looked, findSecret: FindSecret | undefined, before?: Seen): Promise<Look> {
  try {
    const { judge, judgeName } = await import('./judging.ts');
    const byName = judgeName(file, findSecret !== undefined);
    if (byName) return lookFrom(BY_NAME, byName, undefined);
    const source = await sourceOf(file, (stamp) => stamp !== before?.stamp);
    if ('reason' in source) return { seen: { stamp: undefined, finding: source } };
    const { stamp } = source;
    if (before?.stamp === stamp) return { seen: before };
    const read = await source.read();
    if (typeof read !== 'string') return { seen: { stamp, finding: read } };
    const { judgement, text } = await judge(read, file, findSecret, sendable(before));
    return lookFrom(stamp, judgement, text);
  } catch (error) {
    return { seen: { stamp: undefined, finding: { reason: 'unreadable', detail: messageOf(error) } } };
  }
}

/** What a thread is to be asked about a file; undefined for one that is left to the editor. */
export function forThread(file: Looked, before?: Seen): FileToRead | undefined {
  const { uri, path, isNamed } = file;
  if (uri.scheme !== 'file' || unsavedAt(uri)) return undefined;
  return { file: uri.fsPath, path, isNamed, stamp: before?.stamp, before: sendable(before) };
}

/** What a thread has found, as `lookAt` would have; the text may be missing. */
export function lookOf({ stamp, size, judgement, text }: FoundFile, before?: Seen): Look {
  if (before?.stamp === stamp) return { seen: before };
  return judgement ? lookFrom(stamp, judgement, text) : { seen: { stamp, finding: tooLarge(size) } };
}

function lookFrom(stamp: string, judgement: Judgement, text: string | undefined): Look {
  const finding = told(judgement);
  return { seen: { stamp, finding }, ...(finding.reason || text === undefined ? {} : { text }) };
}

function sendable(before: Seen | undefined): Sendable | undefined {
  return before && !before.finding.reason ? before.finding : undefined;
}

interface Source {
  readonly stamp: string;
  read(): Promise<string | Refusal>;
}

/** What is on disk is read at once, where that is wanted: it takes one turn less. */
async function sourceOf(file: Looked, isWanted: (stamp: string) => boolean): Promise<Source | Refusal> {
  const { uri } = file;
  const open = unsavedAt(uri);
  if (open) {
    const text = (): string => open.getText();
    return { stamp: `unsaved ${open.version} ${file.isNamed}`, read: async () => within(text()) };
  }
  const { stat, bytes } = await quickFiles.readIf(
    uri,
    (found) => isFit(found) && isWanted(stampOf(file, found)),
  );
  if (stat.type & vscode.FileType.Directory)
    return { reason: 'unreadable', detail: vscode.l10n.t('a folder') };
  return {
    stamp: stampOf(file, stat),
    async read() {
      if (!bytes) return tooLarge(stat.size);
      return (await textOfBytes(bytes, uri)) ?? { reason: 'binary' };
    },
  };
}

function unsavedAt(uri: vscode.Uri): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(
    (document) => document.isDirty && !document.isClosed && isSame(document.uri, uri),
  );
}

function isFit({ type, size }: vscode.FileStat): boolean {
  return !(type & vscode.FileType.Directory) && size <= LARGEST_FILE;
}

function within(text: string): string | Refusal {
  return text.length > LARGEST_FILE ? tooLarge(text.length) : text;
}

function tooLarge(bytes: number): Refusal {
  return {
    reason: 'tooLarge',
    detail: vscode.l10n.t('{0} MB', (bytes / 1024 / 1024).toFixed(1)),
  };
}

/** A judgement in the user's words. */
function told(judgement: Judgement): Seen['finding'] {
  if ('name' in judgement) return { reason: judgement.reason, detail: judgement.name };
  switch (judgement.reason) {
    case undefined:
      return judgement;
    case 'generated':
      return { reason: 'generated', detail: judgement.mark, tokens: judgement.tokens };
    case 'secret': {
      const { secret, tokens } = judgement;
      return { reason: 'secret', detail: vscode.l10n.t('{0}, line {1}', secret.rule, secret.line), tokens };
    }
    default:
      return judgement;
  }
}
