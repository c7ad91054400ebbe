import type { Translate } from '../../core/failure.ts';
import type { ToHost, ToView } from '../../core/protocol.ts';
import { endOffer } from '../changes.ts';
import type { Store } from '../store.ts';
import type { Tools } from '../view/tools.ts';
import { announceAttached } from './announcing.ts';
import { createArrivals } from './arrivals.ts';
import { createAttachFile } from './attachFile.ts';
import { createCollect } from './collecting.ts';
import { listenToGestures } from './gestures.ts';
import { createMentions } from './mentions.ts';
import { createOriginals } from './originals.ts';
import type { Pictures } from './picturing.ts';
import { createStoredImages } from './storedImages.ts';
import { createThumbnails } from './thumbnails.ts';
import { createViewer } from './viewer.ts';

/** What attaching needs of the page. */
export interface AttachingGround {
  readonly root: HTMLElement;
  readonly window: Window & typeof globalThis;
  readonly store: Store;
  readonly pictures: Pictures;
  readonly t: Translate;
  readonly signal: AbortSignal;
  send(wish: ToHost): void;
  /** Sends what stands in the text box, or says why not. */
  submit(): void;
}

/** Everything that attaches, shows and changes attachments. */
export interface Attaching {
  readonly tools: Pick<
    Tools,
    'arrivals' | 'originals' | 'thumbnails' | 'mentions' | 'viewer' | 'acceptOffer' | 'refresh'
  >;
  /** Hears a message of the host after the state has. */
  hear(message: ToView): void;
}

export function createAttaching(ground: AttachingGround): Attaching {
  const { window, store, send, pictures } = ground;
  const originals = createOriginals();
  const stored = createStoredImages(window, send);
  const collect = createCollect(window, store);
  const attachFile = createAttachFile({ ...ground, collect });
  const arrivals = createArrivals({ ...ground, originals, attachFile });
  const thumbnails = createThumbnails({ ...ground, stored, shrink: pictures.thumbnail });
  const mentions = createMentions({ ...ground, collect });
  const viewer = createViewer({ ...ground, stored, originals, arrivals });
  const gestures = listenToGestures({ ...ground, arrivals, collect, attachFile });
  announceAttached(store, ground.t);
  const acceptOffer = (): void => {
    const offer = store.now().chat?.offer;
    if (!offer) return;
    store.change(endOffer);
    const wish = collect(offer.label);
    if (wish) send({ type: 'acceptSelection', ...wish });
  };
  const hear = (message: ToView): void => {
    switch (message.type) {
      case 'imageOffered':
        arrivals.offered(message);
        break;
      case 'imageTaken':
      case 'imageRefused':
        arrivals.answered(message);
        break;
      case 'imageRead':
        stored.take(message);
        break;
      case 'mentionsFound':
        mentions.take(message);
        break;
      case 'pasteAsked':
        gestures.pastePictures();
        break;
      case 'snapshot':
        arrivals.askAnew();
        stored.askAnew();
    }
  };
  const refresh = (attachment: string, label: string): void => {
    const wish = collect(label, attachment);
    if (wish) send({ type: 'refreshAttachment', ...wish, attachment });
  };
  return { tools: { arrivals, originals, thumbnails, mentions, viewer, acceptOffer, refresh }, hear };
}
