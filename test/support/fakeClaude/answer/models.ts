import { type FakeModel, findModel } from '../catalogue.ts';
import { ApiError, invalid } from '../errors.ts';
import type { Wire } from '../wire.ts';

/** What the models endpoints need to know of the account and the request. */
export interface ModelsContext {
  readonly models: readonly FakeModel[];
  readonly betas: ReadonlySet<string>;
  /** Appended to every display name, so that nobody takes the simulation for the real thing. */
  readonly nameSuffix: string;
}

/** Answers `GET /v1/models`: newest first, cursors in both directions, retired models only when asked for. */
export function listModels(context: ModelsContext, query: URLSearchParams): Wire {
  const limit = limitOf(query);
  const wanted = lifecycles(query);
  const listed = context.models
    .filter((model) => wanted.has(model.info.lifecycle))
    .sort((a, b) => b.info.created_at.localeCompare(a.info.created_at));
  const after = query.get('after_id');
  const before = query.get('before_id');
  if (after !== null && before !== null) throw invalid('', 'Only one of after_id and before_id may be sent.');
  const end = before === null ? listed.length : position(listed, before, 'before_id');
  const start = after === null ? 0 : position(listed, after, 'after_id') + 1;
  const page =
    before === null ? listed.slice(start, start + limit) : listed.slice(Math.max(0, end - limit), end);
  const more = before === null ? start + limit < listed.length : end - limit > 0;
  const data = page.map((model) => describe(context, model));
  return { data, has_more: more, first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

/** Answers `GET /v1/models/{id}`; an alias gives the model it stands for. */
export function retrieveModel(context: ModelsContext, id: string): Wire {
  const model = findModel(context.models, id);
  if (!model) throw new ApiError(404, 'not_found_error', `model: ${id}`);
  return describe(context, model);
}

/** Compaction shows only to those who know it: the capability comes with its beta header. */
function describe(context: ModelsContext, model: FakeModel): Wire {
  const { capabilities } = model.info;
  const compaction = context.betas.has('compact-2026-09-04') ? (capabilities?.compaction ?? null) : null;
  return {
    ...model.info,
    display_name: `${model.info.display_name}${context.nameSuffix}`,
    capabilities: capabilities && { ...capabilities, compaction },
  };
}

function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) {
    throw invalid('limit', 'Input should be an integer between 1 and 1000');
  }
  return limit;
}

function lifecycles(query: URLSearchParams): ReadonlySet<string> {
  const asked = [...query].filter(([name]) => /^lifecycle(\[\d*\])?$/.test(name)).map(([, value]) => value);
  const unknown = asked.find((value) => !['active', 'deprecated', 'retired'].includes(value));
  if (unknown !== undefined) {
    throw invalid('lifecycle', `Input should be 'active', 'deprecated' or 'retired', not '${unknown}'`);
  }
  return new Set(asked.length > 0 ? asked : ['active', 'deprecated']);
}

function position(listed: readonly FakeModel[], id: string, name: string): number {
  const index = listed.findIndex((model) => model.info.id === id);
  if (index < 0) throw invalid(name, `no model '${id}' to continue from`);
  return index;
}
