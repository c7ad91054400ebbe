import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDebugOutput, MOST_KEPT } from '../../../src/host/workspace/debugOutput.ts';

function printed(output: string, category = 'stdout') {
  return { type: 'event', event: 'output', body: { category, output } };
}

test('what a program prints is kept in order, without colors and without telemetry', () => {
  const debug = createDebugOutput();
  assert.equal(debug.take(printed('\u001b[32mone\u001b[0m\n')), true);
  assert.equal(debug.take(printed('secret', 'telemetry')), false);
  assert.equal(debug.take({ type: 'event', event: 'stopped', body: {} }), false);
  assert.equal(debug.take(printed('two\n', 'stderr')), true);
  assert.equal(debug.text(), 'one\ntwo\n');
});

test('what the user has asked in the console stands there with its answer', () => {
  const debug = createDebugOutput();
  debug.asked({
    type: 'request',
    seq: 4,
    command: 'evaluate',
    arguments: { context: 'repl', expression: 'a+1' },
  });
  debug.asked({
    type: 'request',
    seq: 5,
    command: 'evaluate',
    arguments: { context: 'hover', expression: 'b' },
  });
  debug.take({ type: 'response', command: 'evaluate', request_seq: 5, body: { result: 'unasked' } });
  debug.take({ type: 'response', command: 'evaluate', request_seq: 4, body: { result: '42' } });
  assert.equal(debug.text(), '> a+1\n42\n');
});

test('the newest million characters are kept, from the start of a line', () => {
  const debug = createDebugOutput();
  const line = `${'z'.repeat(99)}\n`;
  for (let count = 0; count < 25_000; count++) debug.take(printed(line));
  debug.take(printed('the end\n'));
  const text = debug.text();
  assert.ok(text.length <= MOST_KEPT && text.length > MOST_KEPT - 200, `${text.length}`);
  assert.ok(text.startsWith(line) && text.endsWith('the end\n'));
});

test('malformed messages are passed over', () => {
  const debug = createDebugOutput();
  for (const message of [undefined, 'x', {}, printed as unknown, { type: 'event', event: 'output' }]) {
    assert.equal(debug.take(message), false);
    debug.asked(message);
  }
  assert.equal(debug.text(), '');
});
