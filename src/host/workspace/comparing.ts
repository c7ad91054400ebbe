import * as vscode from 'vscode';
import type { CodePart, DocumentPart, ExcerptPart, Part } from '../../core/conversation/parts.ts';
import { sha256Of } from '../sha256.ts';
import { knownChanges } from './changes.ts';
import { documentSymbols, flattened, type NamedSymbol } from './documentSymbols.ts';
import { documentPart } from './documents.ts';
import { codeIn, contentAt, decoded, linesIn, problemWith } from './fileText.ts';
import { folderListing } from './folders.ts';
import type { Found } from './found.ts';
import { notebookNow } from './notebooks.ts';
import { withPlainEnds } from './plainText.ts';
import { fileProblems, SINGLE, workspaceProblems } from './problems.ts';
import { linesNow, textIn } from './relocating.ts';
import { symbolPart } from './selection.ts';
import { fileName, isSame } from './shownPath.ts';

/** How a part compares with what it was taken from. */
export type Recollection =
  /** `moved` is the same text with its new lines, where they are not those of the part. */
  | { readonly state: 'same'; readonly moved?: Part }
  /** `part` is what would be attached now; its bytes, if it has some, are in the store. */
  | { readonly state: 'changed'; readonly part: Part }
  | { readonly state: 'gone' };

/** Keeps bytes for good; false when they could not be kept. */
export type Keep = (bytes: Uint8Array) => Promise<boolean>;

/** Holds a part against what it was taken from. What cannot be read at the moment is the same. Never throws. */
export async function compare(part: Part, keep: Keep): Promise<Recollection> {
  try {
    if (part.kind === 'code') return await compareCode(part);
    if (part.kind === 'document') return await compareDocument(part, keep);
    return part.kind === 'excerpt' ? await compareExcerpt(part) : SAME;
  } catch {
    return SAME;
  }
}

const SAME: Recollection = { state: 'same' };
const GONE: Recollection = { state: 'gone' };

async function compareCode(part: CodePart): Promise<Recollection> {
  const uri = vscode.Uri.parse(part.uri);
  const content = await contentAt(uri);
  if (content.kind === 'nothing') return content.isGone ? GONE : SAME;
  const file =
    content.kind === 'bytes' ? await fileNow(part, uri, content.bytes) : await codeIn(content.document);
  // A file that has become empty or binary holds nothing of what was taken.
  if (typeof file === 'string') return GONE;
  if (part.scope === 'file') return changedTo(part, file);
  const place = textIn(file.text, part);
  if (place)
    return place.startLine === part.startLine ? SAME : { state: 'same', moved: { ...part, ...place } };
  return part.scope === 'symbol' ? compareSymbol(part, uri) : compareLines(part, file);
}

/** All of the file that a part was taken from. Nothing is opened for looking. */
async function fileNow(part: CodePart, uri: vscode.Uri, bytes: Uint8Array): Promise<CodePart | string> {
  const open = vscode.workspace.textDocuments.find((document) => isSame(document.uri, uri));
  if (open) return codeIn(open, bytes);
  const text = (await decoded(bytes, { uri })) ?? '\0';
  const lines = { startLine: 1, endLine: linesIn(text), unsaved: false };
  return problemWith(text, fileName(uri)) ?? { ...part, ...lines, text };
}

async function compareSymbol(part: CodePart, uri: vscode.Uri): Promise<Recollection> {
  const document = await vscode.workspace.openTextDocument(uri);
  const symbols = flattened(await documentSymbols(uri)).filter(({ name }) => name === part.symbol);
  const distance = ({ symbol }: NamedSymbol): number =>
    Math.abs(symbol.range.start.line + 1 - part.startLine);
  const nearest = symbols.toSorted((one, other) => distance(one) - distance(other))[0];
  const now = nearest && symbolPart(document, nearest);
  return now ? changedTo(part, now) : GONE;
}

function compareLines(part: CodePart, file: CodePart): Recollection {
  const lines = linesNow(file.text, part);
  return lines ? changedTo(part, { ...part, ...lines, unsaved: file.unsaved }) : GONE;
}

async function compareExcerpt(part: ExcerptPart): Promise<Recollection> {
  if (part.origin === 'problems' && part.detail === SINGLE) return compareSingle(part);
  const found = await excerptNow(part);
  if (!found) return SAME;
  const [now] = found.parts;
  return now ? changedTo(part, now) : GONE;
}

/** Undefined for what has no source, or one that cannot be read at the moment. */
async function excerptNow({ origin, uri, detail }: ExcerptPart): Promise<Found | undefined> {
  if (origin === 'problems')
    return uri === undefined ? workspaceProblems() : fileProblems(vscode.Uri.parse(uri));
  if (uri === undefined) return undefined;
  const source = vscode.Uri.parse(uri);
  if (origin === 'folder') return folderListing(source, new vscode.CancellationTokenSource().token);
  if (origin === 'notebook') {
    const now = await notebookNow(source);
    if ('parts' in now) return now;
    return now.isGone ? NO_PARTS : undefined;
  }
  const which = detail === 'staged' || detail === 'unstaged' ? detail : undefined;
  return origin === 'changes' && which ? knownChanges(which, source) : undefined;
}

const NO_PARTS: Found = { parts: [], pictures: [], sentences: [] };

/** A problem is found again by what it says: its lines move with the code around it. */
async function compareSingle(part: ExcerptPart): Promise<Recollection> {
  const [now] = (await fileProblems(vscode.Uri.parse(part.uri ?? ''))).parts;
  if (now?.kind !== 'excerpt') return GONE;
  const said = (text: string): readonly string[] =>
    text.split('\n').flatMap((line) => /:\d+:\d+ ((?:error|warning|info|hint)\b.*)$/.exec(line)?.[1] ?? []);
  const still = new Set(said(now.text));
  return said(part.text).every((line) => still.has(line)) ? SAME : GONE;
}

async function compareDocument(part: DocumentPart, keep: Keep): Promise<Recollection> {
  if (part.uri === undefined) return SAME;
  const uri = vscode.Uri.parse(part.uri);
  const content = await contentAt(uri);
  if (content.kind !== 'bytes') return content.kind === 'nothing' && content.isGone ? GONE : SAME;
  const { bytes } = content;
  const isAsBefore = bytes.length === part.source.bytes && (await sha256Of(bytes)) === part.source.sha256;
  if (isAsBefore) return SAME;
  const now = await documentPart(fileName(uri), bytes, uri);
  // What is being written at the moment, or may not be attached, leaves the old one in its place.
  return typeof now === 'string' || !(await keep(bytes)) ? SAME : { state: 'changed', part: now };
}

/** Only the text decides: where a thing stands and what it is called may change, and so may the ends of its lines. */
function changedTo(before: CodePart | ExcerptPart, now: Part): Recollection {
  const isAsBefore = 'text' in now && withPlainEnds(now.text) === withPlainEnds(before.text);
  return isAsBefore ? SAME : { state: 'changed', part: now };
}
