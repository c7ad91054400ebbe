import createDOMPurify, { type Config, type WindowLike } from 'dompurify';

/** Turns HTML into nodes of which nothing can act: no script, no style, no address that is loaded. */
export type Sanitize = (html: string) => DocumentFragment;

/** Tags that an answer may use; the rest never becomes an element. */
export const SHOWN_TAGS: readonly string[] = [
  ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'ul', 'ol', 'li'],
  ...['table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ...['a', 'b', 'code', 'del', 'em', 'i', 'ins', 'kbd', 'mark', 's', 'span', 'strong', 'sub', 'sup', 'u'],
];

/** A web or mail address, or a path without a scheme. */
const ADDRESS = /^(?:https?:|mailto:|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i;
/** The classes of `markdown.ts` and of highlight.js. */
const CODE_CLASS = /^(?:language-[\w+#.-]+|uncolored|hljs-[\w-]+|[a-z]+_+)$/;

const CONFIG: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: [...SHOWN_TAGS],
  ALLOWED_ATTR: ['href', 'title', 'class', 'align', 'start', 'colspan', 'rowspan'],
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  ALLOWED_URI_REGEXP: ADDRESS,
  RETURN_DOM_FRAGMENT: true,
};

/** The window is a parameter so that each page has hooks of its own. */
export function createSanitize(window: WindowLike): Sanitize {
  const purify = createDOMPurify(window);
  purify.addHook('uponSanitizeAttribute', (_element, attribute) => {
    if (attribute.attrName !== 'class') return;
    attribute.attrValue = attribute.attrValue
      .split(/\s+/)
      .filter((name) => CODE_CLASS.test(name))
      .join(' ');
    if (attribute.attrValue === '') attribute.keepAttr = false;
  });
  purify.addHook('afterSanitizeAttributes', (element) => {
    if (element.localName === 'a') disarm(element);
  });
  return (html) => purify.sanitize(html, CONFIG);
}

/** A link without `href` cannot navigate, whatever is clicked or pressed; the page sends its address up. */
function disarm(link: Element): void {
  const address = link.getAttribute('href');
  link.removeAttribute('href');
  if (!address) return;
  link.setAttribute('data-href', address);
  link.setAttribute('role', 'link');
  link.setAttribute('tabindex', '0');
  if (!link.hasAttribute('title')) link.setAttribute('title', address);
}
