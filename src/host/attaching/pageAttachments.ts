import * as vscode from 'vscode';
import type { DraftAttachment, ShownAttachment } from '../../core/attaching.ts';
import type { Conversation } from '../../core/conversation/model.ts';
import type { Part, StoredImage } from '../../core/conversation/parts.ts';
import { type AttachmentStore, fail, type Result } from '../../core/ports.ts';
import { bare, type Draft, type ToHost, type WishName } from '../../core/protocol.ts';
import { pictureFacts } from '../../core/request/attachments.ts';
import type { Unnumbered } from '../chat/outbox.ts';
import type { DraftStore } from '../storage/draftStore.ts';
import type { Found, FoundPicture } from '../workspace/found.ts';
import { originOf, pictureNow } from '../workspace/pictureOrigin.ts';
import { recollect } from '../workspace/recollect.ts';
import { refusalSentence } from '../workspace/refusals.ts';
import { createFreshness } from './freshness.ts';
import { createPictureQueue, type QueuedPicture } from './pictureQueue.ts';
import { loadOf, NO_LOAD, withParts } from './situation.ts';
import { createWeigh, type Model } from './weighing.ts';

type Wish<T extends ToHost['type']> = Extract<ToHost, { type: T }>;

/**
 * What is attached to questions, for one page. Everything is attached to the conversation for which it was meant, whichever
 * is shown by then. Nothing here throws but what a find throws; what cannot be attached is told.
 */
export interface PageAttachments extends vscode.Disposable {
  /** Attaches what was found; pictures follow when the page has prepared them. Gives how many things were taken. */
  attach(found: Found, conversation: string): Promise<number>;
  /** Grants a wish to attach, and says so to the page, also when the find throws; nothing when it was removed meanwhile. */
  collect(wish: WishName, find: () => Promise<Found>): Promise<void>;
  /** Takes a picture that the page has prepared, in place of the one with the same id if there is one. */
  attachPicture(made: Wish<'attachImage'>): Promise<void>;
  /** Keeps a picture for the page until it comes back prepared. */
  keepPicture(given: Wish<'keepPicture'>): void;
  /** The page cannot prepare it. */
  giveUp(id: string): void;
  /** Takes an attachment away, or a picture or wish that is on its way to become one. */
  remove(name: WishName): Promise<void>;
  /** Takes what an attachment was taken from as it is now. */
  refresh(wish: Wish<'refreshAttachment'>): Promise<void>;
  /** Attachments as the page shows them. */
  shown(draft: Draft): readonly ShownAttachment[];
  /** The attachments of a conversation have changed: the page hears of it when it shows that one. */
  changed(conversation: string, draft: Draft): void;
  /** The bytes of a picture that is attached or was sent in this conversation go to the page; none of any other. */
  read(wish: Wish<'readImage'>): Promise<void>;
  /** The page has this draft: pictures on their way go to it again, sources are watched. */
  started(shown: Draft): Promise<void>;
  /** The page is gone for now, or about to show another conversation; nothing is watched for it. */
  sleep(): void;
}

export interface PageAttachmentsParts {
  readonly drafts: DraftStore;
  readonly store: AttachmentStore;
  readonly conversation: () => Conversation;
  /** Whether the page has been told of this conversation, and of no other since. */
  readonly shows: (conversation: string) => boolean;
  readonly model: () => Model;
  readonly newId: () => string;
  /** Gives the message to the page; false when no document is there to take it. */
  readonly post: (message: Unnumbered) => boolean;
  readonly tell: (sentence: string) => void;
  /** What the next question costs has changed. */
  readonly refreshQuote: () => void;
}

type Change = (attachments: Draft['attachments']) => Draft['attachments'];

