import * as vscode from 'vscode';
import { estimateText } from '../../core/money/estimateText.ts';
import { MOST_BYTES } from '../../core/money/textCount.ts';
import { createBreather } from '../workspace/breathing.ts';
import { textOfBytes } from '../workspace/fileText.ts';
import { walk } from '../workspace/walking.ts';
import { type CountedText, inParallel } from './countTexts.ts';

/** A file that is counted. */
export interface CountedFile extends CountedText {
  readonly uri: vscode.Uri;
}

/** A file or folder that is not, and why. */
export interface Uncounted {
  readonly uri: vscode.Uri;
  readonly reason: UncountedReason;
  /** The rule; there when the reason is `ignored`. */
  readonly rule?: string;
}

export type UncountedReason = 'ignored' | 'link' | 'binary' | 'tooLarge' | 'unreadable';

export interface Gathered {
  /** By their paths. */
  readonly files: readonly CountedFile[];
  readonly uncounted: readonly Uncounted[];
}

/** Files that are looked at at a time, and those among them that are read: each call waits for VS Code, not for the disk. */
const LOOKERS = 48;
const READERS = 16;

/**
 * Reads files and the files below folders, each once, and reckons their tokens, `factor` for one of the current
 * tokenizer. A file named itself counts though it be ignored. Cancelling gives what has been read so far. Never rejects.
 */
export async function gatherTexts(
  uris: readonly vscode.Uri[],
  factor: number,
  token: vscode.CancellationToken,
  onFile: (files: number) => void = () => undefined,
): Promise<Gathered> {
  const files = new Map<string, CountedFile>();
  const uncounted = new Map<string, Uncounted>();
  const seen = new Set<string>();
  const leaveOut = (entry: Uncounted): void => void uncounted.set(entry.uri.toString(), entry);
  const breathe = createBreather();
  const gate = createGate(READERS);
  await inParallel(filesAt(uris, token, leaveOut), LOOKERS, async (uri) => {
    const key = uri.toString();
    if (seen.has(key) || token.isCancellationRequested) return;
    seen.add(key);
    await breathe();
    const read = await readText(uri, gate);
    if (token.isCancellationRequested) return;
    if ('reason' in read) return leaveOut({ uri, reason: read.reason });
    uncounted.delete(key);
    files.set(key, counted(uri, read.text, factor));
    onFile(files.size);
  });
  return { files: [...files.values()].sort(byUri), uncounted: [...uncounted.values()].sort(byUri) };
}

/** Size of a text in bytes, as UTF-8. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

async function* filesAt(
  uris: readonly vscode.Uri[],
  token: vscode.CancellationToken,
  leaveOut: (entry: Uncounted) => void,
): AsyncGenerator<vscode.Uri> {
  for (const uri of uris) {
    if (!(await isFolder(uri))) yield uri;
    else {
      yield* walk(uri, {
        token,
        onLeftOut: ({ uri: entry, reason, exclusion }) => {
          // Every repository has it and nobody misses it.
          if (exclusion?.source === '') return;
          leaveOut({ uri: entry, reason, ...(exclusion ? { rule: exclusion.pattern } : {}) });
        },
      });
    }
  }
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    ({ type }) => (type & vscode.FileType.Directory) !== 0,
    () => false,
  );
}

function counted(uri: vscode.Uri, text: string, factor: number): CountedFile {
  return {
    uri,
    estimate: Math.round(estimateText(text) * factor),
    bytes: bytesOf(text),
    async text() {
      const read = await readText(uri, UNGATED);
      return 'text' in read ? read.text : undefined;
    },
  };
}

/** Lets so many through at a time. */
type Gate = <T>(run: () => PromiseLike<T>) => Promise<T>;

const UNGATED: Gate = async (run) => run();

function createGate(most: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (run) => {
    if (inside >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside++;
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else inside--;
    }
  };
}

type Read = { readonly text: string } | { readonly reason: UncountedReason };

/** The text of an open editor where there is one, saved or not; else of the file. */
async function readText(uri: vscode.Uri, gate: Gate): Promise<Read> {
  const open = vscode.workspace.textDocuments.find((document) => isSame(document.uri, uri));
  if (open && !open.isClosed) return within(open.getText());
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    if (size > MOST_BYTES) return { reason: 'tooLarge' };
    const bytes = await gate(() => vscode.workspace.fs.readFile(uri));
    const text = await textOfBytes(bytes, uri);
    return text === undefined ? { reason: 'binary' } : within(text);
  } catch {
    return { reason: 'unreadable' };
  }
}

function within(text: string): Read {
  return text.length > MOST_BYTES || bytesOf(text) > MOST_BYTES ? { reason: 'tooLarge' } : { text };
}

function isSame(one: vscode.Uri, other: vscode.Uri): boolean {
  return one.path === other.path && one.toString() === other.toString();
}

function byUri(
  { uri: one }: { readonly uri: vscode.Uri },
  { uri: other }: { readonly uri: vscode.Uri },
): number {
  return one.path < other.path ? -1 : 1;
}
