import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { MissCause } from '../../../src/core/conversation/model.ts';
import type { AnswerEnd } from '../../../src/core/ports.ts';
import type { MessageRequest } from '../../../src/core/request/messageRequest.ts';
import {
  claudeAt,
  collect,
  DELTA_END,
  REQUEST,
  START,
  STOP,
  serve,
  sse,
  streamHeaders,
  TEXT_DELTA,
  TEXT_START,
  TEXT_STOP,
} from './oddServer.ts';

const USAGE_AT_START = { input: 10, cacheRead: 200, cacheWrite: 30, cacheWrite1h: 20, output: 1 };

function assertFailed(end: AnswerEnd, kind: string): void {
  assert.equal(end.outcome, 'failed');
  assert.equal(end.outcome === 'failed' && end.failure.kind, kind);
}

test('An answer comes as pieces in order, with usage replaced by the later totals', async (t) => {
  const server = await serve(t, (response) =>
    streamHeaders(response).end(sse(START, TEXT_START, TEXT_DELTA, TEXT_STOP, DELTA_END, STOP)),
  );
  const { pieces, end } = await collect(claudeAt(server.url).start(REQUEST));
  assert.deepEqual(pieces, [
    { type: 'started', messageId: 'msg_1', usage: USAGE_AT_START, requestId: 'req_odd' },
    { type: 'blockStarted', index: 0, block: { type: 'text', text: '' } },
    { type: 'delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
    { type: 'blockEnded', index: 0 },
  ]);
  assert.deepEqual(end, {
    type: 'end',
    outcome: 'done',
    stopReason: 'end_turn',
    usage: { ...USAGE_AT_START, output: 7 },
    requestId: 'req_odd',
  });
  assert.deepEqual(JSON.parse(server.requests[0]?.body ?? ''), { ...REQUEST, stream: true });
});

test('Whole thinking blocks, unknown blocks, deltas and events pass or are passed over', async (t) => {
  const thinking = { type: 'thinking', thinking: '', signature: 'c2ln', later: { deep: [1, null] } };
  const hologram = { type: 'hologram', depth: 3 };
  const melody = { type: 'melody_delta', notes: ['c'] };
  const server = await serve(t, (response) =>
    streamHeaders(response).end(
      sse(
        START,
        { type: 'content_block_start', index: 0, content_block: thinking },
        { type: 'weather_report', forecast: 'sunny' },
        { type: 'content_block_start', index: 1, content_block: hologram },
        { type: 'content_block_delta', index: 1, delta: melody },
        DELTA_END,
        STOP,
      ),
    ),
  );
  const { pieces, end } = await collect(claudeAt(server.url).start(REQUEST));
  assert.deepEqual(pieces.slice(1), [
    { type: 'blockStarted', index: 0, block: thinking },
    { type: 'blockStarted', index: 1, block: hologram },
    { type: 'delta', index: 1, delta: melody },
  ]);
  assert.equal(end.outcome, 'done');
});

test('Usage carries thinking tokens and iterations, and a refusal its explanation', async (t) => {
  const iterations = [{ type: 'message', input_tokens: 3, output_tokens: 4 }];
  const last = {
    type: 'message_delta',
    delta: {
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: 'cyber', explanation: 'Declined.' },
    },
    usage: { output_tokens: 9, output_tokens_details: { thinking_tokens: 5 }, iterations },
  };
  const server = await serve(t, (response) => streamHeaders(response).end(sse(START, last, STOP)));
  const { end } = await collect(claudeAt(server.url).start(REQUEST));
  assert.deepEqual(end, {
    type: 'end',
    outcome: 'done',
    stopReason: 'refusal',
    explanation: 'Declined.',
    usage: { ...USAGE_AT_START, output: 9, thinking: 5, iterations },
    requestId: 'req_odd',
  });
});

/** The end of an answer whose `message_start` carries these fields, and whose `message_delta` those. */
async function endWith(t: TestContext, atStart: object, atEnd: object = {}) {
  const server = await serve(t, (response) =>
    streamHeaders(response).end(
      sse({ ...START, message: { ...START.message, ...atStart } }, { ...DELTA_END, ...atEnd }, STOP),
    ),
  );
  return collect(claudeAt(server.url).start(REQUEST));
}

function missed(type: string | null) {
  const reason = type === null ? null : { type, cache_missed_input_tokens: 4000 };
  return { diagnostics: { cache_miss_reason: reason } };
}

test('Why the cache could not be read is told at the end, in the words of the core', async (t) => {
  const causes: Readonly<Record<string, MissCause>> = {
    model_changed: 'modelChanged',
    system_changed: 'systemChanged',
    tools_changed: 'toolsChanged',
    messages_changed: 'messagesChanged',
    previous_message_not_found: 'notFound',
    unavailable: 'unknown',
    invented_tomorrow: 'unknown',
  };
  for (const [type, cause] of Object.entries(causes)) {
    assert.equal((await endWith(t, missed(type))).end.cacheMiss, cause, type);
  }
});