export function createPageAttachments(parts: PageAttachmentsParts): PageAttachments {
  const { drafts, store, conversation: shownOne, shows, post, tell } = parts;
  const queue = createPictureQueue(post);
  const weigh = createWeigh();
  const freshness = createFreshness((conversation, moved) => void looked(conversation, moved));
  /** What was removed may still be on its way. Ids are never given twice. */
  const removed = new Set<string>();
  let attaching: Promise<void> = Promise.resolve();

  async function change(conversation: string, how: Change): Promise<void> {
    const draft = await drafts.change(conversation, (before) => {
      const attachments = how(before.attachments);
      return attachments === before.attachments ? before : { ...before, attachments };
    });
    changed(conversation, draft);
  }

  function changed(conversation: string, draft: Draft): void {
    if (!shows(conversation)) return;
    show(draft);
    freshness.watch(conversation, draft.attachments);
    parts.refreshQuote();
  }

  function show(draft: Draft): void {
    post({ type: 'attachmentsChanged', attachments: shown(draft) });
  }

  function shown({ attachments }: Draft): readonly ShownAttachment[] {
    const model = parts.model();
    let load = loadOf(shownOne());
    return attachments.map(({ origin: _, ...attachment }) => {
      const { id, part } = attachment;
      const { verdict, tokens, exact } = weigh(part, model, load);
      load = withParts(load, [part]);
      const state = freshness.stateOf(id);
      return {
        ...attachment,
        part: bare(part),
        tokens,
        exact,
        ...(state ? { state } : {}),
        ...(verdict.verdict === 'ok' ? {} : { warning: refusalSentence(verdict, part, model.choice.name) }),
      };
    });
  }

  /** What could never be sent is not attached; what another model would take, or fewer things beside it, gets a warning. */
  function takes(part: Part, conversation: string): boolean {
    const model = parts.model();
    const { verdict } = weigh(part, model, shownOne().id === conversation ? loadOf(shownOne()) : NO_LOAD);
    if (verdict.verdict !== 'refused' || verdict.why === 'noImages' || verdict.why === 'noPdf') return true;
    tell(refusalSentence(verdict, part, model.choice.name));
    return false;
  }

  async function add(added: readonly Part[], conversation: string): Promise<number> {
    const taken = added.filter((part) => takes(part, conversation));
    if (taken.length === 0) return 0;
    await change(conversation, (before) => {
      const fresh = taken.filter((part) => !before.some((entry) => same(entry.part, part)));
      return [...before, ...fresh.map((part) => ({ id: parts.newId(), part }))];
    });
    return taken.length;
  }

  async function attach({ parts: found, pictures, sentences }: Found, conversation: string): Promise<number> {
    for (const sentence of sentences) tell(sentence);
    const count = await add(found, conversation);
    const queued = await Promise.all(pictures.map((picture) => queuedOf(picture, conversation)));
    offer(conversation, new Map(queued.map((picture) => [parts.newId(), picture])));
    return count + pictures.length;
  }

  function offer(conversation: string, pictures: ReadonlyMap<string, QueuedPicture>): void {
    queue.keep(pictures);
    if (shows(conversation)) queue.offer(conversation, [...pictures.keys()]);
  }

  async function granted({ id }: WishName, grant: () => Promise<number>): Promise<void> {
    let taken = 0;
    try {
      taken = await grant();
    } finally {
      post({ type: 'wishSettled', id, taken });
    }
  }

  async function takePicture(made: Wish<'attachImage'>): Promise<void> {
    const { id, conversation, making, label, note } = made;
    const origin = queue.get(id)?.origin;
    queue.done(id);
    const stored = await keep(made, store);
    if (removed.has(id)) return;
    if (!stored.ok) return refuse(made);
    if (origin) freshness.settle(id);
    await change(conversation, (before) => {
      if (removed.has(id)) return before;
      const old = before.find((each) => each.id === id);
      const from = origin ?? old?.origin;
      const entry: DraftAttachment = {
        id,
        part: { kind: 'image', label, source: stored.value },
        ...(note === '' ? {} : { notes: [note] }),
        ...(from ? { origin: from } : {}),
      };
      return old ? before.map((each) => (each.id === id ? entry : each)) : [...before, entry];
    });
    post({ type: 'imageTaken', id, making });
  }

  async function refuse({ id, conversation, making, label }: Wish<'attachImage'>): Promise<void> {
    const { attachments } = await drafts.get(conversation);
    const isThere = attachments.some((each) => each.id === id);
    const sentence = isThere ? stays(label) : lost(label);
    if (!post({ type: 'imageRefused', id, making, sentence })) tell(sentence);
  }

  /** Gives 0 when the attachment stays as it was though it should not. */
  async function takeAnew({ conversation, attachment: id }: Wish<'refreshAttachment'>): Promise<number> {
    const { attachments } = await drafts.get(conversation);
    const found = attachments.find((entry) => entry.id === id);
    if (!found) return 0;
    if (found.origin && found.part.kind === 'image') return takePictureAnew(found, conversation);
    const now = await recollect(found.part, store);
    if (now.state === 'gone') return isGone();
    if (now.state === 'changed' && !takes(now.part, conversation)) return 0;
    const part = now.state === 'changed' ? now.part : now.moved;
    freshness.settle(id);
    await change(conversation, (before) =>
      part ? before.map((each) => (each === found ? { id, part } : each)) : before,
    );
    return 1;
  }

  async function takePictureAnew(
    { id, part, origin }: DraftAttachment,
    conversation: string,
  ): Promise<number> {
    if (!origin || part.kind !== 'image') return 0;
    const now = await pictureNow(origin);
    if (now.state === 'gone') return isGone();
    if (now.state === 'same') {
      freshness.settle(id);
      await change(conversation, (before) => before);
    } else if (!removed.has(id)) {
      const { bytes, origin: from } = now;
      const picture = { conversation, label: part.label, bytes, replaces: true, origin: from };
      offer(conversation, new Map([[id, picture]]));
    }
    return 1;
  }

  function isGone(): number {
    tell(vscode.l10n.t('It is not there any more; what was taken stays.'));
    return 0;
  }

  /** New lines are kept, so that what is sent says where the text stands now. */
  async function looked(conversation: string, moved: ReadonlyMap<Part, Part>): Promise<void> {
    const to = (entry: DraftAttachment): DraftAttachment => {
      const part = moved.get(entry.part);
      return part ? { ...entry, part } : entry;
    };
    if (moved.size > 0) await change(conversation, (before) => before.map(to));
    else if (shows(conversation)) show(await drafts.get(conversation));
  }

  return {
    attach,
    collect: (wish, find) =>
      granted(wish, async () => {
        const found = await find();
        return removed.has(wish.id) ? 0 : attach(found, wish.conversation);
      }),
    attachPicture(made) {
      // One after the other: what was made last has to come out on top.
      attaching = attaching.then(
        () => takePicture(made),
        () => takePicture(made),
      );
      return attaching;
    },
    keepPicture({ id, conversation, label, bytes }) {
      if (!removed.has(id)) queue.keep(new Map([[id, { conversation, label, bytes, replaces: false }]]));
    },
    giveUp: (id) => queue.done(id),
    async remove({ id, conversation }) {
      removed.add(id);
      queue.done(id);
      freshness.settle(id);
      await change(conversation, (before) =>
        before.some((entry) => entry.id === id) ? before.filter((entry) => entry.id !== id) : before,
      );
    },
    refresh: (wish) => granted(wish, () => takeAnew(wish)),
    shown,
    changed,
    async read({ sha256, mediaType }) {
      const draft = await drafts.get(shownOne().id);
      const read = isNamed(sha256, shownOne(), draft) ? await store.base64(sha256) : undefined;
      const bytes = read?.ok ? new Uint8Array(Buffer.from(read.value, 'base64')) : new Uint8Array();
      post({ type: 'imageRead', sha256, mediaType, bytes });
    },
    async started(known) {
      const { id } = shownOne();
      queue.offer(id);
      const draft = await drafts.get(id);
      if (!shows(id)) return;
      // What was attached while the page was told is not in what it was told.
      if (draft.attachments !== known.attachments) changed(id, draft);
      freshness.watch(id, draft.attachments);
      freshness.look();
    },
    sleep: freshness.sleep,
    dispose: freshness.dispose,
  };
}

