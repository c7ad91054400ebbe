import * as vscode from 'vscode';
import type { ConversationSummary } from '../core/ports.ts';

/** What the user did in the list of conversations. */
export type HistoryChoice =
  | { readonly action: 'open'; readonly id: string }
  | { readonly action: 'rename'; readonly summary: ConversationSummary }
  | { readonly action: 'delete'; readonly summary: ConversationSummary };

interface HistoryItem extends vscode.QuickPickItem {
  readonly summary?: ConversationSummary;
}

/** Shows all conversations by day, newest first; each can be opened, renamed or deleted. Undefined when cancelled. */
export function pickConversation(
  summaries: readonly ConversationSummary[],
  current: string | undefined,
  now: number,
): Promise<HistoryChoice | undefined> {
  const rename = { iconPath: new vscode.ThemeIcon('edit'), tooltip: vscode.l10n.t('Rename') };
  const remove = { iconPath: new vscode.ThemeIcon('trash'), tooltip: vscode.l10n.t('Delete') };
  const pick = vscode.window.createQuickPick<HistoryItem>();
  pick.title = vscode.l10n.t('Conversations');
  pick.placeholder =
    summaries.length === 0
      ? vscode.l10n.t('There are no conversations yet')
      : vscode.l10n.t('Open a conversation');
  pick.items = itemsByDay(summaries, current, now, [rename, remove]);

  return new Promise((resolve) => {
    const finish = (choice: HistoryChoice | undefined): void => {
      resolve(choice);
      pick.hide();
    };
    pick.onDidAccept(() => {
      const summary = pick.selectedItems[0]?.summary;
      finish(summary && { action: 'open', id: summary.id });
    });
    pick.onDidTriggerItemButton(({ item, button }) => {
      if (!item.summary) return;
      finish({ action: button === remove ? 'delete' : 'rename', summary: item.summary });
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/** A plain list, for commands that need one conversation. Undefined when cancelled. */
export async function pickOne(
  summaries: readonly ConversationSummary[],
  title: string,
): Promise<ConversationSummary | undefined> {
  const items = summaries.map((summary) => ({
    label: labelOf(summary),
    description: timeOf(summary),
    summary,
  }));
  const placeHolder = items.length === 0 ? vscode.l10n.t('There is nothing here') : '';
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.summary;
}

/** Asks for a new title. Undefined when cancelled or unchanged. */
export async function askForTitle(before: string): Promise<string | undefined> {
  const title = await vscode.window.showInputBox({
    title: vscode.l10n.t('Rename Conversation'),
    value: before,
    validateInput: (value) =>
      value.trim() === '' ? vscode.l10n.t('A conversation needs a title.') : undefined,
  });
  const trimmed = title?.trim();
  return trimmed === undefined || trimmed === before ? undefined : trimmed;
}

function itemsByDay(
  summaries: readonly ConversationSummary[],
  current: string | undefined,
  now: number,
  buttons: readonly vscode.QuickInputButton[],
): readonly HistoryItem[] {
  const items: HistoryItem[] = [];
  let day = '';
  for (const summary of summaries) {
    const itsDay = dayOf(summary.updatedAt, now);
    if (itsDay !== day) items.push({ label: itsDay, kind: vscode.QuickPickItemKind.Separator });
    day = itsDay;
    const description = summary.id === current ? vscode.l10n.t('open now') : timeOf(summary);
    items.push({ label: labelOf(summary), description, buttons, summary });
  }
  return items;
}

function labelOf(summary: ConversationSummary): string {
  return summary.title === '' ? vscode.l10n.t('Untitled') : summary.title;
}

function timeOf(summary: ConversationSummary): string {
  return new Date(summary.updatedAt).toLocaleTimeString(vscode.env.language, {
    hour: '2-digit',
    minute: '2-digit',
  });
}

function dayOf(at: number, now: number): string {
  const day = (time: number): string => new Date(time).toDateString();
  if (day(at) === day(now)) return vscode.l10n.t('Today');
  if (day(at) === day(now - 24 * 60 * 60 * 1000)) return vscode.l10n.t('Yesterday');
  return new Date(at).toLocaleDateString(vscode.env.language, { dateStyle: 'medium' });
}
