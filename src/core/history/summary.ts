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

/** When something was asked, answered or summarized last; before that, when it began. */
function lastActivity({ createdAt, turns, aside, compactions }: Conversation): number {
  let last = createdAt;
  for (const turn of [...turns, ...aside]) {
    const ended = turn.role === 'assistant' ? (turn.endedAt ?? 0) : 0;
    last = Math.max(last, turn.at, ended);
  }
  for (const { at, endedAt = 0 } of compactions) last = Math.max(last, at, endedAt);
  return last;
}
