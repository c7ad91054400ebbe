import type { ToHost } from '../../core/protocol.ts';
import { type CodeAction, languageOf } from '../render/codeBlock.ts';
import { editorLanguage } from '../render/languages.ts';
import type { Copy } from './copying.ts';

/** What clicks in Markdown need. */
export interface ClickTools {
  readonly copy: Copy;
  send(wish: ToHost): void;
}

/**
 * Listens for links and code block buttons in Markdown, whose nodes come and go while an answer streams.
 * Ends when `signal` is aborted.
 */
export function listenToMarkdown(root: HTMLElement, tools: ClickTools, signal: AbortSignal): void {
  root.addEventListener('click', (event) => clicked(event, tools), { signal });
  root.addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Enter' && linkAt(event)) clicked(event, tools);
    },
    { signal },
  );
}

function clicked(event: Event, tools: ClickTools): void {
  const href = linkAt(event);
  const button = closest(event, 'button[data-code-action]');
  if (href === undefined && !button) return;
  // VS Code's own listener on the document would open the link as well.
  event.preventDefault();
  event.stopPropagation();
  if (href !== undefined) tools.send({ type: 'openLink', href });
  else if (button) act(button, tools);
}

function act(button: HTMLElement, { copy, send }: ClickTools): void {
  const text = button.closest('.code-block')?.querySelector('pre')?.textContent ?? '';
  switch (button.dataset.codeAction as CodeAction) {
    case 'copy':
      copy(text, button);
      break;
    case 'insert':
      send({ type: 'insertAtCursor', text });
      break;
    case 'newFile':
      send({ type: 'openNewFile', text, language: editorLanguage(languageOf(button)) });
      break;
    case 'run':
      send({ type: 'runInTerminal', text });
  }
}

function linkAt(event: Event): string | undefined {
  return closest(event, 'a[data-href]')?.dataset.href;
}

function closest(event: Event, selector: string): HTMLElement | undefined {
  const { target } = event;
  if (target === null || !('closest' in target)) return undefined;
  return (target as Element).closest<HTMLElement>(selector) ?? undefined;
}
