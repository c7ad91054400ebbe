import type { CodePart, Part, StoredDocument, StoredImage, UpdatePart } from '../conversation/parts.ts';
import type { Translate } from '../failure.ts';
import { removedText } from '../request/packRemovals.ts';
import { wellFormed } from '../request/wellFormed.ts';
import { closed, codeSpan, fenced, oneLine, quoted } from './markdownText.ts';

/** A file that lies beside the Markdown, and where its bytes are. */
export interface AttachedFile {
  readonly name: string;
  readonly sha256: string;
}

/** The relative address of something that is stored. */
export type LinkTo = (label: string, source: StoredImage | StoredDocument) => string;

/** A part of a question as Markdown that cannot leak into what follows. */
export function partMarkdown(part: Part, t: Translate, linkTo: LinkTo): string {
  switch (part.kind) {
    case 'text':
      return quoted(closed(part.text));
    case 'code':
      return `${codeSpan(part.path)}${placeOf(part, t)}\n\n${fenced(part.text, languageOf(part.languageId))}`;
    case 'excerpt':
      return `${codeSpan(part.label)}\n\n${fenced(part.text, languageOf(part.languageId))}`;
    case 'image': {
      const { source, label } = part;
      if (source.type === 'url') return addressOf(label, source.url);
      return `![${oneLine(label)}](${linkTo(label, source)})`;
    }
    case 'document':
      return `[${oneLine(part.label)}](${linkTo(part.label, part.source)})`;
    case 'update':
      return updateMarkdown(part, t);
    default:
      return other(part);
  }
}

/** Not as a picture: whoever opens the file should not fetch it unasked. */
function addressOf(label: string, url: string): string {
  if (!/^https?:/i.test(url)) return codeSpan(url);
  return `[${oneLine(label)}](<${encodeURI(wellFormed(url)).replace(/[<>]/g, '')}>)`;
}

/** A part of a kind that only a newer Parley knows. */
function other(part: never): string {
  return fenced(JSON.stringify(part, undefined, 2), 'json');
}

function placeOf({ scope, symbol, startLine, endLine, unsaved }: CodePart, t: Translate): string {
  const lines = startLine === endLine ? t('line {0}', startLine) : t('lines {0} to {1}', startLine, endLine);
  return [
    ...(symbol === undefined ? [] : [codeSpan(symbol)]),
    ...(scope === 'file' ? [] : [lines]),
    ...(unsaved ? [t('with unsaved changes')] : []),
  ]
    .map((words) => `, ${words}`)
    .join('');
}

function updateMarkdown({ path, change, form, text, removed, from }: UpdatePart, t: Translate): string {
  const name = codeSpan(path);
  if (removed) return `${t('Pinned files were removed')}\n\n${fenced(removedText(removed), '')}`;
  if (change === 'removed') return t('Pinned file {0} was removed', name);
  const heading =
    from === undefined
      ? t('Pinned file {0} has changed', name)
      : t('Pinned file {0} is now called {1}', codeSpan(from), name);
  return form === 'none' ? heading : `${heading}\n\n${fenced(text, form === 'diff' ? 'diff' : '')}`;
}

function languageOf(languageId: string): string {
  return languageId === 'plaintext' || !/^[\w+#.-]+$/.test(languageId) ? '' : languageId;
}
