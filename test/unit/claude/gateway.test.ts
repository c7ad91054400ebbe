import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { FailureKind } from '../../../src/core/conversation/model.ts';
import type { AnswerPiece } from '../../../src/core/ports.ts';
import type { MessageRequest } from '../../../src/core/request/messageRequest.ts';
import type { Fault } from '../../support/fakeClaude/faults.ts';
import { createGate } from '../../support/fakeClaude/gate.ts';
import { startFakeClaude } from '../../support/fakeClaude/main.ts';
import { claudeAt, collect, KEY, REQUEST } from './oddServer.ts';

const THINKING: MessageRequest = { ...REQUEST, thinking: { type: 'adaptive', display: 'summarized' } };

async function start(t: TestContext) {
  const fake = await startFakeClaude({ keys: [KEY] });
  t.after(() => fake.close());
  return { fake, claude: claudeAt(fake.url, { idleTimeout: 200 }) };
}

function joined(pieces: readonly AnswerPiece[], field: string): string {
  return pieces.map((piece) => (piece.type === 'delta' ? (piece.delta[field] ?? '') : '')).join('');
}

test('A whole answer with thinking arrives, and its connection is not cut', async (t) => {
  const { fake, claude } = await start(t);
  fake.enqueue({ thinking: 'Let me see.', text: 'The sky is blue. Grüße 🌍' });
  const { pieces, end } = await collect(claude.start(THINKING));
  assert.equal(joined(pieces, 'text'), 'The sky is blue. Grüße 🌍');
  assert.equal(joined(pieces, 'thinking'), 'Let me see.');
  assert.notEqual(joined(pieces, 'signature'), '');
  assert.equal(end.outcome === 'done' && end.stopReason, 'end_turn');
  assert.ok((end.usage?.output ?? 0) > 0);
  assert.match(end.requestId ?? '', /^req_/);
  await fake.requests[0]?.closed;
  assert.equal(fake.requests[0]?.closedByClient, false);
});

test('A stop closes the connection of a held answer at once', async (t) => {
  const { fake, claude } = await start(t);
  const hold = createGate();
  fake.enqueue({ text: 'One two three four', hold, holdAfterChars: 4, chunkChars: 4 });
  const exchange = claude.start(REQUEST);
  const collected = collect(exchange);
  await hold.reached;
  exchange.stop();
  assert.equal((await collected).end.outcome, 'stopped');
  await fake.requests[0]?.closed;
  assert.equal(fake.requests[0]?.closedByClient, true);
});

const FAULTS: readonly (readonly [FailureKind, Fault])[] = [
  ['overloaded', { kind: 'errorEvent', afterChars: 5 }],
  ['cutOff', { kind: 'cut', afterChars: 5 }],
  ['cutOff', { kind: 'end', afterChars: 5 }],
  ['stalled', { kind: 'stall', afterChars: 5 }],
  ['malformed', { kind: 'malformed', afterChars: 5 }],
  ['captivePortal', { kind: 'body' }],
  ['rateLimit', { kind: 'status', status: 429, headers: { 'retry-after': '3' } }],
  ['spendLimit', { kind: 'status', status: 429, code: 'enforced_spend_limit_reached' }],
  ['overloaded', { kind: 'status', status: 529 }],
];

for (const [kind, fault] of FAULTS) {
  test(`The fault ${JSON.stringify(fault)} is ${kind}, after a single attempt`, async (t) => {
    const { fake, claude } = await start(t);
    fake.fail({ ...fault, reply: { text: 'Hello, this is the answer.', chunkChars: 5 } });
    const { end } = await collect(claude.start(REQUEST));
    assert.equal(end.outcome === 'failed' ? end.failure.kind : end.outcome, kind);
    assert.equal(fake.requests.length, 1);
  });
}

test('Pings alone keep an answer alive until the user stops it', async (t) => {
  const { fake, claude } = await start(t);
  fake.fail({ kind: 'stall', pingMs: 20 });
  const exchange = claude.start(REQUEST);
  const timer = setTimeout(() => exchange.stop(), 500);
  t.after(() => clearTimeout(timer));
  assert.equal((await collect(exchange)).end.outcome, 'stopped');
});

test('What nobody knows yet is no failure', async (t) => {
  const { fake, claude } = await start(t);
  for (const kind of ['unknownBlock', 'unknownEvent', 'unknownDelta', 'unknownStopReason'] as const) {
    fake.fail({ kind, reply: { text: 'Hello' } });
    const { end } = await collect(claude.start(REQUEST));
    assert.equal(end.outcome, 'done', kind);
  }
});

test('A refusal is done and says why', async (t) => {
  const { fake, claude } = await start(t);
  fake.fail({ kind: 'refusal', explanation: 'Not this.' });
  const { end } = await collect(claude.start(REQUEST));
  assert.equal(end.outcome === 'done' && end.stopReason, 'refusal');
  assert.equal(end.outcome === 'done' && end.explanation, 'Not this.');
});

test('An unknown model and a wrong key are told apart', async (t) => {
  const { fake, claude } = await start(t);
  const unknown = await collect(claude.start({ ...REQUEST, model: 'claude-nope' }));
  assert.equal(unknown.end.outcome === 'failed' && unknown.end.failure.kind, 'unknownModel');
  const wrong = claudeAt(fake.url, { key: async () => 'sk-ant-wrong' });
  const refused = await collect(wrong.start(REQUEST));
  assert.equal(refused.end.outcome === 'failed' && refused.end.failure.kind, 'badKey');
  const listed = await wrong.models(5000);
  assert.equal(!listed.ok && listed.failure.kind, 'badKey');
});

test('The models come newest first, each with what it can do', async (t) => {
  const { claude } = await start(t);
  const listed = await claude.models(5000);
  const models = listed.ok ? listed.value : [];
  assert.equal(models[0]?.id, 'claude-fable-5-2');
  const old = models.find((model) => model.id.startsWith('claude-haiku-4-5'));
  assert.deepEqual(old?.efforts, []);
  assert.deepEqual(old?.thinking?.toSorted(), ['disabled', 'enabled']);
  const opus = models.find((model) => model.id === 'claude-opus-5-5');
  assert.deepEqual(opus?.efforts, ['low', 'medium', 'high', 'xhigh', 'max']);
});
