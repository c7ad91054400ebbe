import type { AssistantTurn, Conversation, Turn, UserTurn } from '../conversation/model.ts';

/** A question and what was answered to it. The question is missing only where its line on disk was damaged. */
export interface ExchangedTurns {
  readonly question?: UserTurn;
  readonly answers: readonly AssistantTurn[];
}

/**
 * The exchanges of a history that are still sent. A refused one leaves with its question, as the API asks (API docs,
 * stop reasons), and so does one whose question was withdrawn. The newest question is kept whatever happened
 * to it when it is being asked.
 */
export function sentExchanges(
  turns: readonly Turn[],
  conversation: Conversation,
  asking: boolean,
): readonly ExchangedTurns[] {
  const all = exchangesOf(turns);
  return all.filter((exchange, index) => {
    if (asking && index === all.length - 1) return true;
    return !isRefused(exchange) && !isWithdrawn(exchange, conversation);
  });
}

/** Whether the server has paused in the middle of this answer, which then goes on with the next request. */
export function isPaused({ state, stopReason, attempts = [] }: AssistantTurn): boolean {
  if (state !== 'streaming') return stopReason === 'pause_turn';
  return attempts.some((attempt) => attempt.stopReason === 'pause_turn');
}

/** Whether the API began to answer, so that it has read the prompt and may have cached it. */
export function hasBegun(answer: AssistantTurn): boolean {
  return answer.messageId !== undefined || answer.blocks.length > 0;
}

function exchangesOf(turns: readonly Turn[]): readonly ExchangedTurns[] {
  const exchanges: { question?: UserTurn; answers: AssistantTurn[] }[] = [];
  for (const turn of turns) {
    const newest = exchanges.at(-1);
    if (turn.role === 'user') exchanges.push({ question: turn, answers: [] });
    else if (newest) newest.answers.push(turn);
    else exchanges.push({ answers: [turn] });
  }
  return exchanges;
}

function isRefused({ answers }: ExchangedTurns): boolean {
  return answers.some((answer) => answer.stopReason === 'refusal');
}

/**
 * A question that was given up on, asked again and answered then is good after all: the answer that gave it up lies
 * aside or was left behind by a fork. One that a later answer withdrew stays so.
 */
function isWithdrawn({ question, answers }: ExchangedTurns, { turns, aside }: Conversation): boolean {
  if (!question?.withdrawn) return false;
  const withdraws = (turn: Turn): boolean =>
    turn.role === 'assistant' &&
    (turn.repairs ?? []).some((repair) => repair.kind === 'turnWithdrawn' && repair.turn === question.id);
  const isAnswered = answers.some((answer) => answer.blocks.length > 0);
  const others = aside.filter((turn) => turn.parent !== question.id);
  return !isAnswered || turns.some(withdraws) || others.some(withdraws);
}
