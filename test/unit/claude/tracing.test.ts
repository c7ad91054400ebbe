import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import {
  claudeAt,
  collect,
  DELTA_END,
  KEY,
  REQUEST,
  START,
  STOP,
  serve,
  sse,
  streamHeaders,
} from './oddServer.ts';

/** What another extension in the same process would register itself with; the SDK brings it along. */
const { trace, context, propagation } = createRequire(import.meta.resolve('@anthropic-ai/sdk'))(
  '@opentelemetry/api',
) as typeof import('@opentelemetry/api');

/** Notes the name of every span; each span does nothing but exist. */
function noteSpans(): readonly string[] {
  const names: string[] = [];
  const idle = trace.wrapSpanContext({
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
  });
  const startSpan = (name: string) => {
    names.push(name);
    return idle;
  };
  const startActiveSpan = (name: string, ...rest: readonly unknown[]) => {
    const run = rest.at(-1) as (span: typeof idle) => unknown;
    return run(startSpan(name));
  };
  const tracer = { startSpan, startActiveSpan } as ReturnType<typeof trace.getTracer>;
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
  propagation.setGlobalPropagator({
    inject: (_context, carrier, setter) => setter.set(carrier, 'traceparent', '00-0af7-b7ad-01'),
    extract: (given) => given,
    fields: () => ['traceparent'],
  });
  return names;
}

test('Another extension that traces the process sees no request and marks none', async (t) => {
  const names = noteSpans();
  t.after(() => {
    trace.disable();
    propagation.disable();
    context.disable();
  });
  const server = await serve(t, (response, { path }) => {
    if (path === '/v1/messages') streamHeaders(response).end(sse(START, DELTA_END, STOP));
    else response.end('{"data":[],"input_tokens":1}');
  });
  // Without the option the SDK does trace, so what is noted here is worth something.
  await new Anthropic({ apiKey: KEY, baseURL: server.url }).models.list();
  assert.ok(names.length > 0);
  const noted = names.length;
  const claude = claudeAt(server.url);
  assert.equal((await collect(claude.start(REQUEST))).end.outcome, 'done');
  await claude.countTokens(REQUEST).tokens;
  await claude.models(5000);
  assert.deepEqual(names.slice(noted), []);
  assert.equal(server.requests.length, 4);
  assert.deepEqual(
    server.requests.slice(1).filter(({ headers }) => headers.traceparent !== undefined),
    [],
  );
});
