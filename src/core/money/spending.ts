import type { ChatEvent } from '../conversation/events.ts';
import {
  type AssistantTurn,
  type Conversation,
  findTurn,
  type InputSplit,
  type Usage,
} from '../conversation/model.ts';
import { NOTHING_SPENT, type SpendingEntry } from './money.ts';
import { billOf } from './prices.ts';

/**
 * What an event means for the spending log: a request that leaves reserves its worst case, every figure that the
 * API bills is noted, and the end of an answer releases what was reserved. `conversation` is the one after the event.
 */
export function spendingOf(
  event: ChatEvent,
  conversation: Conversation,
  now: number,
): readonly SpendingEntry[] {
  switch (event.type) {
    case 'requestSent':
      return reservation(event.turn, conversation, now);
    case 'retryScheduled':
    case 'requestRepaired':
    case 'answerPaused':
      return event.attempt.usage ? answerBills(event.turn, event.attempt.usage, conversation, now) : [];
    case 'turnEnded': {
      const usage = answerOf(conversation, event.turn)?.usage;
      return usage
        ? answerBills(event.turn, usage, conversation, now)
        : release(event.turn, conversation, now);
    }
    case 'compactionEnded':
      return compactionBills(event.compaction, event.usage, conversation, now);
    default:
      return [];
  }
}

function reservation(turn: string, conversation: Conversation, at: number): readonly SpendingEntry[] {
  const answer = answerOf(conversation, turn);
  const quoted = answer?.sent?.quoted;
  if (!answer || !quoted) return [];
  const { fresh, read, write5m, write1h, maxOutput } = quoted;
  const prompt = fresh + read + write5m + write1h;
  const cached =
    write1h > 0 ? { write1h: prompt } : read + write5m > 0 ? { write5m: prompt } : { fresh: prompt };
  const usage = { ...NOTHING_SPENT, ...cached, output: maxOutput };
  return [{ ...whose(answer, conversation, at), kind: 'reserved', what: 'answer', usage }];
}

function answerBills(
  turn: string,
  usage: Usage,
  conversation: Conversation,
  at: number,
): readonly SpendingEntry[] {
  const answer = answerOf(conversation, turn);
  if (!answer) return [];
  const quoted = answer.sent?.quoted;
  return billOf(usage, answer.model.id).map((bill, index) => ({
    ...whose(answer, conversation, at),
    ...modelOf(bill.model, answer),
    kind: 'billed',
    what: bill.what,
    usage: bill.usage,
    ...(quoted && index === 0 ? { quoted: splitOf(quoted) } : {}),
  }));
}

function release(turn: string, conversation: Conversation, at: number): readonly SpendingEntry[] {
  const answer = answerOf(conversation, turn);
  if (!answer?.sent) return [];
  return [{ ...whose(answer, conversation, at), kind: 'billed', what: 'answer', usage: NOTHING_SPENT }];
}

function compactionBills(
  id: string,
  usage: Usage | undefined,
  conversation: Conversation,
  at: number,
): readonly SpendingEntry[] {
  const compaction = conversation.compactions.find((candidate) => candidate.id === id);
  if (!compaction || !usage) return [];
  return billOf(usage, compaction.model.id)
    .filter((bill) => Object.values(bill.usage).some((tokens) => tokens > 0))
    .map((bill) => ({
      ...whose(compaction, conversation, at),
      kind: 'billed',
      what: 'compaction',
      usage: bill.usage,
    }));
}

function whose(
  of: Pick<AssistantTurn, 'id' | 'model'>,
  conversation: Conversation,
  at: number,
): Pick<SpendingEntry, 'at' | 'conversation' | 'turn' | 'model' | 'modelName'> {
  return { at, conversation: conversation.id, turn: of.id, model: of.model.id, modelName: of.model.name };
}

/** Another model may have answered in place of the one that was asked. */
function modelOf(model: string, { model: asked }: AssistantTurn): Pick<SpendingEntry, 'model' | 'modelName'> {
  return { model, modelName: model === asked.id ? asked.name : model };
}

function splitOf({ fresh, read, write5m, write1h }: InputSplit): InputSplit {
  return { fresh, read, write5m, write1h };
}

function answerOf(conversation: Conversation, id: string): AssistantTurn | undefined {
  const turn = findTurn(conversation, id);
  return turn?.role === 'assistant' ? turn : undefined;
}
