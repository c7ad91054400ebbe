import type { ChatEvent } from '../core/conversation/events.ts';
import type { Session } from '../core/conversation/session.ts';
import type { SpendingEntry } from '../core/money/money.ts';
import { spendingOf } from '../core/money/spending.ts';
import type { Clock, SpendingLog } from '../core/ports.ts';

/** Writes down what conversations cost, as it happens. Each write is told to `onNoted`, each failure to `warn`. */
export interface SpendingNotes {
  note(session: Pick<Session, 'conversation'>, events: readonly ChatEvent[]): Promise<void>;
  /** Bills an answer whose window died before it could: it was read from disk as interrupted. */
  catchUp(session: Pick<Session, 'conversation'>): Promise<void>;
}

export function createSpendingNotes(
  log: SpendingLog,
  clock: Pick<Clock, 'now'>,
  warn: (line: string) => void,
  onNoted: () => void,
): SpendingNotes {
  async function append(entries: readonly SpendingEntry[]): Promise<void> {
    for (const entry of entries) {
      const written = await log.append(entry);
      if (!written.ok) warn('What an answer cost could not be noted; the budgets miss it.');
    }
    if (entries.length > 0) onNoted();
  }

  return {
    note: (session, events) =>
      append(events.flatMap((event) => spendingOf(event, session.conversation, clock.now()))),
    async catchUp({ conversation }) {
      const newest = conversation.turns.at(-1);
      if (newest?.role !== 'assistant' || newest.state !== 'interrupted' || !newest.sent) return;
      const known = (await log.since(newest.at)).filter((entry) => entry.turn === newest.id);
      const isOpen = known.length > 0 && known.every((entry) => entry.kind === 'reserved');
      if (!isOpen) return;
      const at = newest.endedAt ?? clock.now();
      await append(
        spendingOf(
          { type: 'turnEnded', turn: newest.id, state: 'interrupted', at },
          conversation,
          clock.now(),
        ),
      );
    },
  };
}
