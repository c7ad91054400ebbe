import type { Translate } from '../../core/failure.ts';
import type { ToHost } from '../../core/protocol.ts';
import type { Arrivals } from '../attaching/arrivals.ts';
import type { Mentions } from '../attaching/mentions.ts';
import type { Originals } from '../attaching/originals.ts';
import type { Thumbnails } from '../attaching/thumbnails.ts';
import type { Viewer } from '../attaching/viewer.ts';
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
  readonly arrivals: Pick<Arrivals, 'remove'>;
  readonly originals: Pick<Originals, 'get'>;
  readonly thumbnails: Thumbnails;
  readonly mentions: Omit<Mentions, 'take'>;
  readonly viewer: Viewer;
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
  /** Attaches the selection that is offered, if one is. */
  acceptOffer(): void;
  /** Takes what an attachment was taken from as it is now. */
  refresh(attachment: string, label: string): void;
  /** Goes to the newest line and follows it. */
  jump(): void;
}
