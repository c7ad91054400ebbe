import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Account } from '../answer/account.ts';
import { answerCountTokens } from '../answer/countTokens.ts';
import { answerMessages } from '../answer/messages.ts';
import { listModels, retrieveModel } from '../answer/models.ts';
import { ApiError, invalid } from '../errors.ts';
import type { Endpoint } from '../faults.ts';
import { isWire, type Wire } from '../wire.ts';
import { readBody } from './connection.ts';
import { type RecordedRequest, record } from './recorder.ts';
import { sendError, sendFault, sendJson, sendStream, setCommonHeaders } from './send.ts';

/** Answers one HTTP request; never rejects. */
export async function handle(
  account: Account,
  request: IncomingMessage,
  response: ServerResponse,
  onRecorded: (recorded: RecordedRequest) => void,
): Promise<void> {
  const requestId = account.newId('req');
  try {
    const { text, tooLarge } = await readBody(request);
    onRecorded(record(request, response, text, account.now()));
    setCommonHeaders(response, requestId, account.now());
    const url = new URL(request.url ?? '/', 'http://localhost');
    const endpoint = endpointOf(request.method, url.pathname);
    if (!endpoint) throw new ApiError(404, 'not_found_error', 'Not Found');
    const early = account.script.takeEarly(endpoint);
    if (early) {
      await sendFault(early, response, requestId);
      return;
    }
    checkVersion(request);
    checkKey(account, request);
    if (tooLarge) throw new ApiError(413, 'request_too_large', 'Request exceeds the maximum size');
    await dispatch(account, endpoint, url, text, request, response, requestId);
  } catch (error) {
    const known =
      error instanceof ApiError ? error : new ApiError(500, 'api_error', `The simulation failed: ${error}`);
    if (!response.headersSent) sendError(known, response, requestId);
    else response.destroy();
  }
}

async function dispatch(
  account: Account,
  endpoint: Endpoint,
  url: URL,
  text: string,
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
): Promise<void> {
  const betas = betasOf(request);
  if (endpoint === 'messages') {
    const body = parse(text);
    const answered = answerMessages(account, body, betas);
    if (body.stream === true) await sendStream(account, answered, response, requestId);
    else await sendJson(answered.message, answered.scripted, response, requestId, answered);
    return;
  }
  const scripted = account.script.take(endpoint);
  const body =
    endpoint === 'count_tokens'
      ? answerCountTokens(account, parse(text), betas)
      : answerModels(account, url, betas);
  await sendJson(body, scripted, response, requestId);
}

function answerModels(account: Account, url: URL, betas: ReadonlySet<string>): Wire {
  const nameSuffix = account.pace === 'human' ? ' (simulated)' : '';
  const context = { models: account.models, betas, nameSuffix };
  const id = decodeURIComponent(url.pathname.slice('/v1/models/'.length));
  return id ? retrieveModel(context, id) : listModels(context, url.searchParams);
}

function endpointOf(method: string | undefined, path: string): Endpoint | undefined {
  if (method === 'POST' && path === '/v1/messages') return 'messages';
  if (method === 'POST' && path === '/v1/messages/count_tokens') return 'count_tokens';
  if (method === 'GET' && /^\/v1\/models(\/[^/]+)?$/.test(path)) return 'models';
  return undefined;
}

function checkVersion(request: IncomingMessage): void {
  const version = request.headers['anthropic-version'];
  if (version === undefined) throw invalid('anthropic-version', 'header is required');
  if (version !== '2026-10-21' && version !== '2023-06-01') {
    throw invalid('', `anthropic-version: "${version}" is not a valid version.`);
  }
}

function checkKey(account: Account, request: IncomingMessage): void {
  if (!account.keys) return;
  const bearer = request.headers.authorization?.replace(/^Bearer\s+/i, '');
  const header = request.headers['x-api-key'];
  const key = bearer ?? (typeof header === 'string' ? header : '');
  if (account.keys.includes(key)) return;
  const message = bearer === undefined && header !== undefined ? 'invalid x-api-key' : 'Invalid bearer token';
  throw new ApiError(401, 'authentication_error', message);
}

function betasOf(request: IncomingMessage): ReadonlySet<string> {
  const header = request.headers['anthropic-beta'];
  const values = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
  return new Set(values.map((value) => value.trim()).filter(Boolean));
}

function parse(text: string): Wire {
  try {
    const body: unknown = JSON.parse(text);
    if (isWire(body)) return body;
  } catch {
    // Falls through: whatever is not a JSON object gets the same answer.
  }
  throw invalid('', 'The request body is not valid JSON.');
}
