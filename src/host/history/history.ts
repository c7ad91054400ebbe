import * as vscode from 'vscode';
import type { Conversation, Failure } from '../../core/conversation/model.ts';
import { type Session, titleFrom } from '../../core/conversation/session.ts';
import { adviseOn } from '../../core/failure.ts';
import type { ConversationSummary } from '../../core/ports.ts';
import type { Chats } from '../chats.ts';
import type { FileConversationStore } from '../storage/conversationStore.ts';
import type { DerivedFiles } from '../storage/derivedFiles.ts';
import type { DraftStore } from '../storage/draftStore.ts';
import type { Rebuilt } from '../storage/summaries.ts';
import { usd } from '../usd.ts';
import { type ConversationListParts, createConversationList, type RowAction } from './conversationList.ts';
import { unbegunDrafts } from './draftRows.ts';
import { labelOf, timeOf } from './listItems.ts';
import { rebuildHistory } from './rebuilding.ts';
import { askForTitle, type TitleOffer } from './titleBox.ts';
import { createTitling, type TitlingParts } from './titling.ts';

/** The list of conversations and what can be done with one that need not be shown. Loaded when it is first wanted. */
export interface History {
  search(): Promise<void>;
  /** Does this with the conversation under the cursor of the list; false when the list is not shown. */
  actInList(action: RowAction): boolean;
  rename(conversation: Titled): Promise<void>;
  pin(id: string, pinned: boolean): Promise<void>;
  remove(conversation: Titled): Promise<void>;
  /** Lets the user choose among the deleted ones. */
  restore(): Promise<void>;
  /** Says what all journals hold; undefined when cancelled. */
  rebuild(): Promise<Rebuilt | undefined>;
  /** As `rename`, with a title that Claude suggests, once the user has agreed to what it costs. */
  suggestTitle(conversation: Titled): Promise<void>;
  /** Has a conversation named by Claude, where it still has the name it got from its first question. */
  nameAfterFirstAnswer(session: Session): Promise<void>;
}

export type Titled = Pick<ConversationSummary, 'id' | 'title'>;

export interface HistoryParts
  extends Pick<ConversationListParts, 'prices' | 'workspace' | 'state' | 'current'>,
    TitlingParts {
  readonly store: Pick<FileConversationStore, 'list' | 'listTrash' | 'restore'>;
  readonly drafts: Pick<DraftStore, 'list'>;
  readonly derived: Pick<DerivedFiles, 'texts' | 'rebuild'>;
  readonly chats: Pick<Chats, 'open' | 'record' | 'remove'>;
  /** Shows a conversation in the panel, at a turn where one is given. */
  readonly show: (id: string, turn?: string) => Promise<void>;
  /** Hears that a conversation is in the trash. */
  readonly onRemoved: (id: string) => Promise<void>;
  readonly log: (line: string) => void;
}

