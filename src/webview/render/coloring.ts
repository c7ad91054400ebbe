import type { Highlight } from '../highlight/highlight.ts';
import { codeLanguage } from './codeBlock.ts';
import type { Sanitize } from './sanitize.ts';

/** The class of code that is whole and waits for its color. */
export const UNCOLORED = 'uncolored';

/**
 * Gives a function that colors what is marked below a node. Only the inside of the `code` elements changes; what the
 * highlighter does not know, or would change a character of, stays plain.
 */
export function createColor(sanitize: Sanitize, highlight: Highlight): (nodes: ParentNode) => void {
  return (nodes) => {
    for (const code of nodes.querySelectorAll(`pre > code.${UNCOLORED}`)) {
      const text = code.textContent ?? '';
      const html = highlight(text, codeLanguage(code));
      if (html === undefined) continue;
      const colored = sanitize(`<pre><code>${html}</code></pre>`).querySelector('code');
      if (colored?.textContent !== text) continue;
      code.replaceChildren(...colored.childNodes);
      code.classList.remove(UNCOLORED);
    }
  };
}