test('No miss is told of that was not asked for, not found or not yet known', async (t) => {
  for (const fields of [{}, { diagnostics: null }, missed(null), { diagnostics: 'odd' }]) {
    assert.equal('cacheMiss' in (await endWith(t, fields)).end, false, JSON.stringify(fields));
  }
});

test('The reason that comes last counts, and an answer that broke off keeps it', async (t) => {
  const late = await endWith(t, missed(null), missed('tools_changed'));
  assert.equal(late.end.cacheMiss, 'toolsChanged');
  const kept = await endWith(t, missed('system_changed'), missed(null));
  assert.equal(kept.end.cacheMiss, 'systemChanged');
  const start = { ...START, message: { ...START.message, ...missed('model_changed') } };
  const server = await serve(t, (response) => streamHeaders(response).end(sse(start)));
  const { end } = await collect(claudeAt(server.url).start(REQUEST));
  assertFailed(end, 'cutOff');
  assert.equal(end.cacheMiss, 'modelChanged');
});

test('Thinking blocks that the API left out are counted, and nothing else is', async (t) => {
  const dropped = (at: number) => ({
    type: 'thinking_dropped',
    path: `messages.1.content.${at}`,
    reason: 'prefix_binding_mismatch',
  });
  const allowed = { type: 'thinking_mismatch_allowed', path: 'messages.3.content.0' };
  const countOf = async (transformations: unknown) => {
    const { pieces } = await endWith(t, { input_transformations: transformations });
    return pieces[0]?.type === 'started' ? pieces[0].thinkingDropped : 'no start';
  };
  assert.equal(await countOf([dropped(0), allowed, dropped(1), { type: 'invented' }, null]), 2);
  for (const none of [[], [allowed], null, 'odd', undefined]) assert.equal(await countOf(none), undefined);
});

test('A refusal without an explanation names its category, and one without either says nothing', async (t) => {
  const refused = async (details: unknown) => {
    const { end } = await endWith(t, {}, { delta: { stop_reason: 'refusal', stop_details: details } });
    return end.outcome === 'done' && end.explanation;
  };
  assert.equal(await refused({ type: 'refusal', category: 'cyber', explanation: null }), 'cyber');
  assert.equal(await refused({ type: 'refusal', category: null, explanation: null }), undefined);
  assert.equal(await refused(null), undefined);
});

test('Betas go into the header and all else into the body, as it is', async (t) => {
  const server = await serve(t, (response) => streamHeaders(response).end(sse(START, DELTA_END, STOP)));
  const request: MessageRequest = {
    ...REQUEST,
    diagnostics: { previous_message_id: null },
    compaction: { type: 'summarize', instructions: 'Short.' },
    output_config: { effort: 'low' },
  };
  const claude = claudeAt(server.url);
  await collect(claude.start({ ...request, betas: ['compact-2026-09-04', 'other-2026-01-01'] }));
  await collect(claude.start({ ...request, betas: [] }));
  await collect(claude.start(request));
  assert.deepEqual(
    server.requests.map(({ headers }) => headers['anthropic-beta']),
    ['compact-2026-09-04,other-2026-01-01', undefined, undefined],
  );
  for (const { body } of server.requests) assert.deepEqual(JSON.parse(body), { ...request, stream: true });
});

test('An answer without content is done', async (t) => {
  const server = await serve(t, (response) => streamHeaders(response).end(sse(START, DELTA_END, STOP)));
  const { pieces, end } = await collect(claudeAt(server.url).start(REQUEST));
  assert.equal(pieces.length, 1);
  assert.equal(end.outcome, 'done');
});

test('A finished answer waits for the server to close, so that it sees no cut', async (t) => {
  let whole = false;
  const server = await serve(t, (response) => {
    response.once('close', () => {
      whole = response.writableFinished;
    });
    streamHeaders(response).write(sse(START, DELTA_END, STOP));
    setTimeout(() => response.end(), 20);
  });
  const { end } = await collect(claudeAt(server.url).start(REQUEST));
  assert.equal(end.outcome, 'done');
  await server.closed();
  assert.equal(whole, true);
});

test('A finished answer does not wait for ever', { timeout: 5000 }, async (t) => {
  const server = await serve(t, (response) => streamHeaders(response).write(sse(START, DELTA_END, STOP)));
  const { end } = await collect(claudeAt(server.url).start(REQUEST));
  assert.equal(end.outcome, 'done');
  await server.closed();
});

test('An error event in the middle fails by its type and keeps the usage', async (t) => {
  const error = {
    type: 'error',
    error: { type: 'overloaded_error', message: 'Overloaded' },
    request_id: 'req_body',
  };
  const server = await serve(t, (response) => streamHeaders(response).end(sse(START, TEXT_START, error)));
  const { pieces, end } = await collect(claudeAt(server.url).start(REQUEST));
  assert.equal(pieces.length, 2);
  assert.deepEqual(end, {
    type: 'end',
    outcome: 'failed',
    failure: {
      kind: 'overloaded',
      type: 'overloaded_error',
      message: 'Overloaded',
      requestId: 'req_odd',
    },
    usage: USAGE_AT_START,
    requestId: 'req_odd',
  });
});

