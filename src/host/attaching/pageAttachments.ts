import * as vscode from 'vscode';
import type { DraftAttachment, ShownAttachment } from '../../core/attaching.ts';
import type { Conversation, ModelChoice } from '../../core/conversation/model.ts';
import type { Part, StoredImage } from '../../core/conversation/parts.ts';
import type { ModelInfo } from '../../core/modelInfo.ts';
import { type AttachmentStore, fail, type Result } from '../../core/ports.ts';
import { bare, type Draft, type ToHost } from '../../core/protocol.ts';
import { checkAttachment, estimatePart, pictureFacts } from '../../core/request/attachments.ts';
import type { Unnumbered } from '../chat/outbox.ts';
import type { DraftStore } from '../storage/draftStore.ts';
import type { Found } from '../workspace/found.ts';
import { recollect, sourceState, watchSources } from '../workspace/recollect.ts';
import { refusalSentence } from '../workspace/refusals.ts';
import { createPictureQueue } from './pictureQueue.ts';
import { loadOf, withParts } from './situation.ts';

/** What is attached to the question that a page shows. Nothing here throws; what cannot be attached is told. */
export interface PageAttachments extends vscode.Disposable {
  /** Attaches what was found; pictures follow when the page has prepared them. Gives how many things were taken. */
  attach(found: Found): Promise<number>;
  /** Takes a picture that the page has prepared, in place of the one with the same id if there is one. */
  attachPicture(made: Extract<ToHost, { type: 'attachImage' }>): Promise<void>;
  remove(id: string): Promise<void>;
  /** Takes what an attachment was taken from as it is now. */
  refresh(id: string): Promise<void>;
  /** Attachments as the page shows them. */
  shown(draft: Draft): readonly ShownAttachment[];
  /** The bytes of a picture that is attached or was sent in this conversation go to the page. */
  read(wish: Extract<ToHost, { type: 'readImage' }>): Promise<void>;
  /** The page has started or shows another conversation: pictures on their way go to it again, sources are watched. */
  started(): Promise<void>;
  /** Another conversation is about to be shown. */
  forget(): void;
  /** The page is gone for now; nothing is watched for it. */
  sleep(): void;
}

export interface PageAttachmentsParts {
  readonly drafts: DraftStore;
  readonly store: AttachmentStore;
  readonly conversation: () => Conversation;
  readonly model: () => { readonly choice: ModelChoice; readonly info: ModelInfo | undefined };
  readonly newId: () => string;
  /** Gives the message to the page; false when no document is there to take it. */
  readonly post: (message: Unnumbered) => boolean;
  readonly tell: (sentence: string) => void;
  /** What the next question costs has changed. */
  readonly refreshQuote: () => void;
}

