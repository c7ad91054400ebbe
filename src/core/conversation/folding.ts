import { type ChatEvent, reduce } from './events.ts';
import type { Conversation } from './model.ts';

/** Takes events one by one; what comes of them is what `reduceAll` would give. */
export interface Folding {
  /** Throws where `reduce` does, on what is no event; nothing has changed then. */
  take(event: ChatEvent): void;
  result(): Conversation;
}

/**
 * For whole histories: an answer that grows is worked on by itself, and put back when something else happens. Otherwise all turns
 * are copied for each of its events, which takes longer than all the rest.
 */
export function createFolding(start: Conversation): Folding {
  let conversation = start;
  let answer: { readonly id: string; readonly at: number; alone: Conversation } | undefined;

  function putBack(): void {
    const turn = answer?.alone.turns[0];
    if (answer && turn) conversation = { ...conversation, turns: conversation.turns.with(answer.at, turn) };
    answer = undefined;
  }

  function takeOut(id: string): { readonly id: string; readonly at: number; alone: Conversation } {
    if (answer?.id === id) return answer;
    putBack();
    const at = conversation.turns.findLastIndex((turn) => turn.id === id);
    return { id, at, alone: { ...conversation, turns: conversation.turns.slice(at, at + 1) } };
  }

  return {
    take(event) {
      if (isOfOneAnswer(event)) {
        answer = takeOut(event.turn);
        answer.alone = reduce(answer.alone, event);
        return;
      }
      putBack();
      conversation = reduce(conversation, event);
    },
    result() {
      putBack();
      return conversation;
    },
  };
}

/** Events that change one answer and look at nothing else. */
type OfOneAnswer = Extract<
  ChatEvent,
  {
    type:
      | 'requestSent'
      | 'answerStarted'
      | 'blockStarted'
      | 'textGrew'
      | 'thinkingGrew'
      | 'blockChanged'
      | 'blockEnded'
      | 'turnEnded';
  }
>;

const OF_ONE_ANSWER: ReadonlySet<ChatEvent['type']> = new Set<OfOneAnswer['type']>([
  'requestSent',
  'answerStarted',
  'blockStarted',
  'textGrew',
  'thinkingGrew',
  'blockChanged',
  'blockEnded',
  'turnEnded',
]);

/** As `reduceAll`, of events that somebody else has made: what `reduce` cannot take changes nothing. */
export function foldAll(start: Conversation, events: readonly ChatEvent[]): Conversation {
  const folding = createFolding(start);
  for (const event of events) {
    try {
      folding.take(event);
    } catch {
      // As in a journal that is read whole, what follows still counts.
    }
  }
  return folding.result();
}

function isOfOneAnswer(event: ChatEvent): event is OfOneAnswer {
  return OF_ONE_ANSWER.has(event.type);
}
