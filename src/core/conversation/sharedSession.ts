import type { ChatEvent } from './events.ts';
import { foldAll } from './folding.ts';
import { type Conversation, streamingTurn } from './model.ts';
import type { Session } from './session.ts';

/** A session that stays the same while its conversation changes hands between windows. */
export interface SharedSession extends Session {
  /** This window writes from now on. */
  write(writer: Session): void;
  /** Another window writes from now on, or the journal was read anew: this is where the conversation stands. */
  follow(conversation: Conversation): void;
  /** What the other window has written since. Nothing happens while this one writes. */
  hear(events: readonly ChatEvent[]): void;
}

/** Read-only at first. `onRefused` hears of facts that could not be recorded because another window writes. */
export function createSharedSession(first: Conversation, onRefused: () => void): SharedSession {
  let followed = first;
  let writer: Session | undefined;
  let leave = (): void => undefined;
  const listeners = new Set<(events: readonly ChatEvent[]) => void>();

  function tell(events: readonly ChatEvent[]): void {
    for (const listener of [...listeners]) listener(events);
  }

  return {
    get conversation() {
      return writer ? writer.conversation : followed;
    },
    get busy() {
      return writer ? writer.busy : streamingTurn(followed) !== undefined;
    },
    get readOnly() {
      return writer === undefined;
    },
    ask: (parts, context) => (writer ? writer.ask(parts, context) : 'readOnly'),
    retry: (context) => (writer ? writer.retry(context) : 'readOnly'),
    edit: (question, parts, context) => (writer ? writer.edit(question, parts, context) : 'readOnly'),
    continueAnswer: (context) => (writer ? writer.continueAnswer(context) : 'readOnly'),
    compact: (instructions, context) => (writer ? writer.compact(instructions, context) : 'readOnly'),
    retryNow: () => writer?.retryNow(),
    stop: () => writer?.stop(),
    record(...events) {
      if (writer) writer.record(...events);
      else onRefused();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    flush: async () => writer?.flush(),
    settled: async () => writer?.settled(),
    write(next) {
      leave();
      writer = next;
      followed = next.conversation;
      leave = next.subscribe(tell);
    },
    follow(conversation) {
      leave();
      leave = () => undefined;
      writer = undefined;
      followed = conversation;
    },
    hear(events) {
      if (writer) return;
      followed = foldAll(followed, events);
      tell(events);
    },
  };
}
