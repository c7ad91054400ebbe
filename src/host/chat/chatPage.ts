import * as vscode from 'vscode';
import type { ChatEvent } from '../../core/conversation/events.ts';
import { type Failure, findTurn, type Turn } from '../../core/conversation/model.ts';
import type { Session } from '../../core/conversation/session.ts';
import { adviseOn } from '../../core/failure.ts';
import type { AttachmentStore, Clock } from '../../core/ports.ts';
import {
  type ChatStatus,
  type Draft,
  PROTOCOL_VERSION,
  type Unfinished,
  withoutAttachedText,
} from '../../core/protocol.ts';
import type { Asking } from '../asking.ts';
import { createPageAttachments, type PageAttachments } from '../attaching/pageAttachments.ts';
import type { SelectionOffers } from '../attaching/selectionOffer.ts';
import type { Chats } from '../chats.ts';
import type { ModelCatalogue } from '../modelCatalogue.ts';
import type { DraftStore } from '../storage/draftStore.ts';
import type { Found } from '../workspace/found.ts';
import { createOutbox, type Unnumbered } from './outbox.ts';
import { createPageAsking } from './pageAsking.ts';
import { createPageDraft, type DraftWish } from './pageDraft.ts';
import { createPageQuote } from './pageQuote.ts';

/** A page shows this many turns at first and fetches as many more on demand. */
const TURNS_A_PAGE = 40;

/** Turns that stand above one that was asked for, so that one sees what it followed. */
const TURNS_ABOVE = 10;

/** One page (side bar or editor tab) and the conversation that it shows. */
export interface ChatPage extends vscode.Disposable {
  readonly session: Session;
  /**
   * Shows another conversation, at a turn where one is given and is there, else at its end; the one shown stays open and goes
   * on answering.
   */
  show(session: Session, turn?: string): Promise<void>;
  /** Asks in the conversation for which this was written, also when another one is shown by now. */
  ask(text: string, conversation: string): Promise<void>;
  retry(): Promise<void>;
  continueAnswer(): Promise<void>;
  /** Asks another text, with the attachments of the question that it replaces. */
  edit(turn: string, text: string): Promise<void>;
  compact(instructions: string): Promise<void>;
  /** Sends what a budget has held back. */
  allowOnce(): Promise<void>;
  /** Has the window that writes the conversation hand it over, or says why it does not. */
  continueHere(): Promise<void>;
  /** Another window writes this conversation now, or this one does. */
  changedHands(session: Session): void;
  /** Another window has deleted this conversation; the question that was being written goes on in a new one. */
  gone(session: Session): Promise<void>;
  fork(turn: string): Promise<void>;
  showOlder(before: string): void;
  showNewer(after: string): void;
  changeDraft(wish: DraftWish): Promise<void>;
  changeUnfinished(conversation: string, unfinished: Unfinished): Promise<void>;
  /**
   * Attaches what was found to the conversation it was looked for, by default the one shown, and tells what was not found.
   * Gives how many things were taken.
   */
  attach(found: Found, conversation?: string): Promise<number>;
  readonly attachments: PageAttachments;
  /** Words for a question that a command began; they never touch what the user has written. */
  suggest(text: string): Promise<void>;
  /** The selection of the active editor may have changed. */
  refreshOffer(): void;
  draft(): Promise<Draft>;
  /** The page has (re)started and wants everything. */
  start(): Promise<void>;
  /** The page's document is gone; nothing is sent until it starts again. */
  sleep(): void;
  focus(): void;
  /** Has the page attach the pictures on the clipboard, as soon as it is there. */
  paste(): void;
  /** What is shown around the conversation may have changed: settings, models, keys. */
  refreshStatus(): Promise<void>;
  /** The pinned files, the cache or anything else that the quote depends on has changed. */
  refreshQuote(): void;
  /** True while a document is there that shows the conversation. */
  readonly isAwake: boolean;
  /** When the user wrote or asked something last, or the page was started; ms since the epoch. */
  readonly usedAt: number;
  tell(sentence: string): void;
  /** Sends a message that is no part of the conversation; false when no document is there to take it. */
  post(message: Unnumbered): boolean;
}

