import type { ChatEvent } from '../../src/core/conversation/events.ts';
import { emptyConversation } from '../../src/core/conversation/events.ts';
import type { Conversation } from '../../src/core/conversation/model.ts';
import type { ModelInfo } from '../../src/core/modelInfo.ts';
import type { AnswerPiece, Claude, Clock, Exchange, OpenConversation } from '../../src/core/ports.ts';
import { succeed } from '../../src/core/ports.ts';
import type { MessageRequest } from '../../src/core/request/request.ts';

/** A clock that moves one ms at each look, and ids that count. */
export function createTestClock(): Clock {
  let time = 1000;
  let ids = 0;
  return { now: () => time++, newId: () => `id${++ids}` };
}

/** A conversation whose journal is an array. */
export function openInMemory(
  conversation: Conversation = emptyConversation('c1', 1),
): OpenConversation & { readonly written: readonly ChatEvent[] } {
  const written: ChatEvent[] = [];
  const append = (events: readonly ChatEvent[]): void => void written.push(...events);
  return { conversation, written, journal: { append, settle: async () => succeed(undefined) } };
}

/** A Claude that says what the test tells it, piece by piece, and remembers what it was asked. */
export interface ScriptedClaude extends Claude {
  readonly requests: readonly MessageRequest[];
  /** Sends a piece to the newest request. */
  say(...pieces: readonly AnswerPiece[]): void;
  readonly stops: number;
}

export function createScriptedClaude(models: readonly ModelInfo[] = []): ScriptedClaude {
  const requests: MessageRequest[] = [];
  let send: (piece: AnswerPiece) => void = () => undefined;
  let stops = 0;
  return {
    requests,
    get stops() {
      return stops;
    },
    say: (...pieces) => pieces.forEach((piece) => void send(piece)),
    models: async () => succeed(models),
    start(request): Exchange {
      requests.push(request);
      const queue: AnswerPiece[] = [];
      let wake: () => void = () => undefined;
      send = (piece) => {
        queue.push(piece);
        wake();
      };
      return {
        pieces: drain(queue, (resume) => {
          wake = resume;
        }),
        stop() {
          stops++;
          queue.push({ type: 'end', outcome: 'stopped' });
          wake();
        },
      };
    },
  };
}

async function* drain(
  queue: AnswerPiece[],
  onWait: (resume: () => void) => void,
): AsyncGenerator<AnswerPiece> {
  for (;;) {
    const piece = queue.shift();
    if (!piece) {
      await new Promise<void>((resolve) => onWait(resolve));
      continue;
    }
    yield piece;
    if (piece.type === 'end') return;
  }
}
