import type { Translate } from '../../core/failure.ts';
import { MAX_FILE, type ToHost, type ToView } from '../../core/protocol.ts';
import { addNotice } from '../changes.ts';
import { createTurns } from '../pictures/turns.ts';
import type { PageState } from '../state.ts';
import type { Store } from '../store.ts';
import {
  type Arriving,
  abandon,
  addArriving,
  arriveAnew,
  awaited,
  dropArriving,
  endArriving,
  freeLabel,
  imagesInAll,
  learn,
  refuse,
} from './arriving.ts';
import type { AttachFile } from './attachFile.ts';
import type { Original, Originals } from './originals.ts';
import type { Pictures, Prepared, Purpose, Unusable } from './picturing.ts';
import { editOf, type Mark } from './viewing.ts';

/** A picture as it was given to the page. */
export interface Taken {
  readonly picture: Blob;
  readonly label: string;
}

/** The way of pictures from a gesture to the host. */
export interface Arrivals {
  /** Takes pictures; their chips are there with the next frame. */
  take(pictures: readonly Taken[]): void;
  /** Takes one of the host's. Offered again, it is the same. */
  offered(message: Extract<ToView, { type: 'imageOffered' }>): void;
  /** What the host says to a picture that went up. */
  answered(message: Extract<ToView, { type: 'imageTaken' | 'imageRefused' }>): void;
  /** The host may have missed what was sent, or the page the answer. */
  askAnew(): void;
  /** Makes an attached picture anew with these marks; gives why that failed. */
  remake(id: string, from: Blob, marks: readonly Mark[]): Promise<string | undefined>;
  /** What an attached picture is being made anew from, while the host does not have that yet. */
  beingRemade(id: string): Original | undefined;
  /** The reader does not want it any more, in whatever state it is. */
  remove(id: string): void;
}

export interface ArrivalsGround {
  readonly window: Window & typeof globalThis;
  readonly store: Store;
  readonly pictures: Pictures;
  readonly originals: Originals;
  /** Takes what turned out to be no picture. */
  readonly attachFile: AttachFile;
  readonly t: Translate;
  send(wish: ToHost): void;
  /** Sends the question that has waited for its pictures. */
  submit(): void;
}

