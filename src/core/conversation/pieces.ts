import type { AnswerEnd, AnswerPiece } from '../ports.ts';
import type { ChatEvent } from './events.ts';
import type { Failure } from './model.ts';

/**
 * The event that a piece of an answer makes. `base` is the number of blocks that earlier requests of the same
 * answer have brought: the API counts from 0 in each.
 */
export function eventOf(
  turn: string,
  piece: Exclude<AnswerPiece, { type: 'end' }>,
  base: number,
  at: number,
): ChatEvent {
  switch (piece.type) {
    case 'started': {
      const { type: _, ...started } = piece;
      return { type: 'answerStarted', turn, ...started };
    }
    case 'blockStarted':
      return { type: 'blockStarted', turn, index: base + piece.index, block: piece.block, at };
    case 'delta':
      return growth(turn, base + piece.index, piece.delta);
    case 'blockEnded':
      return { type: 'blockEnded', turn, index: base + piece.index, at };
  }
}

/** The event that closes an answer; `empty` tells that it has no block. */
export function endingOf(turn: string, at: number, end: AnswerEnd, empty: boolean): ChatEvent {
  const { usage, requestId } = end;
  const known = { ...(usage ? { usage } : {}), ...(requestId === undefined ? {} : { requestId }) };
  const ended = { type: 'turnEnded', turn, at, ...known } as const;
  switch (end.outcome) {
    case 'stopped':
      return { ...ended, state: 'stopped' };
    case 'failed':
      return { ...ended, state: 'failed', failure: end.failure };
    case 'done': {
      const failure = failureOf(end.stopReason, end.explanation, empty);
      const { stopReason } = end;
      return failure
        ? { ...ended, state: 'failed', stopReason, failure }
        : { ...ended, state: 'done', stopReason };
    }
  }
}

/** Text and thinking grow by what came; any other delta is kept as the API sent it. */
function growth(
  turn: string,
  index: number,
  delta: Extract<AnswerPiece, { type: 'delta' }>['delta'],
): ChatEvent {
  const { text, thinking } = delta;
  if (delta.type === 'text_delta' && typeof text === 'string') return { type: 'textGrew', turn, index, text };
  if (delta.type === 'thinking_delta' && typeof thinking === 'string') {
    return { type: 'thinkingGrew', turn, index, text: thinking };
  }
  return { type: 'blockChanged', turn, index, delta };
}

/** A refusal and an empty answer arrive as successes, but are none to the user. */
function failureOf(stopReason: string, explanation: string | undefined, empty: boolean): Failure | undefined {
  if (stopReason === 'refusal') {
    return { kind: 'refusal', ...(explanation === undefined ? {} : { message: explanation }) };
  }
  return empty ? { kind: 'empty' } : undefined;
}
