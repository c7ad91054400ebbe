import type { AskContext } from '../../../src/core/conversation/askContext.ts';
import { type ChatEvent, emptyConversation } from '../../../src/core/conversation/events.ts';
import type { Failure, Turn } from '../../../src/core/conversation/model.ts';
import { createSession, type Session } from '../../../src/core/conversation/session.ts';
import type { AnswerPiece } from '../../../src/core/ports.ts';
import { NO_USAGE } from '../../support/conversations.ts';
import {
  askContext,
  createScriptedClaude,
  createTestClock,
  openInMemory,
  type ScriptedClaude,
  type TestClock,
} from '../../support/memoryPorts.ts';

/** What the simulated answers begin with. */
export const STARTED: AnswerPiece = {
  type: 'started',
  messageId: 'msg_1',
  requestId: 'req_1',
  usage: { ...NO_USAGE, input: 12 },
};
/** An answer that says "Hello" and has not ended. */
export const TEXT: readonly AnswerPiece[] = [
  STARTED,
  { type: 'blockStarted', index: 0, block: { type: 'text', text: '' } },
  { type: 'delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } },
  { type: 'delta', index: 0, delta: { type: 'text_delta', text: 'lo' } },
];
export const DONE: AnswerPiece = {
  type: 'end',
  outcome: 'done',
  stopReason: 'end_turn',
  usage: { ...NO_USAGE, input: 12, output: 3 },
};

export interface Setup {
  readonly session: Session;
  readonly claude: ScriptedClaude;
  readonly clock: TestClock;
  readonly context: AskContext;
  readonly written: readonly ChatEvent[];
  readonly storageFailures: readonly Failure[];
}

/** A session over ports in memory, at the end of this conversation. */
export function setUp(conversation = emptyConversation('c1', 1)): Setup {
  const claude = createScriptedClaude();
  const clock = createTestClock();
  const open = openInMemory(conversation);
  const storageFailures: Failure[] = [];
  const session = createSession(open, clock, (failure) => storageFailures.push(failure));
  return { session, claude, clock, context: askContext(claude), written: open.written, storageFailures };
}

export const say = (text: string) => [{ kind: 'text', text }] as const;
/** Resolves when something holds that other promises bring about. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
export const newest = (session: Session): Turn | undefined => session.conversation.turns.at(-1);
/** The end of a request that failed so. */
export const failed = (failure: Failure): AnswerPiece => ({ type: 'end', outcome: 'failed', failure });
