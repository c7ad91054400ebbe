import { Lexer, Marked, type Token, type Tokens, type TokensList } from 'marked';
import type { Highlight } from '../highlight/highlight.ts';
import { createColor, UNCOLORED } from './coloring.ts';
import { fenceLanguage } from './languages.ts';
import { createSanitize, SHOWN_TAGS } from './sanitize.ts';

/** Addresses of reference links, by label. */
export type Links = TokensList['links'];

/** Markdown as the page shows it: GitHub's dialect, colored code, and nothing that can act. */
export interface Markdown {
  /** The top-level blocks of a text. `known` are reference links that were defined before it. */
  blocks(text: string, known?: Links): { readonly tokens: readonly Token[]; readonly links: Links };
  /** The nodes of one block. A block is shown on its own, so that no tag left open swallows the next one. */
  show(block: Token): Node[];
  /** Colors the code below an element that was shown before the highlighter was there; touches nothing else. */
  color(shown: ParentNode): void;
}

/** `highlight` may begin to answer at any time; `decorate` may add to the nodes of a block before they are shown. */
export function createMarkdown(
  window: Window & typeof globalThis,
  t: (message: string, ...args: readonly string[]) => string,
  decorate: (nodes: DocumentFragment) => void,
  highlight: Highlight,
): Markdown {
  const sanitize = createSanitize(window);
  const color = createColor(sanitize, highlight);
  const marked = createMarked(t);
  return {
    blocks: (text, known) => {
      const lexer = new Lexer(marked.defaults);
      Object.assign(lexer.tokens.links, known);
      const tokens = lexer.lex(text);
      return { tokens, links: tokens.links };
    },
    show: (block) => {
      try {
        const nodes = sanitize(marked.parser([block]));
        color(nodes);
        decorate(nodes);
        return [...nodes.childNodes].filter((node) => !isBlank(node));
      } catch {
        return [plain(window.document, block.raw)];
      }
    },
    color,
  };
}

/** All nodes of a text. */
export function showAll(markdown: Markdown, text: string): Node[] {
  return markdown.blocks(text).tokens.flatMap((block) => markdown.show(block));
}

/** Elements that say nothing to a reader; their content is shown without them. */
const SILENT_TAGS = ['article', 'center', 'details', 'div', 'font', 'section', 'small', 'summary', 'tfoot'];
const KNOWN_TAGS = new Set([...SHOWN_TAGS, ...SILENT_TAGS]);
const LONGEST_ADDRESS = 100;

function createMarked(t: (message: string, ...args: readonly string[]) => string): Marked {
  return new Marked({
    gfm: true,
    renderer: {
      code: codeHtml,
      html: ({ text }) => foreignTagsAsText(text),
      image: ({ href, text }) => {
        const address = href.length > LONGEST_ADDRESS ? `${href.slice(0, LONGEST_ADDRESS)}…` : href;
        return `<a href="${escapeHtml(href)}">${escapeHtml(t('image: {0} ({1})', text, address))}</a>`;
      },
      checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    },
  });
}

/** A tag such as `<Button>` in running text is meant to be read; only known tags are taken as HTML. */
function foreignTagsAsText(html: string): string {
  return html.replace(/<(\/?)([a-z][\w:-]*)?/gi, (tag, slash: string, name: string | undefined) =>
    name && KNOWN_TAGS.has(name.toLowerCase()) ? tag : `&lt;${slash}${name ?? ''}`,
  );
}

/** Code is only marked for coloring: the HTML that a highlighter gives is as foreign as the answer's own. */
function codeHtml({ raw, text, lang }: Tokens.Code): string {
  const language = fenceLanguage(lang);
  const mark = isClosed(raw) ? ` ${UNCOLORED}` : '';
  const name = language ? ` class="language-${escapeHtml(language)}${mark}"` : '';
  return `<pre><code${name}>${escapeHtml(text)}</code></pre>`;
}

/** True when the fence that opens the block is also closed in it. */
function isClosed(raw: string): boolean {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(raw)?.[1];
  if (!fence) return false;
  const last = raw.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return (
    raw.trimEnd().includes('\n') &&
    last.length >= fence.length &&
    last === fence.charAt(0).repeat(last.length)
  );
}

function isBlank(node: Node): boolean {
  return node.nodeType === 3 && (node.textContent ?? '').trim() === '';
}

function plain(document: Document, text: string): HTMLElement {
  const paragraph = document.createElement('p');
  paragraph.textContent = text;
  return paragraph;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
