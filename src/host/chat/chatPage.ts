import * as vscode from 'vscode';
import type { ChatEvent } from '../../core/conversation/events.ts';
import type { Failure, Part } from '../../core/conversation/model.ts';
import type { Refusal, Session } from '../../core/conversation/session.ts';
import { adviseOn } from '../../core/failure.ts';
import {
  bare,
  type ChatStatus,
  type Draft,
  PROTOCOL_VERSION,
  withoutAttachedText,
} from '../../core/protocol.ts';
import type { Chats } from '../chats.ts';
import { type DraftStore, EMPTY_DRAFT } from '../storage/draftStore.ts';
import { createOutbox } from './outbox.ts';

/** A page shows this many turns at first and fetches as many more on demand. */
const TURNS_A_PAGE = 40;

/** One page (side bar or editor tab) and the conversation that it shows. */
export interface ChatPage extends vscode.Disposable {
  readonly session: Session;
  /** Shows another conversation; the one shown stays open and goes on answering. */
  show(session: Session): Promise<void>;
  ask(text: string): Promise<void>;
  retry(): Promise<void>;
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
  refreshStatus(): Promise<void>;
  tell(sentence: string): void;
}

export interface ChatPageParts {
  readonly chats: Chats;
  readonly drafts: DraftStore;
  readonly newId: () => string;
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
  let asking: string | undefined;
  let statusChanges = 0;
  let unsubscribe = first.subscribe(onEvents);
  let aside = first.conversation.aside.length;

  function onEvents(events: readonly ChatEvent[]): void {
    const branched = session.conversation.aside.length !== aside;
    aside = session.conversation.aside.length;
    if (!awake) return;
    if (branched) void start();
    else outbox.queue(session.conversation.id, events);
    if (events.some((event) => event.type === 'modelChosen' || event.type === 'effortChosen'))
      void refreshStatus();
  }

  const id = (): string => session.conversation.id;
  const draft = (): Promise<Draft> => drafts.get(id());

  async function start(): Promise<void> {
    const current = session;
    const changes = statusChanges;
    const [status, draftNow] = await Promise.all([parts.statusOf(current), draft()]);
    if (current !== session) return;
    awake = true;
    const { turns, createdAt, title } = session.conversation;
    const shown = turns.slice(-TURNS_A_PAGE).map(withoutAttachedText);
    outbox.startAnew({
      type: 'snapshot',
      version: PROTOCOL_VERSION,
      conversation: { id: id(), createdAt, title, turns: shown, older: turns.length - shown.length },
      draft: { ...draftNow, attachments: forPage(draftNow) },
      status,
    });
    // What changed while the snapshot was made is not in it, and nobody else will tell the page.
    if (changes !== statusChanges) void refreshStatus();
    if (wantsFocus) focus();
  }

  async function adopt(next: Session): Promise<void> {
    if (next === session) return;
    unsubscribe();
    session = next;
    aside = next.conversation.aside.length;
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

  async function ask(text: string): Promise<void> {
    const unsent = { ...(await draft()), text, caret: text.length };
    drafts.set(id(), unsent);
    asking = id();
    try {
      const current = await ours();
      const question: readonly Part[] = [
        ...unsent.attachments.map((entry) => entry.part),
        { kind: 'text', text },
      ];
      const refusal = current ? await chats.ask(current, question) : 'elsewhere';
      if (refusal) return outbox.post({ type: 'askRefused', text, sentence: sentenceFor(refusal) });
      parts.onShown(id());
      drafts.set(id(), EMPTY_DRAFT);
      outbox.post({ type: 'attachmentsChanged', attachments: [] });
    } finally {
      asking = undefined;
    }
  }

  function focus(): void {
    wantsFocus = !awake;
    if (awake) outbox.post({ type: 'focusAsked' });
  }

  function setAttachments(next: Draft): void {
    drafts.set(id(), next);
    if (awake) outbox.post({ type: 'attachmentsChanged', attachments: forPage(next) });
  }

  async function refreshStatus(): Promise<void> {
    const current = session;
    const change = ++statusChanges;
    const status = await parts.statusOf(current);
    const isNewest = change === statusChanges && current === session;
    if (awake && isNewest) outbox.post({ type: 'statusChanged', status });
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
    ask,
    async retry() {
      const current = await ours();
      const refusal = current ? await chats.retry(current) : undefined;
      if (refusal) tell(sentenceFor(refusal));
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
      if (asking === id() && text === '') return;
      drafts.set(id(), { ...(await draft()), text, caret });
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
      outbox.clear();
    },
    focus,
    refreshStatus,
    tell,
    dispose() {
      unsubscribe();
      outbox.clear();
      awake = false;
    },
  };
}

function forPage(draft: Draft): Draft['attachments'] {
  return draft.attachments.map((entry) => ({ ...entry, part: bare(entry.part) }));
}

function sameSource(one: Part, other: Part): boolean {
  return one.kind === 'code' && JSON.stringify(one) === JSON.stringify(other);
}

function sentenceFor(refusal: Refusal | 'elsewhere'): string {
  switch (refusal) {
    case 'busy':
      return vscode.l10n.t('An answer is still arriving. Stop it or wait for its end.');
    case 'empty':
      return vscode.l10n.t('There is nothing to send yet.');
    case 'nothingToRetry':
      return vscode.l10n.t('There is no question to ask again.');
    case 'elsewhere':
      return vscode.l10n.t('This conversation cannot be continued here just now. Your text is kept.');
  }
}
