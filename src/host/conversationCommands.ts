import * as vscode from 'vscode';
import type { Failure } from '../core/conversation/model.ts';
import { compactionInForce } from '../core/conversation/model.ts';
import type { Session } from '../core/conversation/session.ts';
import { adviseOn } from '../core/failure.ts';
import type { ChatView } from './chat/chatView.ts';
import { decideCompaction } from './chat/wishes.ts';
import type { Chats } from './chats.ts';
import { askForTitle, pickConversation, pickOne } from './history.ts';
import type { FileConversationStore } from './storage/conversationStore.ts';

export interface ConversationCommands {
  /** Shows an empty conversation; resolves with its id. */
  start(): Promise<string | undefined>;
  /** Shows the list and does what was chosen there. */
  search(): Promise<void>;
  rename(): Promise<void>;
  remove(): Promise<void>;
  restore(): Promise<void>;
  /** Shows a conversation. */
  show(id: string): Promise<void>;
  /** Opens a copy of the shown conversation, to go on from there another way. */
  fork(): Promise<void>;
  /** Asks what a summary must keep, then has the shown conversation summarized. */
  compact(): Promise<void>;
  undoCompaction(): Promise<void>;
}

export function createConversationCommands(
  view: ChatView,
  chats: Chats,
  store: FileConversationStore,
): ConversationCommands {
  const session = (): Session | undefined => view.page?.session;

  async function show(id: string): Promise<void> {
    const opened = await chats.open(id);
    if (!opened.ok) return sayFailure(opened.failure);
    await (await view.reveal())?.show(opened.value);
  }

  async function start(): Promise<string | undefined> {
    const page = await view.reveal();
    if (!page) return undefined;
    if (page.session.conversation.turns.length > 0) await page.show(chats.create());
    page.focus();
    return page.session.conversation.id;
  }

  async function renameIt(id: string, before: string): Promise<void> {
    const title = await askForTitle(before);
    if (title === undefined) return;
    const renamed = await chats.record(id, { type: 'renamed', title });
    if (!renamed.ok) sayFailure(renamed.failure);
  }

  async function removeIt(id: string, title: string): Promise<void> {
    const removed = await chats.remove(id);
    if (!removed.ok) return sayFailure(removed.failure);
    if (session()?.conversation.id === id) await view.page?.show(chats.create());
    const undo = vscode.l10n.t('Undo');
    const sentence = vscode.l10n.t('"{0}" is in the trash for 30 days.', title);
    void vscode.window.showInformationMessage(sentence, undo).then(async (answer) => {
      if (answer === undo) await restoreIt(id);
    });
  }

  async function restoreIt(id: string): Promise<void> {
    const restored = await store.restore(id);
    if (!restored.ok) return sayFailure(restored.failure);
    await show(id);
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
    async search() {
      const choice = await pickConversation(await store.list(), session()?.conversation.id, Date.now());
      if (choice?.action === 'open') await show(choice.id);
      if (choice?.action === 'rename') await renameIt(choice.summary.id, choice.summary.title);
      if (choice?.action === 'delete') await removeIt(choice.summary.id, choice.summary.title);
    },
    async rename() {
      const current = session()?.conversation;
      if (current && current.turns.length > 0) await renameIt(current.id, current.title);
    },
    async remove() {
      const current = session()?.conversation;
      if (current && current.turns.length > 0) await removeIt(current.id, current.title);
    },
    async restore() {
      const chosen = await pickOne(await store.listTrash(), vscode.l10n.t('Restore Conversation'));
      if (chosen) await restoreIt(chosen.id);
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
