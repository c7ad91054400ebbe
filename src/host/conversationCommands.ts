import * as vscode from 'vscode';
import type { ChatEvent } from '../core/conversation/events.ts';
import { type Conversation, compactionInForce, type Failure } from '../core/conversation/model.ts';
import type { Session } from '../core/conversation/session.ts';
import { adviseOn } from '../core/failure.ts';
import type { ChatView } from './chat/chatView.ts';
import { decideCompaction } from './chat/wishes.ts';
import type { Chats } from './chats.ts';
import type { History, HistoryParts } from './history/history.ts';
import { currentSettings } from './settings.ts';
import type { Rebuilt } from './storage/summaries.ts';

export interface ConversationCommands {
  /** Shows an empty conversation; resolves with its id. */
  start(): Promise<string | undefined>;
  /** Shows the list and does what was chosen there. */
  search(): Promise<void>;
  /** These three are for the conversation under the cursor while the list is shown, else for the one in the panel. */
  rename(): Promise<void>;
  remove(): Promise<void>;
  togglePin(): Promise<void>;
  restore(): Promise<void>;
  suggestTitle(): Promise<void>;
  /** Reads all journals anew; undefined when cancelled. */
  rebuildHistory(): Promise<Rebuilt | undefined>;
  /** Shows a conversation, at a turn where one is given. */
  show(id: string, turn?: string): Promise<void>;
  /** Opens a copy of the shown conversation, to go on from there another way. */
  fork(): Promise<void>;
  /** Asks what a summary must keep, then has the shown conversation summarized. */
  compact(): Promise<void>;
  undoCompaction(): Promise<void>;
  /** Has a conversation named after its first answer, where the user wants that. Never rejects. */
  onEvents(session: Session, events: readonly ChatEvent[]): Promise<void>;
}

/** What the list of conversations needs besides what is here. */
export type ListParts = Omit<HistoryParts, 'chats' | 'current' | 'show' | 'onRemoved'>;

export function createConversationCommands(
  view: ChatView,
  chats: Chats,
  parts: ListParts,
): ConversationCommands {
  const session = (): Session | undefined => view.page?.session;
  let history: History | undefined;

  async function loaded(): Promise<History> {
    const { createHistory } = await import('./history/history.ts');
    history ??= createHistory({
      ...parts,
      chats,
      current: () => session()?.conversation.id,
      show,
      async onRemoved(id) {
        if (session()?.conversation.id === id) await view.page?.show(chats.create());
      },
    });
    return history;
  }

  /** The conversation in the panel, once something was said in it. */
  function begun(): Conversation | undefined {
    const current = session()?.conversation;
    return current && current.turns.length > 0 ? current : undefined;
  }

  async function show(id: string, turn?: string): Promise<void> {
    const opened = await chats.open(id);
    if (!opened.ok) return sayFailure(opened.failure);
    await (await view.reveal())?.show(opened.value, turn);
  }

  async function start(): Promise<string | undefined> {
    const page = await view.reveal();
    if (!page) return undefined;
    if (page.session.conversation.turns.length > 0) await page.show(chats.create());
    page.focus();
    return page.session.conversation.id;
  }

  return {
    start,
    show,
    async fork() {
      const newest = session()?.conversation.turns.at(-1);
      if (newest) await view.page?.fork(newest.id);
    },
    async compact() {
      if (session()?.conversation.turns.length === 0) return;
      const instructions = await askForSummaryInstructions();
      if (instructions !== undefined) await (await view.reveal())?.compact(instructions);
    },
    async undoCompaction() {
      const { page } = view;
      const compaction = page && compactionInForce(page.session.conversation);
      if (page && compaction) decideCompaction(page, { compaction: compaction.id, state: 'undone' });
    },
    search: async () => (await loaded()).search(),
    async rename() {
      const current = begun();
      if (!history?.actInList('rename') && current) await (await loaded()).rename(current);
    },
    async remove() {
      const current = begun();
      if (!history?.actInList('remove') && current) await (await loaded()).remove(current);
    },
    async togglePin() {
      const current = begun();
      if (!history?.actInList('pin') && current) await (await loaded()).pin(current.id, !current.pinned);
    },
    restore: async () => (await loaded()).restore(),
    async suggestTitle() {
      const current = begun();
      if (current) await (await loaded()).suggestTitle(current);
    },
    rebuildHistory: async () => (await loaded()).rebuild(),
    async onEvents(about, events) {
      const isFirst = about.conversation.turns.length === 2;
      const isDone = events.some((event) => event.type === 'turnEnded' && event.state === 'done');
      if (!isFirst || !isDone || currentSettings().titles !== 'model') return;
      await (await loaded()).nameAfterFirstAnswer(about);
    },
  };
}

/** Undefined when cancelled; an empty answer leaves it to the API. */
function askForSummaryInstructions(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Compact Conversation'),
    prompt: vscode.l10n.t('What the summary must keep. It is shown before it is used.'),
    placeHolder: vscode.l10n.t('Leave empty for a general summary'),
  });
}

function sayFailure(failure: Failure): void {
  void vscode.window.showErrorMessage(adviseOn(failure, vscode.l10n.t).sentence);
}
