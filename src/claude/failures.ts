import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
} from '@anthropic-ai/sdk/core/error';
import type { Failure } from '../core/conversation/model.ts';
import { placeOf } from './errorDetails.ts';
import { kindOf } from './errorKinds.ts';
import { isObject, objectAt, textAt } from './json.ts';
import { innermostMessage, networkFailure } from './network.ts';
import { retryAfterOf } from './retryAfter.ts';
import { withoutSecrets } from './secrets.ts';

/** Carries a failure that this room found by itself up to where failures become values. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

/**
 * Any error of the SDK, the network or this room as a failure that is fit for screen, log and journal.
 * `key` is the key that was sent, undefined when there was none; it never shows up in the failure.
 */
export function failureOf(error: unknown, key: string | undefined): Failure {
  if (error instanceof FailureError) return withoutSecrets(error.failure, key);
  const failure = classify(error);
  const refused = failure.kind === 'badKey' && key === undefined;
  return withoutSecrets(refused ? { ...failure, kind: 'noKey' } : failure, key);
}

function classify(error: unknown): Failure {
  if (error instanceof APIConnectionTimeoutError || error instanceof APIUserAbortError) {
    return { kind: 'timeout' };
  }
  if (error instanceof APIConnectionError) return networkFailure(error) ?? connectionFailure(error);
  if (error instanceof APIError) return apiFailure(error);
  // JSON.parse quotes what it could not read, and that is part of an answer.
  if (error instanceof SyntaxError) return { kind: 'malformed' };
  return networkFailure(error) ?? { kind: 'unexpected', message: describe(error) };
}

function connectionFailure(error: APIConnectionError): Failure {
  const message = innermostMessage(error);
  return { kind: 'network', ...(message === undefined ? {} : { message }) };
}

/** An answer with an error status, or an `error` event in the middle of a stream, which has no status. */
function apiFailure(error: APIError): Failure {
  const type = typeof error.type === 'string' ? error.type : undefined;
  const code = error.errorCode ?? codeOfGateway(error);
  const message = sentenceOf(error);
  const { status } = error;
  const requestId =
    error.requestID ?? (isObject(error.error) ? textAt(error.error, 'request_id') : undefined);
  const retryAfter = error.headers && retryAfterOf(error.headers, Date.now());
  return {
    kind: kindOf({ status, type, code, message }),
    ...(status === undefined ? {} : { status }),
    ...(type === undefined ? {} : { type }),
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...placeOf(error.details),
  };
}

/** Where other APIs have their code, and many gateways with them. */
function codeOfGateway(error: APIError): string | undefined {
  const body: unknown = error.error;
  return isObject(body) ? textAt(objectAt(body, 'error') ?? {}, 'code') : undefined;
}

/**
 * The API's own sentence, or that of a gateway with an error format of its own; the address for an appeal where
 * there is one, because it says more. Never the body.
 */
function sentenceOf(error: APIError): string | undefined {
  const appeal = isObject(error.details) ? textAt(error.details, 'appeal_url') : undefined;
  if (appeal !== undefined) return appeal;
  if (typeof error.apiMessage === 'string') return error.apiMessage;
  const body: unknown = error.error;
  if (!isObject(body)) return undefined;
  return textAt(body, 'error') ?? textAt(body, 'message') ?? textAt(body, 'detail');
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
}
