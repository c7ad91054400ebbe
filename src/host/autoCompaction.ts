import type { ChatEvent } from '../core/conversation/events.ts';
import { contextTokens } from '../core/conversation/model.ts';
import type { Session } from '../core/conversation/session.ts';
import type { Asking } from './asking.ts';
import type { Chats } from './chats.ts';
import type { ModelCatalogue } from './modelCatalogue.ts';
import { currentSettings } from './settings.ts';

/**
 * Summarizes a conversation that has filled its share of the context window and takes the summary, where the user
 * has chosen `auto`. Everything else (budgets, undo) is as if the user had done it by hand.
 */
export function createAutoCompaction(
  asking: Asking,
  catalogue: ModelCatalogue,
  chats: () => Chats,
): (session: Session, events: readonly ChatEvent[]) => void {
  const mine = new Set<string>();

  /** A summary that failed costs money each time; after one the user is left to ask for the next. */
  function isDue(session: Session): boolean {
    if (session.conversation.compactions.at(-1)?.state === 'failed') return false;
    const window = catalogue.find(asking.modelOf(session.conversation).id)?.maxInput;
    const tokens = contextTokens(session.conversation);
    const share = currentSettings().compactionThreshold / 100;
    return window !== undefined && tokens !== undefined && tokens >= window * share;
  }

  return (session, events) => {
    if (currentSettings().compaction !== 'auto') return;
    for (const event of events) {
      if (event.type === 'turnEnded' && event.state === 'done' && isDue(session)) {
        void chats().submit(session, { type: 'compact', instructions: '' });
      }
      if (event.type === 'compactionStarted') mine.add(event.compaction.id);
      if (event.type === 'compactionEnded' && mine.delete(event.compaction) && event.state === 'offered') {
        session.record({ type: 'compactionDecided', compaction: event.compaction, state: 'taken' });
      }
    }
  };
}