export function createPageAttachments(parts: PageAttachmentsParts): PageAttachments {
  const { drafts, store, conversation, post, tell } = parts;
  const queue = createPictureQueue(post, parts.newId);
  const states = new Map<string, 'changed' | 'gone'>();
  let watching: vscode.Disposable | undefined;

  const id = (): string => conversation().id;

  async function change(how: (attachments: Draft['attachments']) => Draft['attachments']): Promise<void> {
    const draft = await drafts.change(id(), (before) => ({
      ...before,
      attachments: how(before.attachments),
    }));
    show(draft);
    watch(draft);
    parts.refreshQuote();
  }

  function show(draft: Draft): void {
    post({ type: 'attachmentsChanged', attachments: shown(draft) });
  }

  function shown({ attachments }: Draft): readonly ShownAttachment[] {
    const { choice, info } = parts.model();
    let load = loadOf(conversation());
    return attachments.map((attachment) => {
      const { part } = attachment;
      const verdict = checkAttachment(part, { model: info, modelId: choice.id, ...load });
      load = withParts(load, [part]);
      const state = states.get(attachment.id);
      return {
        ...attachment,
        part: bare(part),
        ...estimatePart(part, choice.id),
        ...(state ? { state } : {}),
        ...(verdict.verdict === 'ok' ? {} : { warning: refusalSentence(verdict, part, choice.name) }),
      };
    });
  }

  /** What could never be sent is not attached; what another model would take, or fewer things beside it, gets a warning. */
  function takes(part: Part): boolean {
    const { choice, info } = parts.model();
    const verdict = checkAttachment(part, {
      model: info,
      modelId: choice.id,
      ...loadOf(conversation()),
    });
    if (verdict.verdict !== 'refused' || verdict.why === 'noImages' || verdict.why === 'noPdf') return true;
    tell(refusalSentence(verdict, part, choice.name));
    return false;
  }

  async function add(added: readonly Part[]): Promise<number> {
    const taken = added.filter(takes);
    if (taken.length === 0) return 0;
    await change((before) => {
      const fresh = taken.filter((part) => !before.some((entry) => same(entry.part, part)));
      return [...before, ...fresh.map((part) => ({ id: parts.newId(), part }))];
    });
    return taken.length;
  }

  function watch({ attachments }: Draft): void {
    watching?.dispose();
    watching = undefined;
    if (attachments.length === 0) return;
    watching = watchSources(
      attachments.map(({ part }) => part),
      () => void look(),
    );
  }

  /** Compares every attachment with what it was taken from. */
  async function look(): Promise<void> {
    const draft = await drafts.get(id());
    let isNew = false;
    for (const attachment of draft.attachments) {
      const now = await sourceState(attachment.part);
      const state = now === 'same' ? undefined : now;
      isNew ||= states.get(attachment.id) !== state;
      if (state) states.set(attachment.id, state);
      else states.delete(attachment.id);
    }
    if (isNew) show(await drafts.get(id()));
  }

  return {
    async attach({ parts: found, pictures, sentences }) {
      for (const sentence of sentences) tell(sentence);
      for (const picture of pictures) queue.offer(picture);
      return (await add(found)) + pictures.length;
    },
    async attachPicture(made) {
      queue.done(made.id);
      const stored = await keep(made, store);
      if (!stored.ok) {
        tell(vscode.l10n.t('{0} could not be kept on disk, so it is not attached.', made.label));
        return show(await drafts.get(id()));
      }
      const { id: name, label, note } = made;
      const entry: DraftAttachment = {
        id: name,
        part: { kind: 'image', label, source: stored.value },
        ...(note === '' ? {} : { notes: [note] }),
      };
      await change((before) =>
        before.some((each) => each.id === name)
          ? before.map((each) => (each.id === name ? entry : each))
          : [...before, entry],
      );
    },
    async remove(name) {
      queue.done(name);
      states.delete(name);
      await change((before) => before.filter((entry) => entry.id !== name));
    },
    async refresh(name) {
      const { attachments } = await drafts.get(id());
      const found = attachments.find((entry) => entry.id === name);
      if (!found) return;
      const now = await recollect(found.part, store);
      if (now.state === 'gone') return tell(vscode.l10n.t('It is not there any more; what was taken stays.'));
      states.delete(name);
      if (now.state === 'changed' && takes(now.part)) {
        await change((before) =>
          before.map((each) => (each.id === name ? { id: name, part: now.part } : each)),
        );
      } else show(await drafts.get(id()));
    },
    shown,
    async read({ sha256, mediaType }) {
      const draft = await drafts.get(id());
      if (!isNamed(sha256, conversation(), draft)) return;
      const read = await store.base64(sha256);
      const bytes = read.ok ? new Uint8Array(Buffer.from(read.value, 'base64')) : new Uint8Array();
      post({ type: 'imageRead', sha256, mediaType, bytes });
    },
    async started() {
      queue.offerAll();
      watch(await drafts.get(id()));
      await look();
    },
    forget() {
      queue.forget();
      states.clear();
      watching?.dispose();
    },
    sleep() {
      watching?.dispose();
      watching = undefined;
    },
    dispose: () => watching?.dispose(),
  };
}

/** The page's figures are checked against the bytes: they are what prices and limits go by. */
async function keep(
  { bytes, mediaType }: Extract<ToHost, { type: 'attachImage' }>,
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
  return JSON.stringify(one) === JSON.stringify(other);
}
