import * as vscode from 'vscode';
import type { Conversation } from '../../core/conversation/model.ts';
import { type MarkdownExport, toMarkdown } from '../../core/exporting/markdown.ts';
import { fail, GONE, type Result, succeed } from '../../core/ports.ts';
import { storageFailure } from '../storage/files.ts';
import { CANCELLED } from '../storage/jsonExport.ts';
import { usd } from '../usd.ts';
import type { ExportParts } from './exportCommands.ts';
import type { Written } from './places.ts';

export interface MarkdownWriting {
  readonly target: vscode.Uri;
  readonly withThinking: boolean;
  readonly signal: AbortSignal;
  /** Hears how many attachments are done, and of how many. */
  readonly onFile: (done: number, all: number) => void;
}

type MarkdownParts = Pick<ExportParts, 'attachments' | 'prices'>;

/**
 * Writes a conversation to read, and what is attached into a folder beside it. The attachments first: a text whose pictures are
 * missing would look whole. Those that are gone are counted. Fails as `storage`, with `CANCELLED` when cancelled; then
 * there is no text, and no folder that was not there before.
 */
export async function writeMarkdown(
  parts: MarkdownParts,
  conversation: Conversation,
  { target, withThinking, signal, onFile }: MarkdownWriting,
): Promise<Result<Written>> {
  const name = `${(target.path.split('/').at(-1) ?? '').replace(/\.[^.]+$/, '')}.files`;
  const folder = vscode.Uri.joinPath(target, '..', name);
  const isNew = !(await isThere(folder));
  const { text, files } = markdownOf(parts, conversation, withThinking, name);
  let missing = 0;
  try {
    for (const [at, file] of files.entries()) {
      signal.throwIfAborted();
      onFile(at, files.length);
      const read = await parts.attachments.base64(file.sha256);
      if (read.ok) await write(vscode.Uri.joinPath(folder, file.name), Buffer.from(read.value, 'base64'));
      else if (read.failure.code !== GONE) throw new Error(read.failure.message);
      else missing++;
    }
    await write(target, Buffer.from(text, 'utf8'));
    return succeed({ place: target, missing });
  } catch (error) {
    if (isNew) await removeQuietly(folder);
    return fail(signal.aborted ? { kind: 'storage', message: CANCELLED } : storageFailure(error));
  }
}

function markdownOf(
  { prices }: MarkdownParts,
  conversation: Conversation,
  withThinking: boolean,
  folder: string,
): MarkdownExport {
  return toMarkdown(conversation, {
    t: vscode.l10n.t,
    prices: prices(),
    withThinking,
    folder,
    date: (at) =>
      new Date(at).toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' }),
    usd,
  });
}

function write(place: vscode.Uri, bytes: Uint8Array): Thenable<void> {
  return vscode.workspace.fs.writeFile(place, bytes);
}

async function isThere(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

async function removeQuietly(folder: vscode.Uri): Promise<void> {
  await vscode.workspace.fs.delete(folder, { recursive: true }).then(undefined, () => undefined);
}
