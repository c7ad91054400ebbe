import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  claudeAt,
  collect,
  DELTA_END,
  REQUEST,
  START,
  STOP,
  serve,
  signal,
  sse,
  streamHeaders,
  TEXT_DELTA,
  TEXT_START,
} from './oddServer.ts';

test('A stop before the headers closes the connection at once', async (t) => {
  const server = await serve(t, () => undefined);
  const exchange = claudeAt(server.url).start(REQUEST);
  const collected = collect(exchange);
  await server.arrived();
  exchange.stop();
  assert.deepEqual(await collected, { pieces: [], end: { type: 'end', outcome: 'stopped' } });
  await server.closed();
});

test('A stop in the middle closes the connection and keeps the usage', async (t) => {
  const server = await serve(t, (response) =>
    streamHeaders(response).write(sse(START, TEXT_START, TEXT_DELTA)),
  );
  const exchange = claudeAt(server.url).start(REQUEST);
  const types: string[] = [];
  for await (const piece of exchange.pieces) {
    types.push(piece.type === 'end' ? piece.outcome : piece.type);
    if (piece.type === 'delta') exchange.stop();
    if (piece.type === 'end') assert.equal(piece.usage?.cacheRead, 200);
  }
  assert.deepEqual(types, ['started', 'blockStarted', 'delta', 'stopped']);
  await server.closed();
});

test('Events that have already arrived do not come after a stop', async (t) => {
  const rest = Array.from({ length: 50 }, () => TEXT_DELTA);
  const server = await serve(t, (response) =>
    streamHeaders(response).end(sse(START, TEXT_START, ...rest, DELTA_END, STOP)),
  );
  const exchange = claudeAt(server.url).start(REQUEST);
  const types: string[] = [];
  for await (const piece of exchange.pieces) {
    types.push(piece.type === 'end' ? piece.outcome : piece.type);
    if (piece.type === 'blockStarted') exchange.stop();
  }
  assert.deepEqual(types, ['started', 'blockStarted', 'stopped']);
});

test('A stop before the first piece is asked for sends nothing', async (t) => {
  const server = await serve(t, () => undefined);
  const exchange = claudeAt(server.url).start(REQUEST);
  exchange.stop();
  assert.equal((await collect(exchange)).end.outcome, 'stopped');
  assert.equal(server.requests.length, 0);
});

test('A stop does not wait for a key that is slow to come', async (t) => {
  const server = await serve(t, () => undefined);
  const asked = signal();
  const key = () => {
    asked.give();
    return new Promise<string>(() => undefined);
  };
  const exchange = claudeAt(server.url, { key }).start(REQUEST);
  const collected = collect(exchange);
  await asked.given;
  exchange.stop();
  assert.equal((await collected).end.outcome, 'stopped');
});

test('A stop after the end changes nothing, however often', async (t) => {
  const server = await serve(t, (response) => streamHeaders(response).end(sse(START, DELTA_END, STOP)));
  const exchange = claudeAt(server.url).start(REQUEST);
  const { end } = await collect(exchange);
  exchange.stop();
  exchange.stop();
  assert.equal(end.outcome, 'done');
});

test('Whoever stops iterating closes the connection', async (t) => {
  const server = await serve(t, (response) => streamHeaders(response).write(sse(START, TEXT_START)));
  for await (const piece of claudeAt(server.url).start(REQUEST).pieces) {
    if (piece.type === 'blockStarted') break;
  }
  await server.closed();
});
