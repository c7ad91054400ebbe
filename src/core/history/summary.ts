import type { Conversation } from '../conversation/model.ts';
import type { ConversationSummary } from '../ports.ts';
import { billedTokens } from './billed.ts';

/** What the list shows of a conversation. Its title is empty where it has none. */
export function summaryOf(conversation: Conversation): ConversationSummary {
  const { id, title, createdAt, turns, system, deletedAt } = conversation;
  const newest = turns.findLast((turn) => turn.role === 'assistant');
  const model = newest?.model ?? conversation.model;
  return {
    id,
    title,
    createdAt,
    updatedAt: lastActivity(conversation),
    turns: turns.length,
    pinned: conversation.pinned ?? false,
    billed: billedTokens(conversation),
    ...(model ? { model } : {}),
    ...(system?.workspace === undefined ? {} : { workspace: system.workspace }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
  };
}

/** What is known of a file whose format is newer: nothing but that it is there. */
export function newerSummary(id: string, newerVersion: number, at: number): ConversationSummary {
  return { id, title: '', createdAt: at, updatedAt: at, turns: 0, pinned: false, billed: [], newerVersion };
}

/** When something was asked, answered or summarized last; before that, when it began. What is no time does not count. */
function lastActivity({ createdAt, turns, aside, compactions }: Conversation): number {
  let last = createdAt;
  for (const { at, ...more } of [...turns, ...aside, ...compactions]) {
    const ended = 'endedAt' in more ? more.endedAt : undefined;
    for (const time of [at, ended ?? at]) if (time > last && time <= LATEST) last = time;
  }
  return last;
}

/** The last moment that a date can stand for, in ms since the epoch. */
const LATEST = 8.64e15;
