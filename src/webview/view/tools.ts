import type { Translate } from '../../core/failure.ts';
import type { ToHost } from '../../core/protocol.ts';
import type { Format } from '../format.ts';
import type { Copy } from '../input/copying.ts';
import type { Countdowns } from '../render/countdown.ts';
import type { Markdown } from '../render/markdown.ts';
import type { PageState } from '../state.ts';

/** What every part of the page may use; the same object for the life of the page. */
export interface Tools {
  readonly document: Document;
  readonly t: Translate;
  readonly format: Format;
  readonly markdown: Markdown;
  readonly countdowns: Countdowns;
  readonly copy: Copy;
  /** Sends a wish to the host. */
  send(wish: ToHost): void;
  /** Changes the page's own state; it is shown with the next frame. */
  change(step: (state: PageState) => PageState): void;
  /** Sends what stands in the text box, or says why not. */
  submit(): void;
  /** Sends the question that is being changed, or says why not. */
  save(): void;
  /** Sends what a budget has stopped, once. */
  allow(): void;
  /** Goes to the newest line and follows it. */
  jump(): void;
}
