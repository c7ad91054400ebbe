import type { MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { Usage } from '../core/conversation/model.ts';
import { fail, type Result, succeed } from '../core/ports.ts';
import type { MessageRequest } from '../core/request/messageRequest.ts';
import { type ClaudeOptions, connect, readKey } from './connection.ts';
import { FailureError, failureOf } from './failures.ts';
import { objectAt } from './json.ts';
import { readJsonBody } from './jsonBody.ts';
import { beginLogLine } from './logLine.ts';
import { usageOf } from './usage.ts';

/** Sends a request whose answer has no length, for what it does to the cache, and gives its bill. Never rejects. */
export async function warmCache(options: ClaudeOptions, request: MessageRequest): Promise<Result<Usage>> {
  const logEnd = beginLogLine(options.log, `warm ${request.model}`);
  const warmed = await send(options, request);
  logEnd(warmed.ok ? { kind: 'done' } : warmed.failure);
  return warmed;
}

async function send(options: ClaudeOptions, request: MessageRequest): Promise<Result<Usage>> {
  let key: string | undefined;
  try {
    key = await readKey(options);
    // The core has a type of its own that leaves blocks of unknown types alone; on the wire both are the same.
    const { betas, ...body } = request;
    const params = { ...body, ...(betas?.length ? { betas } : {}) };
    const sent = connect(options, key).messages.create(params as unknown as MessageCreateParamsNonStreaming);
    const response = await sent.asResponse();
    const usage = objectAt(await readJsonBody(response), 'usage');
    if (!usage) throw new FailureError({ kind: 'malformed', status: response.status });
    return succeed(usageOf(usage));
  } catch (error) {
    return fail(failureOf(error, key));
  }
}