async function queuedOf(picture: FoundPicture, conversation: string): Promise<QueuedPicture> {
  const { label, bytes } = picture;
  const origin = await originOf(picture);
  return { conversation, label, bytes, replaces: false, ...(origin ? { origin } : {}) };
}

function lost(label: string): string {
  return vscode.l10n.t('{0} could not be kept on disk, so it is not attached.', label);
}

function stays(label: string): string {
  return vscode.l10n.t(
    '{0} could not be kept on disk as you changed it. It is still attached as it was before: nothing that you cropped or blacked out just now is gone from it.',
    label,
  );
}

/** The page's figures are checked against the bytes: they are what prices and limits go by. */
async function keep(
  { bytes, mediaType }: Wish<'attachImage'>,
  store: AttachmentStore,
): Promise<Result<StoredImage>> {
  const facts = pictureFacts(bytes);
  if (!facts || facts.mediaType !== mediaType) return fail({ kind: 'unexpected' });
  const stored = await store.put(bytes);
  if (!stored.ok) return stored;
  const { width, height } = facts;
  const { sha256 } = stored.value;
  return { ok: true, value: { type: 'stored', sha256, mediaType, bytes: bytes.length, width, height } };
}

/** A page may ask for pictures of its own conversation only. */
function isNamed(sha256: string, { turns, aside }: Conversation, { attachments }: Draft): boolean {
  const sent = [...turns, ...aside].flatMap((turn) => (turn.role === 'user' ? turn.parts : []));
  return [...sent, ...attachments.map(({ part }) => part)].some(
    (part) => part.kind === 'image' && part.source.type === 'stored' && part.source.sha256 === sha256,
  );
}

function same(one: Part, other: Part): boolean {
  if (one.kind !== other.kind || uriOf(one) !== uriOf(other) || lengthOf(one) !== lengthOf(other))
    return false;
  return JSON.stringify(one) === JSON.stringify(other);
}

function uriOf(part: Part): string | undefined {
  return 'uri' in part ? part.uri : undefined;
}

function lengthOf(part: Part): number {
  return 'text' in part ? part.text.length : 0;
}
