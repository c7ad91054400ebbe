import * as vscode from 'vscode';
import type { AttachmentStore } from '../../core/ports.ts';
import { MAX_FILE } from '../../core/protocol.ts';
import { isPicture, recognize } from '../../core/request/attachments.ts';
import { createDocuments, type Documents } from './documents.ts';
import { codeAt, codeIn, contentAt, decoded, empty, messageOf, problemWith, tooLarge } from './fileText.ts';
import { type Found, foundNothing, foundPart, NOTHING } from './found.ts';
import { languageFor } from './languages.ts';
import { isNotebook, notebookAt, notebookInText } from './notebooks.ts';
import { fileName } from './shownPath.ts';

/** Finds what can be attached in files of any kind. Never throws: what cannot be attached is told in a sentence. */
export interface Files {
  /**
   * What lies at a URI: text with its unsaved changes, a picture, a PDF, a notebook with the pictures of its outputs.
   * For a folder only a sentence; its listing is given by `folderListing`.
   */
  foundAt(uri: vscode.Uri): Promise<Found>;
  /** What a file from outside holds, of which only name and bytes are known. */
  foundInBytes(name: string, bytes: Uint8Array): Promise<Found>;
}

export function createFiles(attachments: AttachmentStore): Files {
  const documents = createDocuments(attachments);
  return {
    foundAt: (uri) => told(fileName(uri), () => found(uri, documents)),
    foundInBytes: (name, bytes) => told(name, () => inBytes(name, bytes, documents)),
  };
}

async function found(uri: vscode.Uri, documents: Documents): Promise<Found> {
  if (isNotebook(uri)) return notebookAt(uri);
  const content = await contentAt(uri);
  if (content.kind === 'nothing') return foundNothing(content.sentence);
  if (content.kind === 'document') return partOrSentence(await codeIn(content.document));
  const { bytes } = content;
  return (await notText(fileName(uri), bytes, documents, uri)) ?? partOrSentence(await codeAt(uri, bytes));
}

async function inBytes(name: string, bytes: Uint8Array, documents: Documents): Promise<Found> {
  if (bytes.length > MAX_FILE) return foundNothing(tooLarge(name, bytes.length));
  const special = await notText(name, bytes, documents);
  if (special) return special;
  // A text that cannot be decoded holds as little of it as one with zeros.
  const text = (await decoded(bytes)) ?? '\0';
  const problem = problemWith(text, name);
  if (problem !== undefined) return foundNothing(problem);
  const notebook = /\.ipynb$/i.test(name) ? notebookInText(name, text) : undefined;
  const languageId = languageFor(name);
  return notebook ?? foundPart({ kind: 'excerpt', origin: 'file', label: name, languageId, text });
}

/** Pictures and PDFs, whatever their names say. The source of an SVG is what one asks about. */
async function notText(
  name: string,
  bytes: Uint8Array,
  documents: Documents,
  uri?: vscode.Uri,
): Promise<Found | undefined> {
  const kind = recognize(bytes);
  if (kind === 'empty') return foundNothing(empty(name));
  if (kind === 'pdf') return documents.found(name, bytes, uri);
  if (!isPicture(kind) || kind === 'svg') return undefined;
  return { ...NOTHING, pictures: [{ label: name, bytes, ...(uri ? { uri: uri.toString() } : {}) }] };
}

function partOrSentence(result: Awaited<ReturnType<typeof codeIn>>): Found {
  return typeof result === 'string' ? foundNothing(result) : foundPart(result);
}

async function told(name: string, find: () => Promise<Found>): Promise<Found> {
  try {
    return await find();
  } catch (error) {
    return foundNothing(vscode.l10n.t('{0} cannot be attached: {1}', name, messageOf(error)));
  }
}
