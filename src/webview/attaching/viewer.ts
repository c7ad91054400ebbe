import type { StoredImage } from '../../core/conversation/parts.ts';
import type { Translate } from '../../core/failure.ts';
import { addNotice } from '../changes.ts';
import type { Store } from '../store.ts';
import type { Arrivals } from './arrivals.ts';
import type { Originals } from './originals.ts';
import type { ImageHeard, StoredImages } from './storedImages.ts';
import { changeViewing, closeViewer, openViewer, showPicture, type Viewing, withMoved } from './viewing.ts';

/** What is opened in the viewer: a picture of the draft has the id of its attachment. */
export interface Opened {
  readonly label: string;
  readonly facts: string;
  readonly source: StoredImage;
  readonly attachment?: string;
}

/** Brings pictures into the viewer, and what was marked in them to the host. */
export interface Viewer {
  open(opened: Opened): void;
  close(): void;
  /** The browser cannot show what it was given. */
  failed(): void;
  /** Makes the attached picture anew with the marks that were set, and closes. */
  apply(): void;
}

export interface ViewerGround {
  readonly window: Window & typeof globalThis;
  readonly store: Store;
  readonly stored: StoredImages;
  readonly originals: Originals;
  readonly arrivals: Arrivals;
  readonly t: Translate;
}

export function createViewer({ window, store, stored, originals, arrivals, t }: ViewerGround): Viewer {
  let shown: Shown | undefined;
  let leave: (() => void) | undefined;

  const clear = (): void => {
    leave?.();
    leave = undefined;
    if (shown) window.URL.revokeObjectURL(shown.url);
    shown = undefined;
  };
  const show = (source: StoredImage, picture: Blob, isOriginal: boolean): void => {
    const { sha256 } = source;
    if (shown) window.URL.revokeObjectURL(shown.url);
    shown = { picture, isOriginal, source, url: window.URL.createObjectURL(picture) };
    const { url } = shown;
    store.change((now) => showPicture(now, sha256, url));
  };
  const open = ({ source, attachment, ...more }: Opened): void => {
    clear();
    // What was covered a moment ago is not in the picture that is still attached, and must not be forgotten over what comes.
    const original =
      attachment === undefined ? undefined : (arrivals.beingRemade(attachment) ?? originals.get(attachment));
    const opened = attachment === undefined ? more : { ...more, attachment };
    store.change((now) => openViewer(now, opened, source, original?.marks));
    if (original) show(source, original.picture, true);
    else readStored(source);
  };
  const readStored = (source: StoredImage): void => {
    const heard: ImageHeard = (picture) => {
      leave = undefined;
      if (picture) show(source, picture, false);
      else store.change((now) => showPicture(now, source.sha256, ''));
    };
    leave = () => stored.leave(source, heard);
    stored.read(source, heard);
  };
  const failed = (): void => {
    if (!shown) return;
    const { source, picture, isOriginal } = shown;
    if (isOriginal && picture.type !== SVG) {
      // Drawings of lines are recognized by their type only.
      show(source, picture.slice(0, picture.size, SVG), true);
      return;
    }
    clear();
    if (isOriginal) {
      // Marks on the original are part of what is stored.
      store.change((now) => changeViewing(now, ({ url: _, ...each }) => ({ ...each, marks: [] })));
      readStored(source);
    } else store.change((now) => changeViewing(now, (each) => ({ ...each, isBroken: true })));
  };
  const apply = async (): Promise<void> => {
    const viewing = withMovedIn(store.now().viewing);
    if (!shown || !viewing?.attachment || viewing.busy || viewing.marks.length === 0) return;
    const { attachment, label, marks } = viewing;
    const mine = shown;
    store.change((now) => changeViewing(now, () => ({ ...viewing, busy: true, said: t('Working…') })));
    const problem = await arrivals.remake(attachment, mine.picture, marks);
    if (shown !== mine) {
      // Closed meanwhile, but it must not seem to have worked.
      if (problem !== undefined)
        store.change((now) => addNotice(now, t('{0} was not changed: {1}', label, problem)));
    } else if (problem === undefined) store.change(closeViewer);
    else store.change((now) => changeViewing(now, (each) => ({ ...each, busy: false, said: problem })));
  };
  store.watch(() => {
    if (!store.now().viewing && (shown || leave)) clear();
  });
  return { open, close: () => store.change(closeViewer), failed, apply: () => void apply() };
}

function withMovedIn(viewing: Viewing | undefined): Viewing | undefined {
  return viewing && withMoved(viewing);
}

interface Shown {
  readonly picture: Blob;
  readonly url: string;
  readonly source: StoredImage;
  /** False for what is stored. */
  readonly isOriginal: boolean;
}

const SVG = 'image/svg+xml';
