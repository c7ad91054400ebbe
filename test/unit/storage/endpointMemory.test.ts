import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEndpointMemory, type EndpointMemory } from '../../../src/host/storage/endpointMemory.ts';
import type { JsonCache } from '../../../src/host/storage/jsonCache.ts';

const DAY = 24 * 60 * 60 * 1000;
const GATEWAY = 'http://localhost:4000';

/** A cache in memory; it keeps text, as a file does. */
function memoryCache(text = 'null'): JsonCache & { readonly text: () => string } {
  let kept = text;
  return {
    read: async () => JSON.parse(kept) as unknown,
    write: async (value) => {
      kept = JSON.stringify(value);
    },
    text: () => kept,
  };
}

interface Setup {
  readonly memory: EndpointMemory;
  readonly cache: JsonCache & { readonly text: () => string };
  readonly clock: { now: number };
}

function setUp(cache = memoryCache()): Setup {
  const clock = { now: 1_795_000_000_000 };
  return { memory: createEndpointMemory(cache, () => clock.now), cache, clock };
}

const fields = (memory: EndpointMemory, model: string, address = GATEWAY): readonly string[] =>
  [...memory.dropped(address, model)].sort();

test('thinking and effort are remembered for the model, all else for the whole address', () => {
  const { memory } = setUp();
  for (const field of ['thinking', 'thinking.display', 'effort'] as const) {
    memory.remember(GATEWAY, 'one', field);
  }
  for (const field of ['block_binding', 'cache_control', 'cache_ttl', 'diagnostics'] as const) {
    memory.remember(GATEWAY, 'one', field);
  }
  const ofTheAddress = ['block_binding', 'cache_control', 'cache_ttl', 'diagnostics'];
  assert.deepEqual(fields(memory, 'one'), [...ofTheAddress, 'effort', 'thinking', 'thinking.display'].sort());
  assert.deepEqual(fields(memory, 'two'), ofTheAddress);
  assert.deepEqual(fields(memory, 'one', 'https://api.anthropic.com'), []);
});

test('the most output tokens are remembered for the model, the newest figure counts', () => {
  const { memory, clock } = setUp();
  assert.equal(memory.maxTokens(GATEWAY, 'one'), undefined);
  memory.rememberMaxTokens(GATEWAY, 'one', 8192);
  clock.now += 1;
  memory.rememberMaxTokens(GATEWAY, 'one', 4096);
  memory.rememberMaxTokens(GATEWAY, 'one', 0);
  memory.rememberMaxTokens(GATEWAY, 'one', Number.NaN);
  assert.equal(memory.maxTokens(GATEWAY, 'one'), 4096);
  assert.equal(memory.maxTokens(GATEWAY, 'two'), undefined);
  assert.deepEqual(fields(memory, 'one'), []);
});

test('the next session knows what this one has learned', async () => {
  const { memory, cache } = setUp();
  memory.remember(GATEWAY, 'one', 'effort');
  memory.rememberMaxTokens(GATEWAY, 'one', 4096);
  await memory.settle();
  const next = setUp(cache).memory;
  assert.deepEqual(fields(next, 'one'), []);
  await next.load();
  assert.deepEqual(fields(next, 'one'), ['effort']);
  assert.equal(next.maxTokens(GATEWAY, 'one'), 4096);
});

test('two windows do not overwrite what the other has learned', async () => {
  const cache = memoryCache();
  const one = setUp(cache).memory;
  const other = setUp(cache).memory;
  one.remember(GATEWAY, 'm', 'cache_ttl');
  await one.settle();
  other.remember(GATEWAY, 'm', 'diagnostics');
  await other.settle();
  const next = setUp(cache).memory;
  await next.load();
  assert.deepEqual(fields(next, 'm'), ['cache_ttl', 'diagnostics']);
});

test('everything is forgotten after 30 days, in memory and on disk', async () => {
  const { memory, cache, clock } = setUp();
  memory.remember(GATEWAY, 'm', 'cache_ttl');
  memory.rememberMaxTokens(GATEWAY, 'm', 4096);
  clock.now += 30 * DAY - 1;
  assert.deepEqual(fields(memory, 'm'), ['cache_ttl']);
  clock.now += 1;
  assert.deepEqual(fields(memory, 'm'), []);
  assert.equal(memory.maxTokens(GATEWAY, 'm'), undefined);
  memory.remember('http://other', 'm', 'effort');
  await memory.settle();
  assert.doesNotMatch(cache.text(), /cache_ttl|max_tokens/);
});

test('a refusal that comes again starts the 30 days anew', async () => {
  const { memory, clock } = setUp();
  memory.remember(GATEWAY, 'm', 'cache_ttl');
  clock.now += 20 * DAY;
  memory.remember(GATEWAY, 'm', 'cache_ttl');
  clock.now += 20 * DAY;
  assert.deepEqual(fields(memory, 'm'), ['cache_ttl']);
});

test('only so many facts are kept, the newest', async () => {
  const { memory, cache, clock } = setUp();
  for (let n = 0; n < 600; n++) {
    clock.now += 1;
    memory.remember(`http://host${n}`, 'm', 'cache_ttl');
  }
  await memory.settle();
  assert.deepEqual(fields(memory, 'm', 'http://host99'), []);
  assert.deepEqual(fields(memory, 'm', 'http://host100'), ['cache_ttl']);
  assert.equal((JSON.parse(cache.text()) as { facts: unknown[] }).facts.length, 500);
});

test('garbage in the file is passed over, and what is good beside it counts', async () => {
  const at = 1_795_000_000_000 - DAY;
  const good = { address: GATEWAY, model: '', what: 'cache_ttl', at };
  const facts = [
    null,
    'x',
    { ...good, what: 'toString' },
    { ...good, what: 'effort', at: 'yesterday' },
    { ...good, what: 'effort', at: null },
    { ...good, what: 'diagnostics', address: 7 },
    { ...good, what: 'max_tokens', tokens: '4096' },
    good,
  ];
  for (const value of [null, 7, [], { facts: 7, version: 1 }, { facts, version: 99 }]) {
    const { memory } = setUp(memoryCache(JSON.stringify(value)));
    await memory.load();
    assert.deepEqual(fields(memory, 'm'), []);
  }
  const { memory } = setUp(memoryCache(JSON.stringify({ version: 1, facts })));
  await memory.load();
  assert.deepEqual(fields(memory, 'm'), ['cache_ttl']);
  assert.equal(memory.maxTokens(GATEWAY, 'm'), undefined);
});

test('a fact from the future lasts no longer than any other', async () => {
  const far = { address: GATEWAY, model: '', what: 'cache_ttl', at: 9e15 };
  const { memory, clock } = setUp(memoryCache(JSON.stringify({ version: 1, facts: [far] })));
  await memory.load();
  clock.now += 30 * DAY;
  assert.deepEqual(fields(memory, 'm'), []);
});
