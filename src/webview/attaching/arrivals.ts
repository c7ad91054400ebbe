import type { Translate } from '../../core/failure.ts';
import type { ToHost } from '../../core/protocol.ts';
import type { PageState } from '../state.ts';
import type { Store } from '../store.ts';
import { addArriving, awaited, dropArriving, freeLabel, imagesInAll, learn, refuse } from './arriving.ts';
import type { Originals } from './originals.ts';
import type { Pictures, Prepared, Purpose, Unusable } from './picturing.ts';
import { editOf, type Mark } from './viewing.ts';

/** A picture as it was given. An `id` is the host's own. */
export interface Taken {
  readonly picture: Blob;
  readonly label: string;
  readonly id?: string;
}

/** The way of pictures from a gesture to the host. */
export interface Arrivals {
  /** Takes pictures; their chips are there with the next frame. */
  take(pictures: readonly Taken[]): void;
  /** Makes an attached picture anew with these marks; gives why that failed. */
  remake(id: string, from: Blob, marks: readonly Mark[]): Promise<string | undefined>;
  /** The reader does not want it any more, in whatever state it is. */
  remove(id: string): void;
}

export interface ArrivalsGround {
  readonly window: Window & typeof globalThis;
  readonly store: Store;
  readonly pictures: Pictures;
  readonly originals: Originals;
  readonly t: Translate;
  send(wish: ToHost): void;
  /** Sends the question that has waited for its pictures. */
  submit(): void;
}

export function createArrivals(ground: ArrivalsGround): Arrivals {
  const { window, store, pictures, originals, send } = ground;
  /** Prepared while another conversation was shown. */
  const ready = new Map<string, Prepared>();

  const hand = (): void => {
    const { arriving, chat, phase } = store.now();
    if (phase !== 'live') return;
    for (const { id, label, conversation, state } of arriving) {
      const made = ready.get(id);
      if (!made || state !== 'preparing' || conversation !== chat?.conversation.id) continue;
      ready.delete(id);
      store.change((now) => learn(now, id, { state: 'sent' }));
      send(attachWish(id, label, made));
    }
  };
  /** Gives the id of a picture that is new. */
  const add = ({ picture, label, id = window.crypto.randomUUID() }: Taken): string | undefined => {
    const before = store.now();
    const conversation = before.chat?.conversation.id;
    if (conversation === undefined) return undefined;
    store.change((now) => addArriving(now, { id, conversation, label: freeLabel(now, label) }));
    if (store.now() === before) return undefined;
    originals.keep(id, { picture, marks: [] });
    return id;
  };
  const prepare = async (id: string): Promise<void> => {
    const picture = originals.get(id)?.picture;
    if (!picture) return;
    const made = await pictures.prepare(picture, purposeOf(store.now(), id), (facts) =>
      store.change((now) => learn(now, id, { facts })),
    );
    arrived(id, made);
  };
  const arrived = (id: string, made: Prepared | Unusable): void => {
    if (!store.now().arriving.some((picture) => picture.id === id)) return;
    if ('problem' in made) {
      store.change((now) => refuse(now, id, made.problem));
      // Nothing can be done about it, so the host need not offer it again.
      send({ type: 'removeAttachment', id });
      return;
    }
    ready.set(id, made);
    store.change((now) => learn(now, id, { facts: factsOf(made) }));
    hand();
  };
  const remake: Arrivals['remake'] = async (id, from, marks) => {
    const made = await pictures.edit(from, editOf({ marks }), purposeOf(store.now(), id));
    if ('problem' in made) return made.problem;
    const state = store.now();
    const part = state.chat?.attachments.find((attachment) => attachment.id === id)?.part;
    if (!state.chat || part?.kind !== 'image' || part.source.type !== 'stored') {
      return ground.t('The picture is no longer attached.');
    }
    const { label, source } = part;
    const conversation = state.chat.conversation.id;
    originals.keep(id, { picture: from, marks });
    store.change((now) => addArriving(now, { id, conversation, label, replaces: source.sha256 }));
    arrived(id, made);
    return undefined;
  };
  store.watch((now, before) => {
    if (now.chat?.conversation.id !== before.chat?.conversation.id || now.phase !== before.phase) hand();
    if (now.chat?.attachments !== before.chat?.attachments || now.arriving !== before.arriving)
      originals.retain(idsIn(now));
    const latest = store.now();
    if (latest.waiting && awaited(latest) === 0) ground.submit();
  });
  return {
    take: (taken) => {
      // All of them first: how large each may be depends on how many there are.
      const ids = taken.map(add);
      for (const id of ids) if (id !== undefined) void prepare(id);
    },
    remake,
    remove: (id) => {
      ready.delete(id);
      const isRefused = store.now().arriving.some((each) => each.id === id && each.state === 'refused');
      store.change((now) => dropArriving(now, id));
      // The host may have found this one, or may just be taking it.
      if (!isRefused) send({ type: 'removeAttachment', id });
    },
  };
}

function attachWish(id: string, label: string, made: Prepared): ToHost {
  const { mediaType, bytes, width, height, note } = made;
  return { type: 'attachImage', id, label, mediaType, bytes, width, height, note };
}

function purposeOf(state: PageState, id: string): Purpose {
  const { tier, detail } = state.chat?.status.images ?? { tier: 'standard', detail: 'auto' };
  const label = labelOf(state, id);
  return { tier, detail, images: imagesInAll(state), ...(label === undefined ? {} : { label }) };
}

function labelOf({ arriving, chat }: PageState, id: string): string | undefined {
  const part = chat?.attachments.find((attachment) => attachment.id === id)?.part;
  return (
    arriving.find((picture) => picture.id === id)?.label ?? (part?.kind === 'image' ? part.label : undefined)
  );
}

function factsOf({ width, height, tokens, exact, note }: Prepared) {
  return { width, height, tokens, exact, note };
}

function idsIn({ arriving, chat }: PageState): ReadonlySet<string> {
  return new Set([...arriving, ...(chat?.attachments ?? [])].map(({ id }) => id));
}
