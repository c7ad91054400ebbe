import type * as vscode from 'vscode';
import { type ChatEvent, coalesce } from '../../core/conversation/events.ts';
import { type ToView, withoutAttachedText } from '../../core/protocol.ts';

/** The shortest time between two batches of events, in ms: about two frames. The first one does not wait. */
const BATCH_EVERY = 33;

/** A message without its number; the outbox numbers what it sends. */
export type Unnumbered = ToView extends infer Message
  ? Message extends ToView
    ? Omit<Message, 'seq'>
    : never
  : never;

/** Everything that goes to one page, in order and numbered without a gap. */
export interface Outbox {
  post(message: Unnumbered): void;
  /** Sends what waits, then starts the numbers anew; the message must be a snapshot. */
  startAnew(snapshot: Unnumbered): void;
  /** Takes events of the shown conversation; they go out together, at most one batch in 33 ms. */
  queue(conversation: string, events: readonly ChatEvent[]): void;
  /** Drops what waits: the page is gone or about to get a snapshot. */
  clear(): void;
}

/** Never awaits the page: a webview's `postMessage` may stay unanswered for ever. */
export function createOutbox(webview: Pick<vscode.Webview, 'postMessage'>): Outbox {
  let seq = 0;
  let waiting: ChatEvent[] = [];
  let shown = '';
  let timer: NodeJS.Timeout | undefined;
  let flushedAt = 0;

  function send(message: Unnumbered): void {
    void webview.postMessage({ ...message, seq: seq++ });
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const events = coalesce(waiting).map(forPage);
    waiting = [];
    flushedAt = Date.now();
    send({ type: 'events', conversation: shown, events });
  }

  function clear(): void {
    clearTimeout(timer);
    timer = undefined;
    waiting = [];
  }

  return {
    post(message) {
      flush();
      send(message);
    },
    startAnew(snapshot) {
      clear();
      seq = 0;
      send(snapshot);
    },
    queue(conversation, events) {
      if (conversation !== shown) flush();
      shown = conversation;
      waiting.push(...events);
      timer ??= setTimeout(flush, Math.max(0, flushedAt + BATCH_EVERY - Date.now()));
    },
    clear,
  };
}

function forPage(event: ChatEvent): ChatEvent {
  return event.type === 'turnAdded' ? { ...event, turn: withoutAttachedText(event.turn) } : event;
}
