import * as vscode from 'vscode';
import type { ChatEvent } from '../../core/conversation/events.ts';
import { type Failure, findTurn, type Part } from '../../core/conversation/model.ts';
import type { Session } from '../../core/conversation/session.ts';
import { adviseOn } from '../../core/failure.ts';
import type { Clock } from '../../core/ports.ts';
import {
  bare,
  type ChatStatus,
  type Draft,
  PROTOCOL_VERSION,
  withoutAttachedText,
} from '../../core/protocol.ts';
import type { Asking } from '../asking.ts';
import type { Chats } from '../chats.ts';
import type { DraftStore } from '../storage/draftStore.ts';
import { createOutbox, type Unnumbered } from './outbox.ts';
import { createPageAsking } from './pageAsking.ts';
import { createPageQuote } from './pageQuote.ts';

/** A page shows this many turns at first and fetches as many more on demand. */
const TURNS_A_PAGE = 40;

/** One page (side bar or editor tab) and the conversation that it shows. */
export interface ChatPage extends vscode.Disposable {
  readonly session: Session;
  /** Shows another conversation; the one shown stays open and goes on answering. */
  show(session: Session): Promise<void>;
  ask(text: string): Promise<void>;
  retry(): Promise<void>;
  continueAnswer(): Promise<void>;
  /** Asks another text, with the attachments of the question that it replaces. */
  edit(turn: string, text: string): Promise<void>;
  compact(instructions: string): Promise<void>;
  /** Sends what a budget has held back. */
  allowOnce(): Promise<void>;
  fork(turn: string): Promise<void>;
  showOlder(before: string): void;
  changeDraft(text: string, caret: number): Promise<void>;
  attach(part: Part): Promise<void>;
  removeAttachment(id: string): Promise<void>;
  draft(): Promise<Draft>;
  /** The page has (re)started and wants everything. */
  start(): Promise<void>;
  /** The page's document is gone; nothing is sent until it starts again. */
  sleep(): void;
  focus(): void;
  /** What is shown around the conversation may have changed: settings, models, keys. */
  refreshStatus(): Promise<void>;
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
  readonly statusOf: (session: Session) => Promise<ChatStatus>;
  /** Called when the page shows another conversation, so that it is shown again after a reload. */
  readonly onShown: (conversation: string) => void;
}

export function createChatPage(webview: vscode.Webview, first: Session, parts: ChatPageParts): ChatPage {
  const { chats, drafts } = parts;
  const outbox = createOutbox(webview);
  let session = first;
  let awake = false;
  let wantsFocus = false;
  let statusChanges = 0;
  let unsubscribe = first.subscribe(onEvents);
  let aside = first.conversation.aside.length;
  const quote = createPageQuote({
    asking: parts.asking,
    clock: parts.clock,
    session: () => session,
    draft: () => draft(),
    post: (message) => void post(message),
  });
  const sending = createPageAsking({
    chats,
    drafts,
    id: () => id(),
    draft: () => draft(),
    ours,
    post,
    tell,
    onAsked: parts.onShown,
    refreshQuote: quote.refresh,
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
    const [status, draftNow] = await Promise.all([parts.statusOf(current), draft()]);
    if (current !== session) return;
    awake = true;
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
        ...(instructions === undefined ? {} : { instructions }),
        ...(system ? { system } : {}),
      },
      draft: { ...draftNow, attachments: forPage(draftNow) },
      status,
    });
    // What changed while the snapshot was made is not in it, and nobody else will tell the page.
    if (changes !== statusChanges) void refreshStatus();
    if (wantsFocus) focus();
    quote.refresh();
  }

  async function adopt(next: Session): Promise<void> {
    if (next === session) return;
    unsubscribe();
    session = next;
    aside = next.conversation.aside.length;
    sending.forget();
    unsubscribe = next.subscribe(onEvents);
    outbox.clear();
    parts.onShown(id());
    if (awake) await start();
  }

  /** Another window may have taken the conversation over since; then it is read again before it grows. */
  async function ours(): Promise<Session | undefined> {
    const opened = await chats.open(id());
    if (!opened.ok) {
      tellFailure(opened.failure);
      return undefined;
    }
    await adopt(opened.value);
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

  function setAttachments(next: Draft): void {
    drafts.set(id(), next);
    if (awake) outbox.post({ type: 'attachmentsChanged', attachments: forPage(next) });
    quote.refresh();
  }

  async function refreshStatus(): Promise<void> {
    const current = session;
    const change = ++statusChanges;
    const status = await parts.statusOf(current);
    const isNewest = change === statusChanges && current === session;
    if (awake && isNewest) outbox.post({ type: 'statusChanged', status });
    if (awake) quote.refresh();
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
    show: adopt,
    ask: sending.ask,
    retry: () => sending.submit({ type: 'retry' }),
    continueAnswer: () => sending.submit({ type: 'continue' }),
    async edit(turn, text) {
      const question = findTurn(session.conversation, turn);
      const attached = question?.role === 'user' ? question.parts.filter((part) => part.kind !== 'text') : [];
      await sending.submit({ type: 'edit', turn, parts: [...attached, { kind: 'text', text }] });
    },
    compact: (instructions) => sending.submit({ type: 'compact', instructions }),
    allowOnce: sending.allowOnce,
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
      const older = turns.slice(from, end).map(withoutAttachedText);
      outbox.post({ type: 'olderTurns', conversation: id(), turns: older, older: from });
    },
    async changeDraft(text, caret) {
      // While a question is on its way its text stays the draft: the page has cleared its own already.
      if (sending.isAsking(id()) && text === '') return;
      const before = await draft();
      drafts.set(id(), { ...before, text, caret });
      if (before.text !== text) quote.refresh();
    },
    async attach(part) {
      const before = await draft();
      const same = before.attachments.some((entry) => sameSource(entry.part, part));
      const attachments = same ? before.attachments : [...before.attachments, { id: parts.newId(), part }];
      setAttachments({ ...before, attachments });
    },
    async removeAttachment(attachment) {
      const before = await draft();
      setAttachments({
        ...before,
        attachments: before.attachments.filter((entry) => entry.id !== attachment),
      });
    },
    draft,
    start,
    sleep() {
      awake = false;
      quote.stop();
      outbox.clear();
    },
    focus,
    refreshStatus,
    tell,
    post,
    dispose() {
      unsubscribe();
      quote.stop();
      outbox.clear();
      awake = false;
    },
  };
}

function forPage(draft: Draft): Draft['attachments'] {
  return draft.attachments.map((entry) => ({ ...entry, part: bare(entry.part) }));
}

function sameSource(one: Part, other: Part): boolean {
  return one.kind !== 'text' && JSON.stringify(one) === JSON.stringify(other);
}

/** After these the page shows another model, another context window or another system prompt. */
const CHANGES_STATUS: ReadonlySet<ChatEvent['type']> = new Set([
  'modelChosen',
  'effortChosen',
  'thinkingChosen',
  'instructionsChanged',
]);
const CHANGES_QUOTE: ReadonlySet<ChatEvent['type']> = new Set([
  'turnEnded',
  'compactionEnded',
  'compactionDecided',
]);
