import * as vscode from 'vscode';
import { reasonByName, reasonByText } from '../../../core/context/leavingOut.ts';
import type { LeaveReason } from '../../../core/context/pinned.ts';
import { estimateText } from '../../../core/money/estimateText.ts';
import { fileHash, normalizeText } from '../../../core/request/pack.ts';
import { messageOf, textOfBytes } from '../../workspace/fileText.ts';
import { quickFiles } from '../../workspace/quickFiles.ts';
import { isSame } from '../../workspace/shownPath.ts';

/** A file that is to be looked at. */
export interface Looked {
  readonly uri: vscode.Uri;
  readonly path: string;
  /** Pinned by its own name: then it counts though a tool has made it. */
  readonly isNamed: boolean;
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

export interface Sendable {
  readonly reason?: undefined;
  readonly hash: string;
  readonly tokens: number;
}

/** `text` is normalized; it is there when the file goes out and was read just now. */
export interface Look {
  readonly seen: Seen;
  readonly text?: string;
}

/** Finds out whether a text holds a secret. */
export type FindSecret = (
  text: string,
  path: string,
) => Promise<{ readonly rule: string; readonly line: number } | undefined>;

/** Largest file that goes out, in bytes: some 300,000 tokens of text, more than is left of most windows. */
export const LARGEST_FILE = 1024 * 1024;

/**
 * Looks at a file: at its unsaved text where there is some, else at what is on disk. It is not read when its size and time are
 * as they were `before`. Secrets do not matter without `findSecret`. Never throws.
 */
export async function lookAt(file: Looked, findSecret: FindSecret | undefined, before?: Seen): Promise<Look> {
  const byName = reasonByName(file.path);
  if (byName && counts(byName, file, findSecret)) return { seen: { stamp: BY_NAME, finding: byName } };
  try {
    const source = await sourceOf(file.uri, (found) => stampOf(file, found) !== before?.stamp);
    if ('reason' in source) return { seen: { stamp: undefined, finding: source } };
    const stamp = stampOf(file, source);
    if (before?.stamp === stamp) return { seen: before };
    const read = await source.read();
    if (typeof read !== 'string') return { seen: { stamp, finding: read } };
    const text = normalizeText(read);
    const finding = await findingOf(text, file, findSecret, before);
    return finding.reason ? { seen: { stamp, finding } } : { seen: { stamp, finding }, text };
  } catch (error) {
    return { seen: { stamp: undefined, finding: { reason: 'unreadable', detail: messageOf(error) } } };
  }
}

/** Whether size and time of a file, or its unsaved text, are as they were. Never throws. */
export async function isAsSeen(file: Looked, { stamp }: Seen): Promise<boolean> {
  try {
    const source = await sourceOf(file.uri, () => false);
    return !('reason' in source) && stampOf(file, source) === stamp;
  } catch {
    return false;
  }
}

function stampOf({ isNamed }: Looked, { stamp }: Pick<Source, 'stamp'>): string {
  return isNamed ? `named ${stamp}` : stamp;
}

const BY_NAME = 'name';

/** What a tool has made goes out where it is asked for by name, a secret where the user has said so. */
function counts({ reason }: Refusal, { isNamed }: Looked, findSecret: FindSecret | undefined): boolean {
  return reason === 'secret' ? findSecret !== undefined : !(isNamed && reason === 'generated');
}

interface Source {
  readonly stamp: string;
  read(): Promise<string | Refusal>;
}

/** What is on disk is read at once, where that is wanted: it takes one turn less. */
async function sourceOf(
  uri: vscode.Uri,
  isWanted: (found: Pick<Source, 'stamp'>) => boolean,
): Promise<Source | Refusal> {
  const open = vscode.workspace.textDocuments.find(
    (document) => document.isDirty && !document.isClosed && isSame(document.uri, uri),
  );
  if (open) {
    const text = (): string => open.getText();
    return { stamp: `unsaved ${open.version}`, read: async () => within(text()) };
  }
  const { stat, bytes } = await quickFiles.readIf(uri, (found) => isFit(found) && isWanted(ofDisk(found)));
  if (stat.type & vscode.FileType.Directory)
    return { reason: 'unreadable', detail: vscode.l10n.t('a folder') };
  return {
    ...ofDisk(stat),
    async read() {
      if (!bytes) return tooLarge(stat.size);
      return (await textOfBytes(bytes, uri)) ?? { reason: 'binary' };
    },
  };
}

function isFit({ type, size }: vscode.FileStat): boolean {
  return !(type & vscode.FileType.Directory) && size <= LARGEST_FILE;
}

function ofDisk({ mtime, size }: vscode.FileStat): Pick<Source, 'stamp'> {
  return { stamp: `${mtime} ${size}` };
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

async function findingOf(
  text: string,
  file: Looked,
  findSecret: FindSecret | undefined,
  before: Seen | undefined,
): Promise<Seen['finding']> {
  if (text.trim() === '') return { reason: 'empty' };
  const hash = fileHash(text);
  if (before && !before.finding.reason && before.finding.hash === hash) return before.finding;
  const tokens = estimateText(text);
  const byText = reasonByText(file.path, text);
  if (byText && counts(byText, file, findSecret)) return { ...byText, tokens };
  const secret = await findSecret?.(text, file.path);
  if (!secret) return { hash, tokens };
  const detail = vscode.l10n.t('{0}, line {1}', secret.rule, secret.line);
  return { reason: 'secret', detail, tokens };
}
