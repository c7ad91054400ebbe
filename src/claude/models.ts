import type { Failure, FailureKind, Json } from '../core/conversation/model.ts';
import type { ModelInfo } from '../core/modelInfo.ts';
import { fail, type Result, succeed } from '../core/ports.ts';
import { type ClaudeOptions, connect, readKey } from './connection.ts';
import { FailureError, failureOf } from './failures.ts';
import { isObject, textAt } from './json.ts';
import { beginLogLine } from './logLine.ts';
import { modelInfoOf } from './modelInfo.ts';

/** Models per request, the most the endpoint gives, and requests per list, against an endpoint that goes in circles. */
const PAGE_SIZE = 1000;
const MOST_PAGES = 20;

/** All models behind the key in the endpoint's order; gives up after `timeout` ms. */
export async function listModels(
  options: ClaudeOptions,
  timeout: number,
): Promise<Result<readonly ModelInfo[]>> {
  const logEnd = beginLogLine(options.log, 'models');
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeout);
  const late = whenAborted(controller.signal);
  const listed = await Promise.race([listAll(options, controller.signal), late]);
  clearTimeout(timer);
  logEnd(listed.ok ? { kind: 'done' } : listed.failure);
  return listed;
}

async function listAll(options: ClaudeOptions, signal: AbortSignal): Promise<Result<readonly ModelInfo[]>> {
  let key: string | undefined;
  try {
    key = await readKey(options);
    const client = connect(options, key);
    const found = new Map<string, ModelInfo>();
    let after: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = { limit: PAGE_SIZE, ...(after === undefined ? {} : { after_id: after }) };
      const body = await readPage(await client.models.list(query, { signal }).asResponse());
      for (const model of body.models) if (!found.has(model.id)) found.set(model.id, model);
      after = body.next;
      if (after === undefined) break;
    }
    return succeed([...found.values()]);
  } catch (error) {
    return fail(forList(failureOf(error, key)));
  }
}

/** The page itself is read here and not by the SDK, which trusts the endpoint to be Anthropic's own. */
async function readPage(response: Response): Promise<{ models: readonly ModelInfo[]; next?: string }> {
  const text = await response.text();
  if (/html/i.test(response.headers.get('content-type') ?? '') || text.trimStart().startsWith('<')) {
    throw new FailureError({ kind: 'captivePortal', status: response.status });
  }
  const body: unknown = JSON.parse(text);
  const entries = isObject(body) ? body.data : undefined;
  if (!isObject(body) || !isList(entries)) {
    throw new FailureError({ kind: 'malformed', status: response.status });
  }
  const models = entries.map(modelInfoOf).filter((model) => model !== undefined);
  const last = textAt(body, 'last_id');
  return body.has_more === true && last !== undefined ? { models, next: last } : { models };
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A list has no model to be unknown and no answer to be cut off. */
const LIST_KINDS: ReadonlyMap<FailureKind, FailureKind> = new Map([
  ['unknownModel', 'noEndpoint'],
  ['cutOff', 'network'],
  ['stalled', 'timeout'],
]);

function forList(failure: Failure): Failure {
  return { ...failure, kind: LIST_KINDS.get(failure.kind) ?? failure.kind };
}

function whenAborted(signal: AbortSignal): Promise<Result<never>> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(fail({ kind: 'timeout' })), { once: true });
  });
}
