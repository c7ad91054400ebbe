import * as vscode from 'vscode';
import type { Part } from '../../core/conversation/parts.ts';
import type { Verdict } from '../../core/request/attachments.ts';
import { fileName } from './shownPath.ts';

/** A verdict that is not `ok` in the user's words: what is wrong with the part, the figures, and what will be done. */
export function refusalSentence(
  verdict: Exclude<Verdict, { readonly verdict: 'ok' }>,
  part: Part,
  modelName: string,
): string {
  const name = nameOf(part);
  switch (verdict.verdict) {
    case 'refused':
      return refused(verdict, name, modelName);
    case 'doubtful':
      return doubtful(verdict, name, modelName);
    case 'changed':
      return changed(verdict);
  }
}

function refused(
  verdict: Extract<Verdict, { readonly verdict: 'refused' }>,
  name: string,
  model: string,
): string {
  const { t } = vscode.l10n;
  switch (verdict.why) {
    case 'noImages':
      return t('{1} reads no images: {0} is left out unless you select another model.', name, model);
    case 'noPdf':
      return t('{1} reads no PDFs: {0} is left out unless you select another model.', name, model);
    case 'empty':
      return t('{0} is empty, so there is nothing to attach.', name);
    case 'notReadable':
      return t('{0} cannot be read; it may be damaged.', name);
    case 'encrypted':
      return t('{0} is protected by a password; Claude reads only PDFs without one.', name);
    case 'tooManyPages':
      return t('{0} has {1} pages; {2} are the most that can be sent.', name, verdict.pages, verdict.most);
    case 'fileTooLarge':
      return t(
        '{0} has {1} MB; {2} MB are the most that can be sent.',
        name,
        megabytes(verdict.bytes),
        megabytes(verdict.most),
      );
    case 'largerThanWindow':
      return verdict.window === undefined
        ? t('{0} has about {1} tokens, more than any model reads.', name, figure(verdict.tokens))
        : t(
            '{0} has about {1} tokens; {2} reads {3} at most.',
            name,
            figure(verdict.tokens),
            model,
            figure(verdict.window),
          );
  }
}

function doubtful(
  { tokens, window }: Extract<Verdict, { readonly verdict: 'doubtful' }>,
  name: string,
  model: string,
): string {
  return vscode.l10n.t(
    '{0} has about {1} tokens and {2} reads {3} at most: it is sent, but may be refused.',
    name,
    figure(tokens),
    model,
    figure(window),
  );
}

function changed(verdict: Extract<Verdict, { readonly verdict: 'changed' }>): string {
  const { t } = vscode.l10n;
  switch (verdict.why) {
    case 'tooMuchMedia':
      return tooMuchMedia(verdict);
    case 'manyImages':
      return t(
        'With it there are {0} images: those with a side above {1} px will be made smaller.',
        verdict.count,
        figure(verdict.maxSide),
      );
    case 'fileTooLarge':
      return t(
        'With it the files have {0} MB and {1} MB can be sent: the oldest will be left out.',
        megabytes(verdict.bytes),
        megabytes(verdict.most),
      );
  }
}

/** Images and pages count together, but who has only one of them need not know. */
function tooMuchMedia({ images, pages, most }: Extract<Verdict, { readonly why: 'tooMuchMedia' }>): string {
  const { t } = vscode.l10n;
  if (pages === 0)
    return t('With it there are {0} images and {1} can be sent: the oldest will be left out.', images, most);
  if (images === 0)
    return t(
      'With it there are {0} pages and {1} can be sent: the oldest documents will be left out.',
      pages,
      most,
    );
  return t(
    'With it there are {0} images and {1} pages of documents, and {2} can be sent together: the oldest will be left out.',
    images,
    pages,
    most,
  );
}

function nameOf(part: Part): string {
  if (part.kind === 'text') return vscode.l10n.t('The text');
  if (part.kind === 'update') return part.path;
  return part.kind === 'code' ? fileName(vscode.Uri.parse(part.uri)) : part.label;
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}

function figure(count: number): string {
  return count.toLocaleString('en-US');
}