export function createHistory(parts: HistoryParts): History {
  const { store, derived, chats } = parts;
  const titling = createTitling(parts);

  const list = createConversationList({
    ...parts,
    list: (isCancelled) => store.list(isCancelled),
    drafts: (begun) => unbegunDrafts(parts.drafts, begun, store),
    texts: derived.texts,
    actions: {
      open: (id, turn) => parts.show(id, turn),
      rename: (summary) => rename(summary),
      pin: ({ id, pinned }) => pin(id, !pinned),
      remove: (summary) => remove({ id: summary.id, title: labelOf(summary) }),
      restore,
    },
  });

  async function offerOf(id: string): Promise<TitleOffer | undefined> {
    const opened = await chats.open(id);
    const offered = opened.ok ? await titling.offer(opened.value) : undefined;
    if (!opened.ok || !offered) return undefined;
    const { model, usd: cost } = offered;
    return {
      words: vscode.l10n.t('{0} suggests a title for about {1}.', model.name, usd(cost)),
      suggest: () => titling.suggest(opened.value, offered),
    };
  }

  async function rename({ id, title: before }: Titled, offer = offerOf(id), isWanted = false): Promise<void> {
    const title = await askForTitle(before, offer, isWanted);
    if (title !== undefined) await record(id, title);
  }

  async function record(id: string, title: string): Promise<void> {
    const renamed = await chats.record(id, { type: 'renamed', title });
    if (!renamed.ok) sayFailure(renamed.failure);
  }

  async function pin(id: string, pinned: boolean): Promise<void> {
    const changed = await chats.record(id, { type: 'pinned', pinned });
    if (!changed.ok) sayFailure(changed.failure);
  }

  async function remove({ id, title }: Titled): Promise<void> {
    const removed = await chats.remove(id);
    if (!removed.ok) return sayFailure(removed.failure);
    await parts.onRemoved(id);
    const undo = vscode.l10n.t('Undo');
    const sentence = vscode.l10n.t('"{0}" is in the trash for 30 days.', title);
    void vscode.window.showInformationMessage(sentence, undo).then(async (answer) => {
      if (answer === undo) await restoreIt(id);
    });
  }

  async function restore(): Promise<void> {
    const deleted = (await store.listTrash()).filter(({ newerVersion }) => newerVersion === undefined);
    const chosen = await pickDeleted(deleted);
    if (chosen) await restoreIt(chosen.id);
  }

  async function restoreIt(id: string): Promise<void> {
    const restored = await store.restore(id);
    if (!restored.ok) return sayFailure(restored.failure);
    await parts.show(id);
  }

  return {
    search: () => list.show(),
    actInList: (action) => list.act(action),
    rename: (conversation) => rename(conversation),
    pin,
    remove,
    restore,
    rebuild: () => rebuildHistory(derived.rebuild, parts.log),
    async suggestTitle(conversation) {
      const offer = await offerOf(conversation.id);
      if (!offer) return sayNoOffer();
      const yes = vscode.l10n.t('Suggest Title');
      const answer = await vscode.window.showInformationMessage(offer.words, { modal: true }, yes);
      if (answer === yes) await rename(conversation, Promise.resolve(offer), true);
    },
    async nameAfterFirstAnswer(session) {
      if (!hasFirstName(session.conversation)) return;
      const offered = await titling.offer(session);
      const suggested = offered && (await titling.suggest(session, offered));
      if (suggested && !suggested.ok) parts.log(suggested.sentence);
      // The user may have named it meanwhile.
      if (suggested?.ok && hasFirstName(session.conversation)) {
        await record(session.conversation.id, suggested.title);
      }
    },
  };
}

function hasFirstName({ title, turns }: Conversation): boolean {
  const [question] = turns;
  return question?.role === 'user' && title === titleFrom(question.parts);
}

/** The one that was deleted last stands first. Undefined when cancelled. */
async function pickDeleted(
  deleted: readonly ConversationSummary[],
): Promise<ConversationSummary | undefined> {
  const deletedAt = (summary: ConversationSummary): number => summary.deletedAt ?? summary.updatedAt;
  const items = deleted
    .toSorted((one, other) => deletedAt(other) - deletedAt(one))
    .map((summary) => {
      const at = deletedAt(summary);
      const day = new Date(at).toLocaleDateString(vscode.env.language, { dateStyle: 'medium' });
      return { label: labelOf(summary), description: `${day}, ${timeOf(at)}`, summary };
    });
  const placeHolder =
    items.length === 0 ? vscode.l10n.t('There is nothing here') : vscode.l10n.t('Deleted, newest first');
  const title = vscode.l10n.t('Restore Conversation');
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.summary;
}

function sayNoOffer(): void {
  const sentence = vscode.l10n.t(
    'No title can be suggested: nothing has been said yet, or no model of known price answers without thinking first.',
  );
  void vscode.window.showInformationMessage(sentence);
}

function sayFailure(failure: Failure): void {
  void vscode.window.showErrorMessage(adviseOn(failure, vscode.l10n.t).sentence);
}