export function createArrivals(ground: ArrivalsGround): Arrivals {
  const { window, store, pictures, originals, send } = ground;
  /** What went up and was not answered, by what was made. */
  const unanswered = new Map<string, ToHost>();
  /** What will be the originals when the host has what was made of them: until then their marks are in no picture. */
  const remade = new Map<string, Original>();
  const oneByOne = createTurns();
  const newName = (): string => window.crypto.randomUUID();
  const find = (making: string): Arriving | undefined =>
    store.now().arriving.find((picture) => picture.making === making);

  /** Gives the picture that is new; undefined for one that is known. */
  const add = (id: string, label: string, replaces: boolean): Arriving | undefined => {
    const conversation = store.now().chat?.conversation.id;
    if (conversation === undefined) return undefined;
    const making = newName();
    store.change((now) => addArriving(now, { id, conversation, label, making, replaces }));
    return find(making);
  };
  const prepare = async ({ making }: Arriving, picture: Blob, following = 0): Promise<void> => {
    const made = await pictures.prepare(picture, purposeOf(store.now(), making, following), (facts) =>
      store.change((now) => learn(now, making, { facts })),
    );
    const arriving = find(making);
    if (!arriving) return;
    if (!('problem' in made)) return hand(arriving, made);
    const { id, conversation, label } = arriving;
    if (made.isOther && conversation === store.now().chat?.conversation.id) {
      // In this order: a question that waits must not go between them.
      ground.attachFile(picture, label);
      store.change((now) => endArriving(now, making));
    } else fail(making, made.problem);
    send({ type: 'giveUpPicture', id, conversation });
  };
  const hand = ({ id, conversation, label, making }: Arriving, made: Prepared): void => {
    const { mediaType, bytes, width, height, note } = made;
    const wish: ToHost = {
      type: 'attachImage',
      ...{ id, conversation, making, label, mediaType, bytes, width, height, note },
    };
    unanswered.set(making, wish);
    store.change((now) => learn(now, making, { state: 'sent', facts: factsOf(made) }));
    send(wish);
  };
  /** Where another picture stays in its place there is no chip to say why. */
  const fail = (making: string, problem: string): void => {
    if (find(making)?.replaces) store.change((now) => addNotice(abandon(now, making), problem));
    else store.change((now) => refuse(now, making, problem));
  };
  /** Until it is prepared it lies nowhere else, and a page may go at any time. One is read at a time. */
  const leave = ({ making }: Arriving, picture: Blob): Promise<void> =>
    oneByOne(async () => {
      const isWanted = (): boolean => find(making)?.state === 'preparing';
      const isKept = picture.size > 0 && picture.size <= MAX_FILE && isWanted();
      const bytes = isKept ? await bytesOf(picture) : undefined;
      const arriving = find(making);
      if (!bytes || !arriving || !isWanted()) return;
      const { id, conversation, label } = arriving;
      send({ type: 'keepPicture', id, conversation, label, bytes });
    });
  const remake: Arrivals['remake'] = async (id, from, marks) => {
    const { chat } = store.now();
    const part = chat?.attachments.find((attachment) => attachment.id === id)?.part;
    if (!chat || part?.kind !== 'image' || part.source.type !== 'stored')
      return ground.t('The picture is no longer attached.');
    const making = newName();
    const picture = { id, conversation: chat.conversation.id, label: part.label, making, replaces: true };
    // Before the work: a question must not go with what is about to be covered.
    store.change((now) => arriveAnew(now, picture));
    remade.set(making, { picture: from, marks });
    const made: Prepared | Unusable = await pictures.edit(
      from,
      editOf({ marks }),
      purposeOf(store.now(), making),
    );
    const arriving = find(making);
    if (!arriving || 'problem' in made) remade.delete(making);
    if (!arriving) return undefined;
    if ('problem' in made) {
      store.change((now) => abandon(now, making));
      return made.problem;
    }
    hand(arriving, made);
    return undefined;
  };
  store.watch((now, before) => {
    if (now.chat?.attachments !== before.chat?.attachments || now.arriving !== before.arriving)
      originals.retain(idsIn(now));
    const latest = store.now();
    if (latest.waiting && awaited(latest) === 0) ground.submit();
  });
  return {
    take: (taken) => {
      // All of them first: how large each may be depends on how many there are.
      const added = taken.map(({ picture, label }) => ({
        picture,
        arriving: add(newName(), freeLabel(store.now(), label), false),
      }));
      for (const { picture, arriving } of added) {
        if (!arriving) continue;
        originals.keep(arriving.id, { picture, marks: [] });
        void prepare(arriving, picture);
        void leave(arriving, picture);
      }
    },
    offered: ({ id, label, bytes, replaces, following }) => {
      const arriving = add(id, replaces ? label : freeLabel(store.now(), label), replaces);
      if (!arriving) return;
      const picture = new window.Blob([new Uint8Array(bytes)]);
      if (!replaces) originals.keep(id, { picture, marks: [] });
      void prepare(arriving, picture, following);
    },
    answered: (message) => {
      const { id, making } = message;
      const original = remade.get(making);
      unanswered.delete(making);
      remade.delete(making);
      if (message.type === 'imageRefused') return fail(making, message.sentence);
      if (original) originals.keep(id, original);
      // What it was made from before is not what is attached now.
      else if (find(making)?.replaces) originals.drop(id);
      store.change((now) => endArriving(now, making));
    },
    askAnew: () => {
      for (const [making, wish] of unanswered) {
        if (find(making)) send(wish);
        else unanswered.delete(making);
      }
    },
    remake,
    beingRemade: (id) => remade.get(store.now().arriving.find((picture) => picture.id === id)?.making ?? ''),
    remove: (id) => {
      const { arriving, collecting, chat } = store.now();
      const picture = arriving.find((each) => each.id === id);
      const wish = picture ?? collecting.find((each) => each.id === id);
      const conversation = wish?.conversation ?? chat?.conversation.id;
      store.change((now) => dropArriving(now, id));
      // The host may have found this one, or may just be taking it.
      if (picture?.state !== 'refused' && conversation !== undefined)
        send({ type: 'removeAttachment', id, conversation });
    },
  };
}

/** Undefined when it cannot be read. */
async function bytesOf(picture: Blob): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await picture.arrayBuffer());
  } catch {
    return undefined;
  }
}

/** `following` more are about to come. */
function purposeOf(state: PageState, making: string, following = 0): Purpose {
  const { tier, detail } = state.chat?.status.images ?? { tier: 'standard', detail: 'auto' };
  const label = state.arriving.find((picture) => picture.making === making)?.label;
  const images = imagesInAll(state) + following;
  return { tier, detail, images, ...(label === undefined ? {} : { label }) };
}

function factsOf({ width, height, tokens, exact, note }: Prepared) {
  return { width, height, tokens, exact, note };
}

function idsIn({ arriving, chat }: PageState): ReadonlySet<string> {
  return new Set([...arriving, ...(chat?.attachments ?? [])].map(({ id }) => id));
}
