import type { MessageCountTokensParams } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import type { Failure, FailureKind } from '../core/conversation/model.ts';
import { type Counting, fail, type Result, succeed } from '../core/ports.ts';
import type { MessageRequest } from '../core/request/messageRequest.ts';
import { type ClaudeOptions, connect, readKey } from './connection.ts';
import { FailureError, failureOf } from './failures.ts';
import { countAt } from './json.ts';
import { readJsonBody } from './jsonBody.ts';
import { beginLogLine } from './logLine.ts';

/** Counts the prompt of a request, at once; a count that is cancelled fails with `timeout`. */
export function startCounting(options: ClaudeOptions, request: MessageRequest): Counting {
  const controller = new AbortController();
  const { signal } = controller;
  const cancelled = new Promise<Result<number>>((resolve) => {
    signal.addEventListener('abort', () => resolve(fail({ kind: 'timeout' })), { once: true });
  });
  return {
    tokens: logged(options, request, Promise.race([cancelled, count(options, request, signal)])),
    cancel: () => controller.abort(),
  };
}

async function count(
  options: ClaudeOptions,
  request: MessageRequest,
  signal: AbortSignal,
): Promise<Result<number>> {
  let key: string | undefined;
  try {
    key = await readKey(options);
    const counted = connect(options, key).messages.countTokens(bodyOf(request), {
      signal,
      headers: betaHeader(request),
    });
    const response = await counted.asResponse();
    const tokens = countAt(await readJsonBody(response), 'input_tokens');
    if (tokens === undefined) throw new FailureError({ kind: 'malformed', status: response.status });
    return succeed(tokens);
  } catch (error) {
    return fail(forCount(failureOf(error, key)));
  }
}

/** What counting takes (API docs, token counting): the prompt and what shapes it. */
function bodyOf(request: MessageRequest): MessageCountTokensParams {
  const {
    max_tokens: _,
    diagnostics: _diagnostics,
    betas: _betas,
    stream: _stream,
    ...body
  } = request as MessageRequest & { readonly stream?: boolean };
  // The core has a type of its own that leaves blocks of unknown types alone; on the wire both are the same.
  return body as unknown as MessageCountTokensParams;
}

/** The SDK adds a value of its own that counting has not needed for long, and that a gateway may refuse. */
function betaHeader({ betas = [] }: MessageRequest): Readonly<Record<string, string | null>> {
  return { 'anthropic-beta': betas.length > 0 ? betas.join(',') : null };
}

async function logged(
  options: ClaudeOptions,
  request: MessageRequest,
  counted: Promise<Result<number>>,
): Promise<Result<number>> {
  const logEnd = beginLogLine(options.log, `count ${request.model}`);
  const result = await counted;
  logEnd(result.ok ? { kind: 'done' } : result.failure);
  return result;
}

/** A count has no answer to be cut off. */
const COUNT_KINDS: ReadonlyMap<FailureKind, FailureKind> = new Map([
  ['cutOff', 'network'],
  ['stalled', 'timeout'],
]);

function forCount(failure: Failure): Failure {
  return { ...failure, kind: COUNT_KINDS.get(failure.kind) ?? failure.kind };
}
