import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailureError } from '../../../src/claude/failures.ts';
import { idleWatchdog } from '../../../src/claude/watchdog.ts';

type Watch = ReturnType<typeof idleWatchdog>;

async function watch(limit: number, body: ReadableStream<Uint8Array> | null): Promise<Response> {
  const next = async () => new Response(body, { status: 201, headers: { 'request-id': 'req_1' } });
  return idleWatchdog(limit)({} as Parameters<Watch>[0], next, {} as Parameters<Watch>[2]);
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** Lets everything happen that waits for promises only. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test('Bytes, status and headers pass unchanged', async () => {
  const response = await watch(1000, new Response('grüße').body);
  assert.equal(response.status, 201);
  assert.equal(response.headers.get('request-id'), 'req_1');
  assert.equal(await response.text(), 'grüße');
});

test('A response without a body passes as it is', async () => {
  assert.equal((await watch(1000, null)).body, null);
});

test('Each byte starts the clock anew, and silence for the limit fails', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let source: ReadableStreamDefaultController<Uint8Array> | undefined;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      source = controller;
    },
    cancel: () => {
      cancelled = true;
    },
  });
  const reader = (await watch(1000, body)).body?.getReader();
  for (let round = 0; round < 5; round++) {
    const read = reader?.read();
    await settle();
    t.mock.timers.tick(999);
    source?.enqueue(bytes('.'));
    assert.equal((await read)?.done, false);
  }
  const last = reader?.read();
  const refused = assert.rejects(
    async () => last,
    (error) => error instanceof FailureError && error.failure.kind === 'stalled',
  );
  await settle();
  t.mock.timers.tick(1000);
  t.mock.timers.tick(1);
  await refused;
  assert.equal(cancelled, true);
});

test('The clock stands still while nobody asks for more', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(bytes('.')) });
  const reader = (await watch(1000, body)).body?.getReader();
  await reader?.read();
  await settle();
  t.mock.timers.tick(100_000);
  assert.equal((await reader?.read())?.done, false);
  await reader?.cancel();
});

test('Bytes that arrived while the process was blocked are no stall', async () => {
  const limit = 20;
  const body = new ReadableStream<Uint8Array>({
    // A start, unlike a pull, comes only once.
    start: (controller) => {
      setImmediate(() => {
        const until = performance.now() + 3 * limit;
        while (performance.now() < until);
        setImmediate(() => {
          controller.enqueue(bytes('late'));
          controller.close();
        });
      });
    },
  });
  assert.equal(await (await watch(limit, body)).text(), 'late');
});
