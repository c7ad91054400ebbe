import type { Translate } from '../../core/failure.ts';
import { isShell } from './languages.ts';

/** What a code block's buttons do; the name stands in `data-code-action`. */
export type CodeAction = 'copy' | 'insert' | 'newFile' | 'run';

/** Gives every code block its buttons and lets wide code and tables scroll by keyboard, too. */
export function createDecorate(document: Document, t: Translate): (nodes: DocumentFragment) => void {
  return (nodes) => {
    for (const pre of nodes.querySelectorAll('pre')) pre.replaceWith(framed(document, pre, t));
    for (const table of nodes.querySelectorAll('table')) table.replaceWith(scrolling(document, table, t));
  };
}

/** The language word of the code block around an element; empty when its fence named none. */
export function languageOf(element: Element): string {
  return element.closest<HTMLElement>('.code-block')?.dataset.language ?? '';
}

/** The language word that the class of a `code` element names; empty when it names none. */
export function codeLanguage({ className }: Element): string {
  return /language-(\S+)/.exec(className)?.[1] ?? '';
}

function framed(document: Document, pre: HTMLPreElement, t: Translate): HTMLElement {
  const code = pre.querySelector('code');
  const language = code ? codeLanguage(code) : '';
  const frame = document.createElement('div');
  frame.className = 'code-block';
  frame.dataset.language = language;
  const copy = pre.cloneNode(true) as HTMLPreElement;
  copy.tabIndex = 0;
  frame.append(toolbar(document, language, t), copy);
  return frame;
}

function toolbar(document: Document, language: string, t: Translate): HTMLElement {
  const bar = document.createElement('div');
  bar.className = 'code-bar';
  const label = document.createElement('span');
  label.className = 'code-language';
  label.textContent = language;
  bar.append(
    label,
    button(document, 'copy', 'copy', t('Copy')),
    button(document, 'insert', 'insert', t('Insert at Cursor')),
    button(document, 'newFile', 'new-file', t('New File')),
  );
  if (isShell(language)) bar.append(button(document, 'run', 'terminal', t('Run in Terminal')));
  return bar;
}

function button(document: Document, action: CodeAction, icon: string, name: string): HTMLElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'icon-button';
  made.dataset.codeAction = action;
  made.title = name;
  made.setAttribute('aria-label', name);
  const glyph = document.createElement('span');
  glyph.className = `codicon codicon-${icon}`;
  glyph.setAttribute('aria-hidden', 'true');
  made.append(glyph);
  return made;
}

function scrolling(document: Document, table: HTMLTableElement, t: Translate): HTMLElement {
  const frame = document.createElement('div');
  frame.className = 'table-frame';
  frame.tabIndex = 0;
  frame.setAttribute('role', 'region');
  frame.setAttribute('aria-label', t('Table'));
  frame.append(table.cloneNode(true));
  return frame;
}
