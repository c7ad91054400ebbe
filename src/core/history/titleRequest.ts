import { answerText, type Conversation, type ModelChoice } from '../conversation/model.ts';
import type { ModelInfo } from '../modelInfo.ts';
import type { Prices, SpentUsage } from '../money/money.ts';
import { costOf, priceOf } from '../money/prices.ts';
import type { MessageRequest } from '../request/messageRequest.ts';
import { wellFormed } from '../request/wellFormed.ts';

/** A title has so many tokens at most. */
export const TITLE_TOKENS = 30;

/** A request for a title and what it is expected to cost. */
export interface TitleRequest {
  readonly model: ModelChoice;
  readonly request: MessageRequest;
  /** USD: its prompt and the longest title. */
  readonly usd: number;
}

/**
 * The request for a title of a conversation, to the model for which that costs least. Undefined where nothing was said yet, and
 * where there is no model of known price that answers without thinking first: the bill of that could not be told before.
 */
export function titleRequest(
  conversation: Conversation,
  models: readonly ModelInfo[],
  prices: Prices,
  estimate: (request: MessageRequest) => number,
): TitleRequest | undefined {
  const prompt = promptOf(conversation);
  if (prompt === '') return undefined;
  let cheapest: TitleRequest | undefined;
  for (const model of models.filter(answersAtOnce)) {
    const price = priceOf(prices, model.id);
    if (!price) continue;
    const request = requestTo(model, prompt);
    const usage: SpentUsage = { ...NOTHING, fresh: estimate(request), output: TITLE_TOKENS };
    const usd = costOf(usage, price);
    if (cheapest && cheapest.usd <= usd) continue;
    cheapest = { model: { id: model.id, name: model.name }, request, usd };
  }
  return cheapest;
}

/** What came back as a title: one line without quotes and period, at most 60 characters; empty where it is none. */
export function titleIn(answer: string): string {
  const line = answer.trim().split('\n')[0] ?? '';
  const bare = line
    .replace(/^(#+|title:)\s*/i, '')
    .replace(/^["'“«*]+|["'”»*.]+$/g, '')
    .trim();
  return wellFormed(bare.length <= 60 ? bare : `${bare.slice(0, 59).trimEnd()}…`);
}

/** Of each text so many characters go out: what a conversation is about stands at its beginning. */
const QUESTION = 2_000;
const ANSWER = 1_000;

const NOTHING: SpentUsage = { fresh: 0, read: 0, write5m: 0, write1h: 0, output: 0 };

function answersAtOnce({ thinking = [], lifecycle = 'active' }: ModelInfo): boolean {
  return lifecycle === 'active' && (thinking.length === 0 || thinking.includes('disabled'));
}

function requestTo({ id, thinking = [] }: ModelInfo, prompt: string): MessageRequest {
  return {
    model: id,
    max_tokens: TITLE_TOKENS,
    ...(thinking.includes('disabled') ? { thinking: { type: 'disabled' } as const } : {}),
    messages: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
  };
}

function promptOf({ turns }: Conversation): string {
  const question = turns.find((turn) => turn.role === 'user');
  const answer = turns.find((turn) => turn.role === 'assistant');
  const asked = (question?.parts ?? [])
    .flatMap((part) => (part.kind === 'text' ? [part.text] : []))
    .join('\n');
  const answered = answer ? answerText(answer) : '';
  if (asked.trim() === '' && answered.trim() === '') return '';
  return wellFormed(
    [
      'Below is the beginning of a conversation. Write a title for it, at most six words, in the language of the question.',
      'Answer with the title alone: no quotes, no period.',
      `<question>\n${asked.slice(0, QUESTION)}\n</question>`,
      `<answer>\n${answered.slice(0, ANSWER)}\n</answer>`,
    ].join('\n\n'),
  );
}
