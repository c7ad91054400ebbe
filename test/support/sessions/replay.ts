import { isObject } from '../../../src/claude/json.ts';
import { usageOf } from '../../../src/claude/usage.ts';
import type { Json, Usage } from '../../../src/core/conversation/model.ts';
import { type Account, createAccount } from '../fakeClaude/answer/account.ts';
import { answerMessages } from '../fakeClaude/answer/messages.ts';
import { DEFAULT_MODELS } from '../fakeClaude/defaultModels.ts';
import { type Wire, wires } from '../fakeClaude/wire.ts';
import type { SentTurn } from './parley.ts';
import type { SessionScript } from './script.ts';
import type { Strategy } from './strategies.ts';

/**
 * The bills of the same dialogue, sent another way to a simulated API that has seen nothing yet. Claude says the same;
 * its words go back as this API signed them. Throws when the answers are not as long as Parley's.
 */
export function replay(
  script: SessionScript,
  sent: readonly SentTurn[],
  strategy: Strategy,
): readonly Usage[] {
  let time = 0;
  const account = freshAccount(() => time);
  const answers: unknown[] = [];
  return sent.map(({ at, body, betas, answer }, index) => {
    time = at;
    const own = { ...body, diagnostics: null, messages: withAnswers(body, answers) };
    const turn = script.turns[index];
    if (turn) account.script.enqueue(turn.reply);
    const { message, begin } = answerMessages(account, strategy.transform(own, script, index), betas);
    begin();
    answers.push(message.content);
    const usage = usageIn(message);
    if (usage.output !== answer.usage?.output) throw new Error(`${strategy.name}: another answer came`);
    return usage;
  });
}

/** The simulated API without its server. `now` in ms since the epoch. */
export function freshAccount(now: () => number): Account {
  return createAccount({ models: DEFAULT_MODELS, keys: undefined, pace: 'instant', now });
}

/** Each script has one answer to each question, so they are found by counting. */
function withAnswers(body: Wire, answers: readonly unknown[]): readonly Wire[] {
  let answered = 0;
  return wires(body.messages).map((message) =>
    message.role === 'assistant' ? { ...message, content: answers[answered++] } : message,
  );
}

/** The bill of a message of the simulated API. */
export function usageIn(message: Wire): Usage {
  // The simulation's own objects are JSON already.
  const usage = message.usage as Json;
  if (!isObject(usage)) throw new Error('A bill is missing');
  return usageOf(usage);
}
