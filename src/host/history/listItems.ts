import * as vscode from 'vscode';
import { costOfBilled } from '../../core/history/billed.ts';
import type { FoundLine } from '../../core/history/foundLine.ts';
import { fold } from '../../core/history/searchTerms.ts';
import type { Prices } from '../../core/money/money.ts';
import type { ConversationSummary } from '../../core/ports.ts';
import type { FoundText } from '../storage/searchIndex.ts';
import { usd } from '../usd.ts';

/** A row of the list; one without a conversation is a heading, a hint or the way to the trash. */
export interface ListItem extends vscode.QuickPickItem {
  readonly summary?: ConversationSummary;
  /** The turn in which a text was found. */
  readonly turn?: string;
  readonly opens?: 'trash';
  /** Id of a conversation of which there is only a draft. */
  readonly draft?: string;
}

/** What rows are made with. */
export interface ListTools {
  /** The conversation that is shown in the panel. */
  readonly current: string | undefined;
  readonly now: number;
  readonly prices: Prices;
  /** The buttons of a conversation's row. */
  readonly buttonsOf: (summary: ConversationSummary) => readonly vscode.QuickInputButton[];
}

/** All conversations: those that are pinned, then day by day. They come newest first. */
export function rowsByDay(summaries: readonly ConversationSummary[], tools: ListTools): readonly ListItem[] {
  const rows: ListItem[] = [];
  const pinned = summaries.filter((summary) => summary.pinned);
  if (pinned.length > 0) rows.push(heading(vscode.l10n.t('Pinned')));
  for (const summary of pinned) rows.push(rowOf(summary, tools));
  let day = '';
  for (const summary of summaries.filter((other) => !other.pinned)) {
    const itsDay = dayOf(summary.updatedAt, tools.now);
    if (itsDay !== day) rows.push(heading(itsDay));
    day = itsDay;
    rows.push(rowOf(summary, tools));
  }
  return rows;
}

/** Those whose titles have all words of the query, in the same order; at most `most`. */
export function rowsByTitle(
  summaries: readonly ConversationSummary[],
  query: string,
  most: number,
  tools: ListTools,
): readonly ListItem[] {
  const words = fold(query).split(/\s+/);
  const fitting: ConversationSummary[] = [];
  for (const summary of summaries) {
    if (fitting.length >= most) break;
    const title = fold(labelOf(summary));
    if (words.every((word) => title.includes(word))) fitting.push(summary);
  }
  return fitting.map((summary) => ({ ...rowOf(summary, tools), alwaysShow: true }));
}

/** What was found in texts, below a heading; nothing where there is none. */
export function rowsByText(
  found: readonly FoundText[],
  summaries: ReadonlyMap<string, ConversationSummary>,
  query: string,
  tools: ListTools,
): readonly ListItem[] {
  const rows = found.flatMap((one): readonly ListItem[] => {
    const summary = summaries.get(one.conversation);
    if (!summary) return [];
    return [{ ...rowOf(summary, tools), detail: marked(one, query), alwaysShow: true, turn: one.turn }];
  });
  return rows.length === 0 ? [] : [heading(vscode.l10n.t('In Texts')), ...rows];
}

export function heading(label: string): ListItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** The title, or what stands for it. */
export function labelOf({ title, newerVersion }: ConversationSummary): string {
  if (newerVersion !== undefined) return vscode.l10n.t('Written by a newer version of Parley');
  return title === '' ? vscode.l10n.t('Untitled') : title;
}

export function timeOf(at: number): string {
  return new Date(at).toLocaleTimeString(vscode.env.language, { hour: '2-digit', minute: '2-digit' });
}

function rowOf(summary: ConversationSummary, tools: ListTools): ListItem {
  const { model, billed, updatedAt, pinned, newerVersion, id } = summary;
  const cost = billed.length === 0 ? undefined : costOfBilled(billed, tools.prices);
  const at = pinned
    ? new Date(updatedAt).toLocaleDateString(vscode.env.language, { day: 'numeric', month: 'short' })
    : timeOf(updatedAt);
  const facts = [
    id === tools.current ? vscode.l10n.t('open now') : undefined,
    model?.name.replace(/^Claude /, ''),
    cost === undefined ? undefined : usd(cost),
    at,
  ];
  return {
    label: labelOf(summary),
    description: facts.filter((fact) => fact !== undefined).join(' · '),
    buttons: newerVersion === undefined ? tools.buttonsOf(summary) : [],
    summary,
  };
}

/**
 * The line, with brackets around what was found where VS Code does not light it up by itself: it does so where what was typed
 * stands there as a whole.
 */
function marked({ line, marks }: FoundLine, query: string): string {
  if (fold(line).includes(fold(query.trim()))) return line;
  let text = '';
  let end = 0;
  for (const [from, to] of marks) {
    text += `${line.slice(end, from)}«${line.slice(from, to)}»`;
    end = to;
  }
  return text + line.slice(end);
}

function dayOf(at: number, now: number): string {
  const day = (time: number): string => new Date(time).toDateString();
  if (day(at) === day(now)) return vscode.l10n.t('Today');
  if (day(at) === day(startOfDay(now) - 1)) return vscode.l10n.t('Yesterday');
  return new Date(at).toLocaleDateString(vscode.env.language, { dateStyle: 'medium' });
}

/** Midnight here; a day is not always 24 hours long. */
function startOfDay(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0);
}
