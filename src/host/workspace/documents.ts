import * as vscode from 'vscode';
import type { DocumentPart } from '../../core/conversation/parts.ts';
import type { AttachmentStore } from '../../core/ports.ts';
import { checkAttachment } from '../../core/request/attachments.ts';
import { sha256Of } from '../sha256.ts';
import { type Found, foundNothing, foundPart } from './found.ts';
import { refusalSentence } from './refusals.ts';

/** PDFs on their way into the attachment store. */
export interface Documents {
  /** A PDF as an attachment; a sentence says why it can never be one (damage, password, too many pages, too large). */
  found(name: string, bytes: Uint8Array, uri?: vscode.Uri): Promise<Found>;
}

export function createDocuments(store: AttachmentStore): Documents {
  return {
    async found(name, bytes, uri) {
      const part = await documentPart(name, bytes, uri);
      if (typeof part === 'string') return foundNothing(part);
      const stored = await store.put(bytes);
      const sentence = vscode.l10n.t('{0} could not be kept on disk, so it is not attached.', name);
      return stored.ok ? foundPart(part) : foundNothing(sentence);
    },
  };
}

/** A PDF as an attachment, without its bytes being stored, or a sentence that says why it cannot be one. */
export async function documentPart(
  name: string,
  bytes: Uint8Array,
  uri?: vscode.Uri,
): Promise<DocumentPart | string> {
  const { pdfFacts } = await import('./pdfPages.ts');
  const { pages, ...facts } = await pdfFacts(bytes);
  const counted = pages === undefined ? {} : { pages };
  const part: DocumentPart = {
    kind: 'document',
    label: name,
    source: {
      type: 'stored',
      sha256: await sha256Of(bytes),
      mediaType: 'application/pdf',
      bytes: bytes.length,
      ...counted,
    },
    ...(uri ? { uri: uri.toString() } : {}),
  };
  const file = { kind: 'file', recognized: 'pdf', bytes: bytes.length, ...counted, ...facts } as const;
  const verdict = checkAttachment(file, ALONE);
  return verdict.verdict === 'refused' ? refusalSentence(verdict, part, vscode.l10n.t('Claude')) : part;
}

/** Nothing else is sent, by a model of which nothing is known: what is refused here is refused everywhere. */
const ALONE = { model: undefined, modelId: '', images: 0, pages: 0, bytes: 0 } as const;
