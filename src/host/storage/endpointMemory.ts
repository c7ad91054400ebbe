import type { OptionalField } from '../../core/conversation/model.ts';
import type { JsonCache } from './jsonCache.ts';

/**
 * What endpoints have refused, so that no request is refused twice for the same reason. Forgotten after 30
 * days, because endpoints are upgraded. An address is a URL without `/v1`, a model an id.
 */
export interface EndpointMemory {
  /** Reads what earlier sessions have learned; never fails. */
  load(): Promise<void>;
  /** Fields that this model at this address does without. */
  dropped(address: string, model: string): ReadonlySet<OptionalField>;
  /** Thinking and effort are a matter of the model, all other fields of the whole address. */
  remember(address: string, model: string, field: OptionalField): void;
  /** The most output tokens this model takes there; undefined when it has not refused any number. */
  maxTokens(address: string, model: string): number | undefined;
  rememberMaxTokens(address: string, model: string, tokens: number): void;
  /** Resolves when everything is on disk. */
  settle(): Promise<void>;
}

/** `now` gives ms since the epoch. */
export function createEndpointMemory(cache: JsonCache, now: () => number): EndpointMemory {
  let facts: ReadonlyMap<string, Fact> = new Map();
  let writing: Promise<void> = Promise.resolve();

  function merge(read: unknown): void {
    facts = newest([...decodeFacts(read, now()), ...facts.values()], now());
  }

  function learn(fact: Omit<Fact, 'at'>): void {
    facts = newest([...facts.values(), { ...fact, at: now() }], now());
    // Another window may have learned something since.
    writing = writing.then(async () => {
      merge(await cache.read());
      await cache.write({ version: VERSION, facts: [...facts.values()] });
    });
  }

  function valid(address: string, model: string): readonly Fact[] {
    return [...facts.values()].filter(
      (fact) =>
        fact.address === address &&
        (fact.model === '' || fact.model === model) &&
        now() - fact.at < REMEMBERED_FOR,
    );
  }

  return {
    async load() {
      merge(await cache.read());
    },
    dropped(address, model) {
      const fields = valid(address, model).flatMap(({ what }) => (what === 'max_tokens' ? [] : [what]));
      return new Set(fields);
    },
    remember(address, model, field) {
      learn({ address, model: OF_THE_MODEL.has(field) ? model : '', what: field });
    },
    maxTokens(address, model) {
      return valid(address, model).find(({ what }) => what === 'max_tokens')?.tokens;
    },
    rememberMaxTokens(address, model, tokens) {
      if (isTokens(tokens)) learn({ address, model, what: 'max_tokens', tokens });
    },
    settle: () => writing,
  };
}

const VERSION = 1;
/** In ms. */
const REMEMBERED_FOR = 30 * 24 * 60 * 60 * 1000;
/** More than anybody has endpoints; beyond it the oldest are forgotten. */
const MOST_FACTS = 500;
const LONGEST_NAME = 2000;

const OF_THE_MODEL: ReadonlySet<OptionalField> = new Set(['thinking', 'thinking.display', 'effort']);

const FIELDS: Readonly<Record<OptionalField, true>> = {
  thinking: true,
  'thinking.display': true,
  block_binding: true,
  effort: true,
  cache_control: true,
  cache_ttl: true,
  diagnostics: true,
};

/** One thing that an endpoint has refused. `model` is empty when it holds for the whole address. */
interface Fact {
  readonly address: string;
  readonly model: string;
  readonly what: OptionalField | 'max_tokens';
  readonly tokens?: number;
  readonly at: number;
}

/** One fact of a kind, the newest; later ones win a tie. Newest last, none that is too old. */
function newest(facts: readonly Fact[], time: number): ReadonlyMap<string, Fact> {
  const sorted = facts.filter((fact) => time - fact.at < REMEMBERED_FOR).sort((a, b) => a.at - b.at);
  const kept = new Map<string, Fact>();
  for (const fact of sorted) {
    const key = JSON.stringify([fact.address, fact.model, fact.what]);
    kept.delete(key);
    kept.set(key, fact);
  }
  return new Map([...kept].slice(-MOST_FACTS));
}

function decodeFacts(value: unknown, time: number): readonly Fact[] {
  const known = isRecord(value) && value.version === VERSION && Array.isArray(value.facts);
  return known ? (value.facts as unknown[]).flatMap((fact) => decodeFact(fact, time) ?? []) : [];
}

function decodeFact(value: unknown, time: number): Fact | undefined {
  if (!isRecord(value)) return undefined;
  const { address, model, what, tokens, at } = value;
  if (!isName(address) || !isName(model) || !isName(what)) return undefined;
  if (typeof at !== 'number' || !Number.isFinite(at)) return undefined;
  // A clock that was wrong once must not make a fact last for ever.
  const fact = { address, model, at: Math.min(at, time) };
  if (what === 'max_tokens') return isTokens(tokens) ? { ...fact, what, tokens } : undefined;
  return Object.hasOwn(FIELDS, what) ? { ...fact, what: what as OptionalField } : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_NAME;
}

function isTokens(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
