import { Directive, type DirectiveResult, directive } from 'lit-html/directive.js';
import type { Markdown } from './markdown.ts';
import { createStreamedBody, type StreamedBody } from './streaming.ts';

/** What a Markdown body shows. */
export interface MarkdownText {
  readonly text: string;
  /** True as soon as the text can no longer grow. */
  readonly complete: boolean;
}

/** A template value that shows Markdown and, while it grows, changes only its end. */
export function markdownBody(document: Document, markdown: Markdown, shown: MarkdownText): DirectiveResult {
  return body(document, markdown, shown);
}

class MarkdownBody extends Directive {
  #body: StreamedBody | undefined;

  override render(document: Document, markdown: Markdown, { text, complete }: MarkdownText): HTMLElement {
    this.#body ??= createStreamedBody(document, markdown);
    if (complete) this.#body.finish(text);
    else this.#body.grow(text);
    return this.#body.element;
  }
}

const body = directive(MarkdownBody);
