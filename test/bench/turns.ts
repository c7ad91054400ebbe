import type { ChatEvent } from '../../src/core/conversation/events.ts';
import { longAnswer } from './texts.ts';

const AT = Date.UTC(2026, 0, 31, 12);
const DELTA = 24;

/** A question of an ordinary length. */
export function question(id: string, parent: string | null): ChatEvent {
  const text = `Why does ${id} read the whole file again when only its last line has changed?`;
  return { type: 'turnAdded', turn: { role: 'user', id, parent, at: AT, parts: [{ kind: 'text', text }] } };
}

/** An answer of this many characters with everything that comes before and after it, delta by delta. */
export function streamedAnswer(id: string, parent: string, length: number): readonly ChatEvent[] {
  const text = longAnswer(length);
  const deltas = Array.from(
    { length: Math.ceil(length / DELTA) },
    (_, at): ChatEvent => ({
      type: 'textGrew',
      turn: id,
      index: 0,
      text: text.slice(at * DELTA, (at + 1) * DELTA),
    }),
  );
  return [...beginning(id, parent), ...deltas, ...ending(id)];
}

/** The same as it lies on disk: its text in a few pieces, one for each time it was written. */
export function storedAnswer(id: string, parent: string, pieces: readonly string[]): readonly ChatEvent[] {
  const growth = pieces.map((text): ChatEvent => ({ type: 'textGrew', turn: id, index: 0, text }));
  return [...beginning(id, parent), ...growth, ...ending(id)];
}

function beginning(id: string, parent: string): readonly ChatEvent[] {
  const model = { id: 'claude-simulated', name: 'Claude Simulated' };
  const usage = { input: 1200, cacheRead: 9000, cacheWrite: 300, cacheWrite1h: 0, output: 1 };
  return [
    {
      type: 'turnAdded',
      turn: { role: 'assistant', id, parent, at: AT, model, state: 'streaming', blocks: [] },
    },
    { type: 'answerStarted', turn: id, messageId: `msg_${id}`, requestId: `req_${id}`, usage },
    { type: 'blockStarted', turn: id, index: 0, block: { type: 'text', text: '' }, at: AT },
  ];
}

function ending(id: string): readonly ChatEvent[] {
  const usage = { input: 1200, cacheRead: 9000, cacheWrite: 300, cacheWrite1h: 0, output: 400 };
  return [
    { type: 'blockEnded', turn: id, index: 0, at: AT },
    { type: 'turnEnded', turn: id, state: 'done', at: AT, stopReason: 'end_turn', usage },
  ];
}