export interface ChatPageParts {
  readonly chats: Chats;
  readonly drafts: DraftStore;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly asking: Asking;
  readonly catalogue: Pick<ModelCatalogue, 'find'>;
  readonly attachments: AttachmentStore;
  readonly offers: SelectionOffers;
  readonly statusOf: (session: Session) => Promise<ChatStatus>;
  /** What has to be done to a conversation before its next question is quoted. Never rejects. */
  readonly beforeQuote: (session: Session) => Promise<void>;
  /** A document is there again that shows the conversation. */
  readonly onAwake: () => void;
  /** Called when the page shows another conversation, so that it is shown again after a reload. */
  readonly onShown: (conversation: string) => void;
}

export function createChatPage(webview: vscode.Webview, first: Session, parts: ChatPageParts): ChatPage {
  const { chats, drafts } = parts;
  const outbox = createOutbox(webview);
  let session = first;
  let awake = false;
  let wantsFocus = false;
  let wantsPaste = false;
  let wantsTurn: string | undefined;
  /** The conversation that the page was told of last. */
  let told: string | undefined;
  let statusChanges = 0;
  let unsubscribe = first.subscribe(onEvents);
  let aside = first.conversation.aside.length;
  let usedAt = 0;
  const quote = createPageQuote({
    asking: parts.asking,
    clock: parts.clock,
    session: () => session,
    draft: () => draft(),
    before: parts.beforeQuote,
    post: (message) => void post(message),
  });
  const attachments = createPageAttachments({
    drafts,
    store: parts.attachments,
    conversation: () => session.conversation,
    shows: (conversation) => awake && conversation === told && conversation === id(),
    model: () => {
      const choice = parts.asking.modelOf(session.conversation);
      return { choice, info: parts.catalogue.find(choice.id) };
    },
    newId: parts.newId,
    post,
    tell,
    refreshQuote: () => quote.refresh(),
  });
  const sending = createPageAsking({
    chats,
    drafts,
    id: () => id(),
    draft: () => draft(),
    onDraft: (conversation, changed) => attachments.changed(conversation, changed),
    ours,
    post,
    tell,
    onAsked: (conversation) => {
      if (conversation === id()) parts.onShown(conversation);
    },
    refreshQuote: quote.refresh,
  });

  const typing = createPageDraft({
    drafts,
    isAsking: sending.isAsking,
    post,
    refreshQuote: () => {
      if (awake) quote.refresh();
    },
  });

  function onEvents(events: readonly ChatEvent[]): void {
    const branched = session.conversation.aside.length !== aside;
    aside = session.conversation.aside.length;
    if (!awake) return;
    if (branched) void start();
    else outbox.queue(session.conversation.id, events);
    if (events.some((event) => CHANGES_STATUS.has(event.type))) void refreshStatus();
    else if (events.some((event) => CHANGES_QUOTE.has(event.type))) quote.refresh();
  }

  const id = (): string => session.conversation.id;
  const draft = (): Promise<Draft> => drafts.get(id());

  async function start(): Promise<void> {
    const current = session;
    const changes = statusChanges;
    const status = await parts.statusOf(current);
    // A page that shows the conversation already keeps what stands in its text box.
    const draftNow = await (told === id() ? draft() : drafts.fresh(id()));
    if (current !== session) return;
    awake = true;
    usedAt = parts.clock.now();
    told = id();
    const { turns, createdAt, title, instructions, system, compactions } = session.conversation;
    const shown = turns.slice(-TURNS_A_PAGE).map(withoutAttachedText);
    outbox.startAnew({
      type: 'snapshot',
      version: PROTOCOL_VERSION,
      conversation: {
        id: id(),
        createdAt,
        title,
        turns: shown,
        older: turns.length - shown.length,
        compactions,
        readOnly: current.readOnly,
        ...(instructions === undefined ? {} : { instructions }),
        ...(system ? { system } : {}),
      },
      draft: { ...draftNow, attachments: attachments.shown(draftNow) },
      offer: parts.offers.offer,
      status,
    });
    // What changed while the snapshot was made is not in it, and nobody else will tell the page.
    if (changes !== statusChanges) void refreshStatus();
    if (wantsFocus) focus();
    if (wantsPaste) paste();
    askForTurn();
    quote.refresh();
    parts.onAwake();
    void attachments.started(draftNow);
  }

  async function adopt(next: Session): Promise<void> {
    if (next === session) return;
    const left = id();
    wantsTurn = undefined;
    unsubscribe();
    attachments.sleep();
    session = next;
    aside = next.conversation.aside.length;
    // The page still offers to send what a budget holds back, unless it shows another conversation.
    if (left !== id()) sending.forget();
    unsubscribe = next.subscribe(onEvents);
    outbox.clear();
    parts.onShown(id());
    chats.leave(left);
    if (awake) await start();
  }

  async function show(next: Session, turn?: string): Promise<void> {
    await adopt(next);
    wantsTurn = turn;
    askForTurn();
  }

  /** Has the page show the turn that is wanted, once it shows the conversation. */
  function askForTurn(): void {
    if (wantsTurn === undefined || !awake || told !== id()) return;
    const { turns } = session.conversation;
    const turn = wantsTurn;
    const at = turns.findIndex((one) => one.id === turn);
    wantsTurn = undefined;
    if (at < 0) tell(vscode.l10n.t('What was found is not in this conversation any more.'));
    const from = Math.max(0, at - TURNS_ABOVE);
    const around = at < 0 ? [] : turnsFrom(from);
    outbox.post({ type: 'turnAsked', conversation: id(), turn, turns: around, older: from });
  }

  function turnsFrom(from: number, end = from + TURNS_A_PAGE): readonly Turn[] {
    return session.conversation.turns.slice(from, end).map(withoutAttachedText);
  }

  /** Another window may have taken the conversation over since; then it is read again before it grows. */
  async function ours(conversation: string): Promise<Session | undefined> {
    const opened = await chats.open(conversation);
    if (!opened.ok) {
      tellFailure(opened.failure);
      return undefined;
    }
    if (conversation === id()) await adopt(opened.value);
    return opened.value;
  }

  function post(message: Unnumbered): boolean {
    if (awake) outbox.post(message);
    return awake;
  }

  function focus(): void {
    wantsFocus = !awake;
    if (awake) outbox.post({ type: 'focusAsked' });
  }

  function paste(): void {
    wantsPaste = !awake;
    if (awake) outbox.post({ type: 'pasteAsked' });
  }

  async function refreshStatus(): Promise<void> {
    const current = session;
    const change = ++statusChanges;
    const status = await parts.statusOf(current);
    const isNewest = change === statusChanges && current === session;
    if (awake && isNewest) {
      outbox.post({ type: 'statusChanged', status });
      // What an attachment costs, and whether it can be read at all, depends on the model.
      const { attachments: attached } = await draft();
      if (attached.length > 0) void showAttachments();
    }
    if (awake) quote.refresh();
  }

  async function showAttachments(): Promise<void> {
    const now = await draft();
    if (told === id()) post({ type: 'attachmentsChanged', attachments: attachments.shown(now) });
  }

  function tell(sentence: string): void {
    if (awake) outbox.post({ type: 'noticeShown', sentence });
    else void vscode.window.showWarningMessage(sentence);
  }

  function tellFailure(failure: Failure): void {
    tell(adviseOn(failure, vscode.l10n.t).sentence);
  }

  return {
    get session() {
      return session;
    },
    show,
    ask(text, conversation) {
      usedAt = parts.clock.now();
      return sending.ask(text, conversation);
    },
    retry: () => sending.submit({ type: 'retry' }),
    continueAnswer: () => sending.submit({ type: 'continue' }),
    async edit(turn, text) {
      const question = findTurn(session.conversation, turn);
      const attached = question?.role === 'user' ? question.parts.filter((part) => part.kind !== 'text') : [];
      const edited = session;
      await sending.submit({ type: 'edit', turn, parts: [...attached, { kind: 'text', text }] });
      // Soon the draft no longer has what was edited; then the journal must.
      await edited.flush();
    },
    compact: (instructions) => sending.submit({ type: 'compact', instructions }),
    allowOnce: sending.allowOnce,
    async continueHere() {
      const claimed = await chats.claim(id());
      if (claimed.ok) focus();
      else tellFailure(claimed.failure);
    },
    changedHands(changed) {
      if (changed !== session) return;
      aside = session.conversation.aside.length;
      outbox.clear();
      if (awake) void start();
    },
    async gone(deleted) {
      if (deleted !== session) return;
      const kept = await draft();
      const next = chats.create();
      await drafts.change(next.conversation.id, () => kept);
      tell(vscode.l10n.t('"{0}" was deleted in another window.', deleted.conversation.title));
      await adopt(next);
    },
    async fork(turn) {
      const title = vscode.l10n.t('{0} (fork)', session.conversation.title);
      const forked = chats.fork(session, turn, title);
      if (forked) await adopt(forked);
    },
    showOlder(before) {
      const { turns } = session.conversation;
      const end = turns.findIndex((turn) => turn.id === before);
      if (end < 0) return void start();
      const from = Math.max(0, end - TURNS_A_PAGE);
      outbox.post({ type: 'olderTurns', conversation: id(), turns: turnsFrom(from, end), older: from });
    },
    showNewer(after) {
      const from = session.conversation.turns.findIndex((turn) => turn.id === after) + 1;
      if (from === 0) return void start();
      outbox.post({ type: 'olderTurns', conversation: id(), turns: turnsFrom(from), older: from });
    },
    changeDraft(wish) {
      usedAt = parts.clock.now();
      return typing.change(wish);
    },
    changeUnfinished: typing.changeUnfinished,
    attach: (found, conversation = id()) => attachments.attach(found, conversation),
    attachments,
    async suggest(text) {
      // A page that is just being loaded finds the words in its draft.
      if (post({ type: 'textSuggested', text })) return;
      await drafts.change(id(), (now) =>
        now.text.trim() === '' ? { ...now, text, caret: text.length } : now,
      );
    },
    refreshOffer() {
      // The text of the selection is read for a page only that is there to show it.
      if (awake) post({ type: 'selectionOffered', offer: parts.offers.offer });
    },
    draft,
    start,
    sleep() {
      awake = false;
      told = undefined;
      attachments.sleep();
      quote.stop();
      outbox.clear();
    },
    focus,
    paste,
    refreshStatus,
    refreshQuote() {
      if (awake) quote.refresh();
    },
    get isAwake() {
      return awake;
    },
    get usedAt() {
      return usedAt;
    },
    tell,
    post,
    dispose() {
      unsubscribe();
      attachments.dispose();
      typing.dispose();
      quote.stop();
      outbox.clear();
      awake = false;
    },
  };
}

/** After these the page shows another model, another context window or another system prompt. */
const CHANGES_STATUS: ReadonlySet<ChatEvent['type']> = new Set([
  'turnAdded',
  'modelChosen',
  'effortChosen',
  'thinkingChosen',
  'instructionsChanged',
]);
const CHANGES_QUOTE: ReadonlySet<ChatEvent['type']> = new Set([
  'turnEnded',
  'compactionEnded',
  'compactionDecided',
  'contextRepacked',
]);
