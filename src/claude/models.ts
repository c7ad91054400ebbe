import { APIError } from '@anthropic-ai/sdk/core/error';
import type { Failure, FailureKind } from '../core/conversation/model.ts';
import type { ModelInfo } from '../core/modelInfo.ts';
import { fail, type Result, succeed } from '../core/ports.ts';
import { BETAS } from '../core/request/messageRequest.ts';
import { type ClaudeOptions, connect, readKey } from './connection.ts';
import { FailureError, failureOf } from './failures.ts';
import { isList, textAt } from './json.ts';
import { readJsonBody } from './jsonBody.ts';
import { beginLogLine } from './logLine.ts';
import { modelInfoOf } from './modelInfo.ts';

/** Models per request, the most the endpoint gives, and requests per list, against an endpoint that goes in circles. */
const PAGE_SIZE = 1000;
const MOST_PAGES = 20;

/** All models behind the key that are not retired, in the endpoint's order; gives up after `timeout` ms. */
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
    const { models } = connect(options, key);
    const read = async (query: Query) => readPage(await models.list(query, { signal }).asResponse(), query);
    return succeed(await allPages(await firstPage(read), read));
  } catch (error) {
    return fail(forList(failureOf(error, key)));
  }
}

interface Query {
  readonly limit: number;
  readonly betas?: string[];
  readonly after_id?: string;
}

interface ModelPage {
  readonly models: readonly ModelInfo[];
  /** Asks for the page after this one. */
  readonly next?: Query;
}

type ReadPage = (query: Query) => Promise<ModelPage>;

/** Without the header the API keeps quiet about compaction, and with it some gateways say no. */
async function firstPage(read: ReadPage): Promise<ModelPage> {
  try {
    return await read({ limit: PAGE_SIZE, betas: [BETAS.summarize] });
  } catch (error) {
    if (!(error instanceof APIError) || error.status !== 400) throw error;
    return read({ limit: PAGE_SIZE });
  }
}

async function allPages(first: ModelPage, read: ReadPage): Promise<readonly ModelInfo[]> {
  const found = new Map<string, ModelInfo>();
  let page = first;
  for (let pages = 1; ; pages++) {
    for (const model of page.models) if (!found.has(model.id)) found.set(model.id, model);
    if (!page.next || pages === MOST_PAGES) return [...found.values()];
    page = await read(page.next);
  }
}

async function readPage(response: Response, query: Query): Promise<ModelPage> {
  const body = await readJsonBody(response);
  if (!isList(body.data)) throw new FailureError({ kind: 'malformed', status: response.status });
  const models = body.data.map(modelInfoOf).filter((model) => model !== undefined);
  const last = textAt(body, 'last_id');
  return body.has_more === true && last !== undefined
    ? { models, next: { ...query, after_id: last } }
    : { models };
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
