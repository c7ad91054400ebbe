import { usageOf } from '../../../../src/claude/usage.ts';
import type { ContentBlock, Usage } from '../../../../src/core/conversation/model.ts';
import type { MessageRequest } from '../../../../src/core/request/messageRequest.ts';
import { createAccount } from '../../../support/fakeClaude/answer/account.ts';
import { answerCountTokens } from '../../../support/fakeClaude/answer/countTokens.ts';
import { answerMessages } from '../../../support/fakeClaude/answer/messages.ts';
import { DEFAULT_MODELS } from '../../../support/fakeClaude/defaultModels.ts';
import type { Reply } from '../../../support/fakeClaude/reply.ts';
import { type Wire, wireOf } from '../../../support/fakeClaude/wire.ts';

/** The simulated server without HTTP: its real checks, prompt cache and bills, with a clock that the test moves. */
export interface SimulatedApi {
  now: number;
  send(
    request: MessageRequest,
    reply?: Reply,
  ): { readonly usage: Usage; readonly content: readonly ContentBlock[] };
  /** As `count_tokens` answers; throws what the API refuses. */
  count(request: MessageRequest): number;
}

export function createSimulatedApi(): SimulatedApi {
  const clock = { now: 1_000_000_000 };
  const account = createAccount({
    models: DEFAULT_MODELS,
    keys: undefined,
    pace: 'instant',
    now: () => clock.now,
  });
  return {
    get now() {
      return clock.now;
    },
    set now(time) {
      clock.now = time;
    },
    send(request, reply) {
      if (reply) account.script.enqueue(reply);
      const { betas = [], ...body } = request;
      const { message, begin } = answerMessages(account, wire(body), new Set(betas));
      begin();
      return {
        usage: usageOf(wireOf(message.usage) as Parameters<typeof usageOf>[0]),
        content: JSON.parse(JSON.stringify(message.content)),
      };
    },
    count(request) {
      const { betas = [], max_tokens: _, ...body } = request;
      return Number(answerCountTokens(account, wire(body), new Set(betas)).input_tokens);
    },
  };
}

function wire(body: object): Wire {
  return JSON.parse(JSON.stringify(body));
}
