import { type AskContext, NO_WORKSPACE } from '../../src/core/conversation/askContext.ts';
import type { ChatEvent } from '../../src/core/conversation/events.ts';
import { emptyConversation } from '../../src/core/conversation/events.ts';
import type { Conversation } from '../../src/core/conversation/model.ts';
import type { ModelInfo } from '../../src/core/modelInfo.ts';
import { createCacheLedger } from '../../src/core/money/ledger.ts';
import type {
  AnswerPiece,
  AttachmentStore,
  Claude,
  Clock,
  Exchange,
  OpenConversation,
  Result,
} from '../../src/core/ports.ts';
import { fail, GONE, succeed } from '../../src/core/ports.ts';
import type { MessageRequest } from '../../src/core/request/messageRequest.ts';

/** A clock that moves one ms at each look, ids that count, and timers that run when the test says so. */
export interface TestClock extends Clock {
  /** Lets this many ms pass; what was due is called, earliest first. */
  pass(ms: number): void;
  /** How many timers wait. */
  readonly waiting: number;
}

export function createTestClock(): TestClock {
  let time = 1000;
  let ids = 0;
  let timers: { readonly at: number; readonly callback: () => void }[] = [];
  return {
    now: () => time++,
    newId: () => `id${++ids}`,
    random: () => 0.5,
    after(ms, callback) {
      const timer = { at: time + ms, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    pass(ms) {
      time += ms;
      const due = timers.filter((timer) => timer.at <= time).sort((a, b) => a.at - b.at);
      timers = timers.filter((timer) => timer.at > time);
      for (const timer of due) timer.callback();
    },
    get waiting() {
      return timers.length;
    },
  };
}

/** A conversation whose journal is an array. */
export function openInMemory(
  conversation: Conversation = emptyConversation('c1', 1),
): OpenConversation & { readonly written: readonly ChatEvent[] } {
  const written: ChatEvent[] = [];
  const append = (events: readonly ChatEvent[]): void => void written.push(...events);
  return { conversation, written, journal: { append, settle: async () => succeed(undefined) } };
}

/** Attachments that live as long as the test; names are numbers. */
export function createMemoryAttachments(known: Readonly<Record<string, string>> = {}): AttachmentStore {
  const stored = new Map(Object.entries(known));
  const read = (sha256: string): Result<string> => {
    const data = stored.get(sha256);
    return data === undefined ? fail({ kind: 'storage', code: GONE, message: 'ENOENT' }) : succeed(data);
  };
  return {
    async put(bytes) {
      const sha256 = String(stored.size + 1).padStart(64, '0');
      stored.set(sha256, Buffer.from(bytes).toString('base64'));
      return succeed({ sha256 });
    },
    base64: async (sha256) => read(sha256),
    async text(sha256) {
      const data = read(sha256);
      return data.ok ? succeed(Buffer.from(data.value, 'base64').toString()) : data;
    },
  };
}

/** The context of a question to a current model, with whatever a test wants otherwise. */
export function askContext(claude: Claude, more: Partial<AskContext> = {}): AskContext {
  const model = { id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5' };
  return {
    claude: succeed(claude),
    model,
    modelInfo: {
      ...model,
      maxInput: 1_000_000,
      maxOutput: 128_000,
      thinking: ['adaptive'],
      efforts: ['low', 'high'],
      images: true,
      compaction: ['summarize'],
    },
    effort: 'high',
    thinking: 'on',
    showThinking: true,
    maxOutputTokens: 1000,
    systemTexts: [{ source: 'base', text: 'Be brief.' }],
    ttl: '5m',
    workspace: NO_WORKSPACE,
    maxAttempts: 3,
    endpoint: { without: new Set(), learn: () => undefined },
    attachments: createMemoryAttachments(),
    ledger: createCacheLedger(),
    count: async () => undefined,
    learn: () => undefined,
    ...more,
  };
}

/** A Claude that says what the test tells it, piece by piece, and remembers what it was asked. */
export interface ScriptedClaude extends Claude {
  readonly requests: readonly MessageRequest[];
  /** Adds to what the current request is answered; after an `end` to what the next one is, also before it comes. */
  say(...pieces: readonly AnswerPiece[]): void;
  readonly stops: number;
  /** Resolves when this many requests have been made. */
  asked(times: number): Promise<void>;
}

export function createScriptedClaude(models: readonly ModelInfo[] = []): ScriptedClaude {
  const requests: MessageRequest[] = [];
  const answers: AnswerPiece[][] = [];
  const wakers = new Set<() => void>();
  let saying = 0;
  let stops = 0;
  const wake = (): void => {
    for (const waker of [...wakers]) waker();
  };
  const answerAt = (index: number): AnswerPiece[] => {
    answers[index] ??= [];
    return answers[index];
  };
  async function waitFor(met: () => boolean): Promise<void> {
    while (!met()) {
      await new Promise<void>((resolve) => {
        const waker = (): void => {
          wakers.delete(waker);
          resolve();
        };
        wakers.add(waker);
      });
    }
  }
  async function* pieces(index: number): AsyncGenerator<AnswerPiece> {
    for (let at = 0; ; at++) {
      await waitFor(() => answerAt(index).length > at);
      const piece = answerAt(index)[at];
      if (!piece) return;
      yield piece;
      if (piece.type === 'end') return;
    }
  }
  return {
    requests,
    get stops() {
      return stops;
    },
    say(...all) {
      for (const piece of all) {
        answerAt(saying).push(piece);
        if (piece.type === 'end') saying++;
      }
      wake();
    },
    asked: (times) => waitFor(() => requests.length >= times),
    models: async () => succeed(models),
    warm: async () => fail({ kind: 'noEndpoint' }),
    countTokens: () => ({ tokens: Promise.resolve(fail({ kind: 'noEndpoint' })), cancel: () => undefined }),
    start(request): Exchange {
      const index = requests.length;
      requests.push(request);
      wake();
      return {
        pieces: pieces(index),
        stop() {
          stops++;
          answerAt(index).push({ type: 'end', outcome: 'stopped' });
          saying = Math.max(saying, index + 1);
          wake();
        },
      };
    },
  };
}
