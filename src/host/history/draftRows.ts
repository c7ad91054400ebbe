import * as vscode from 'vscode';
import { fold } from '../../core/history/searchTerms.ts';
import type { ConversationSummary } from '../../core/ports.ts';
import type { FileConversationStore } from '../storage/conversationStore.ts';
import type { DraftStore, DraftSummary } from '../storage/draftStore.ts';
import { heading, type ListItem, timeOf } from './listItems.ts';

/** The drafts of conversations that have not begun, which no journal tells of; the newest first. */
export async function unbegunDrafts(
  drafts: Pick<DraftStore, 'list'>,
  begun: Promise<readonly ConversationSummary[]>,
  store: Pick<FileConversationStore, 'listTrash'>,
): Promise<readonly DraftSummary[]> {
  const listed = await drafts.list();
  if (listed.length === 0) return [];
  const [conversations, deleted] = await Promise.all([begun, store.listTrash()]);
  const known = new Set([...conversations, ...deleted].map(({ id }) => id));
  return listed.filter(({ id }) => !known.has(id));
}

/** Their rows below a heading, as far as they have all words of the query; nothing where there is none. */
export function draftRows(
  drafts: readonly DraftSummary[],
  query: string,
  current: string | undefined,
): readonly ListItem[] {
  const words = fold(query).split(/\s+/);
  const found = drafts.filter(({ text }) => words.every((word) => fold(text).includes(word)));
  const rows = found.map(({ id, text, updatedAt }): ListItem => {
    const [line = ''] = text.trim().split('\n', 1);
    const at = new Date(updatedAt).toLocaleDateString(vscode.env.language, {
      day: 'numeric',
      month: 'short',
    });
    const when = `${at}, ${timeOf(updatedAt)}`;
    return {
      label: line === '' ? vscode.l10n.t('Attachments') : line.slice(0, MOST_CHARACTERS),
      description: id === current ? `${vscode.l10n.t('open now')} · ${when}` : when,
      alwaysShow: query !== '',
      draft: id,
    };
  });
  return rows.length === 0 ? [] : [heading(vscode.l10n.t('Not Sent Yet')), ...rows];
}

const MOST_CHARACTERS = 200;