test('A connection that breaks in the middle is cut off', async (t) => {
  const server = await serve(t, (response) => {
    streamHeaders(response).write(sse(START, TEXT_START, TEXT_DELTA), () => response.destroy());
  });
  const { end } = await collect(claudeAt(server.url).start(REQUEST));
  assertFailed(end, 'cutOff');
});

test('A proper end of the stream before the end of the answer is cut off', async (t) => {
  const server = await serve(t, (response) =>
    streamHeaders(response).end(sse(START, TEXT_START, TEXT_DELTA, TEXT_STOP, DELTA_END)),
  );
  const { end } = await collect(claudeAt(server.url).start(REQUEST));
  assertFailed(end, 'cutOff');
  assert.equal(end.usage?.output, 7);
});

const MALFORMED: Readonly<Record<string, string>> = {
  'that is not JSON': 'event: content_block_delta\ndata: {"type":"content_block_del\n\n',
  'that is no object': 'event: message_start\ndata: null\n\n',
  'without its block': sse({ type: 'content_block_start', index: 0 }),
  'with a block without a type': sse({ type: 'content_block_start', index: 0, content_block: {} }),
  'without an index': sse({ type: 'content_block_stop' }),
  'that starts no message': sse({ type: 'message_start' }),
};

for (const [what, text] of Object.entries(MALFORMED)) {
  test(`An event ${what} is malformed, and what it says is not repeated`, async (t) => {
    const server = await serve(t, (response) => streamHeaders(response).end(sse(START) + text));
    const { end } = await collect(claudeAt(server.url).start(REQUEST));
    assertFailed(end, 'malformed');
    assert.equal(end.outcome === 'failed' && end.failure.message, undefined);
  });
}

test('A web page with status 200 is a captive portal, and is not read to its end', {
  timeout: 5000,
}, async (t) => {
  const server = await serve(t, (response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).write('<html> that never ends'),
  );
  assertFailed((await collect(claudeAt(server.url).start(REQUEST))).end, 'captivePortal');
  await server.closed();
});

test('A JSON body and no body at all instead of a stream are malformed', async (t) => {
  const json = await serve(t, (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
  );
  assertFailed((await collect(claudeAt(json.url).start(REQUEST))).end, 'malformed');
  const empty = await serve(t, (response) => response.writeHead(204).end());
  assertFailed((await collect(claudeAt(empty.url).start(REQUEST))).end, 'malformed');
});

test('Silence after the headers is a stall, and the connection is closed', async (t) => {
  const server = await serve(t, (response) => streamHeaders(response).write(sse(START, TEXT_START)));
  const { pieces, end } = await collect(claudeAt(server.url, { idleTimeout: 60 }).start(REQUEST));
  assert.equal(pieces.length, 2);
  assertFailed(end, 'stalled');
  await server.closed();
});

test('Pings keep a silent answer alive beyond the idle limit', async (t) => {
  const server = await serve(t, (response) => {
    streamHeaders(response).write(sse(START));
    let pings = 0;
    const timer = setInterval(() => {
      pings += 1;
      if (pings < 25) return response.write(sse({ type: 'ping' }));
      clearInterval(timer);
      return response.end(sse(DELTA_END, STOP));
    }, 20);
  });
  const { end } = await collect(claudeAt(server.url, { idleTimeout: 300 }).start(REQUEST));
  assert.equal(end.outcome, 'done');
});

test('No headers in time is a timeout', async (t) => {
  const server = await serve(t, () => undefined);
  const { pieces, end } = await collect(claudeAt(server.url, { headersTimeout: 60 }).start(REQUEST));
  assert.deepEqual(pieces, []);
  assertFailed(end, 'timeout');
  await server.closed();
});

test('A server that is not there is a network failure with the code of the system', async (t) => {
  const server = await serve(t, (response) => response.destroy());
  assertFailed((await collect(claudeAt(server.url).start(REQUEST))).end, 'network');
  await server.stop();
  const { end } = await collect(claudeAt(server.url).start(REQUEST));
  assert.deepEqual(end, {
    type: 'end',
    outcome: 'failed',
    failure: { kind: 'network', message: 'ECONNREFUSED' },
  });
});

test('Every request is logged as one line, and a log that throws does no harm', async (t) => {
  const server = await serve(t, (response) => streamHeaders(response).end(sse(START, DELTA_END, STOP)));
  const lines: string[] = [];
  const log = (line: string) => {
    lines.push(line);
    throw new Error('closed');
  };
  const { end } = await collect(claudeAt(server.url, { log }).start(REQUEST));
  assert.equal(end.outcome, 'done');
  assert.match(lines.join('\n'), /^messages claude-opus-5-5: done in \d+ ms req_odd$/);
});
