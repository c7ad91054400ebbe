import * as vscode from 'vscode';
import type { CodePart } from '../../core/conversation/parts.ts';
import { MAX_FILE } from '../../core/protocol.ts';
import { looksBinary, utf8Text, withPlainEnds } from './plainText.ts';
import { fileName, isSame, shownPath } from './shownPath.ts';

/** The bytes of a file, its unsaved text, or why there is nothing to attach. */
export type Content =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'document'; readonly document: vscode.TextDocument }
  | { readonly kind: 'nothing'; readonly isGone: boolean; readonly sentence: string };

/** The longest text that is attached, in UTF-16 units: more than any model reads. */
export const LONGEST_TEXT = 8_000_000;

/**
 * What a file holds: unsaved text where there is some, else its bytes, and a document where there are none, as its scheme
 * belongs to no file system. Never throws.
 */
export async function contentAt(uri: vscode.Uri): Promise<Content> {
  const open = vscode.workspace.textDocuments.find(
    (document) => !document.isClosed && isSame(document.uri, uri),
  );
  if (open && (open.isDirty || open.isUntitled)) return { kind: 'document', document: open };
  // Opening one would make a new one of that name.
  if (uri.scheme === 'untitled') return gone(uri);
  const problem = await problemAt(uri);
  if (problem) return problem;
  try {
    return { kind: 'bytes', bytes: await vscode.workspace.fs.readFile(uri) };
  } catch (error) {
    return isNotFound(error) ? gone(uri) : documentContent(uri, error);
  }
}

/** Why a file is not there for reading, found without reading it; undefined when it may be read. Never throws. */
export async function problemAt(uri: vscode.Uri): Promise<Extract<Content, { kind: 'nothing' }> | undefined> {
  try {
    const { type, size } = await vscode.workspace.fs.stat(uri);
    if (type & vscode.FileType.Directory) return nothing(isFolder(uri));
    return size > MAX_FILE ? nothing(tooLarge(fileName(uri), size)) : undefined;
  } catch (error) {
    return isNotFound(error) ? gone(uri) : undefined;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
}

/** A text file as an attachment, or a sentence. `bytes` are what it holds; without them its text is the document's. */
export async function codeIn(document: vscode.TextDocument, bytes?: Uint8Array): Promise<CodePart | string> {
  const text = bytes && !document.isDirty ? await current(document, bytes) : document.getText();
  const { uri, languageId } = document;
  const problem = problemWith(text, fileName(uri));
  if (problem !== undefined) return problem;
  return {
    kind: 'code',
    path: shownPath(uri),
    uri: uri.toString(),
    languageId,
    startLine: 1,
    endLine: linesIn(text),
    unsaved: document.isDirty,
    text,
    scope: 'file',
  };
}

/** The text file at a URI as an attachment, or a sentence; never throws. */
export async function codeAt(uri: vscode.Uri, bytes: Uint8Array): Promise<CodePart | string> {
  // A character takes three bytes at most for each of its UTF-16 units, whatever the encoding.
  if (bytes.length > LONGEST_TEXT * 3) return tooLong(fileName(uri), Math.round(bytes.length / 3));
  try {
    return await codeIn(await vscode.workspace.openTextDocument(uri), bytes);
  } catch (error) {
    const isText = await decoded(bytes, { uri });
    if (isText === undefined) return binary(fileName(uri));
    return vscode.l10n.t('{0} cannot be opened as text: {1}', shownPath(uri), messageOf(error));
  }
}

/** What is wrong with a text that shall be attached; undefined when nothing is. */
export function problemWith(text: string, name: string): string | undefined {
  if (text.trim() === '') return empty(name);
  if (text.length > LONGEST_TEXT) return tooLong(name, text.length);
  return looksBinary(text) ? binary(name) : undefined;
}

/** Undefined when the bytes are no text. The encoding is found as VS Code finds it: byte order mark, settings, guessing. */
export async function decoded(
  bytes: Uint8Array,
  how?: { readonly uri: vscode.Uri } | { readonly encoding: string },
): Promise<string | undefined> {
  try {
    if (!how) return await vscode.workspace.decode(bytes);
    return await ('uri' in how
      ? vscode.workspace.decode(bytes, { uri: how.uri })
      : vscode.workspace.decode(bytes, { encoding: how.encoding }));
  } catch {
    return undefined;
  }
}

/** The text in many files that are only read: UTF-8 is decoded here, which is fast, all else as above. Undefined when it is no text. */
export async function textOfBytes(bytes: Uint8Array, uri: vscode.Uri): Promise<string | undefined> {
  const text = utf8Text(bytes) ?? (await decoded(bytes, { uri }));
  return text === undefined || looksBinary(text) ? undefined : text;
}

export function empty(name: string): string {
  return vscode.l10n.t('{0} is empty, so there is nothing to attach.', name);
}

export function tooLarge(name: string, bytes: number): string {
  const megabytes = (count: number): string => (count / 1024 / 1024).toFixed(1);
  return vscode.l10n.t(
    '{0} has {1} MB; files of up to {2} MB can be attached.',
    name,
    megabytes(bytes),
    megabytes(MAX_FILE),
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isFolder(uri: vscode.Uri): string {
  return vscode.l10n.t(
    '{0} is a folder: attach the listing of its files, or the files themselves.',
    shownPath(uri),
  );
}

function binary(name: string): string {
  return vscode.l10n.t('{0} is a binary file that Claude cannot read.', name);
}

function tooLong(name: string, length: number): string {
  return vscode.l10n.t(
    '{0} has about {1} million characters; texts of up to {2} million can be attached.',
    name,
    (length / 1e6).toFixed(1),
    LONGEST_TEXT / 1e6,
  );
}

function nothing(sentence: string): Extract<Content, { kind: 'nothing' }> {
  return { kind: 'nothing', isGone: false, sentence };
}

function gone(uri: vscode.Uri): Extract<Content, { kind: 'nothing' }> {
  return {
    kind: 'nothing',
    isGone: true,
    sentence: vscode.l10n.t('{0} is not there any more.', shownPath(uri)),
  };
}

/** Outputs, sides of a diff and the like: documents that no file system has. */
async function documentContent(uri: vscode.Uri, reason: unknown): Promise<Content> {
  try {
    return { kind: 'document', document: await vscode.workspace.openTextDocument(uri) };
  } catch {
    return nothing(vscode.l10n.t('{0} cannot be read: {1}', shownPath(uri), messageOf(reason)));
  }
}

/**
 * The text of a saved file. A document that nobody looks at hears late of changes, or never where its file lies outside of
 * the workspace; then the bytes are right.
 */
async function current(document: vscode.TextDocument, bytes: Uint8Array): Promise<string> {
  const text = document.getText();
  const fresh = await decoded(bytes, { encoding: document.encoding });
  return fresh === undefined || withPlainEnds(fresh) === withPlainEnds(text) ? text : fresh;
}

/** Lines of a text; a line end at the very end begins no line. */
export function linesIn(text: string): number {
  const ends = text.match(/\r\n?|\n/g)?.length ?? 0;
  return Math.max(1, /[\r\n]$/.test(text) ? ends : ends + 1);
}
