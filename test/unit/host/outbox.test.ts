import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { ToView } from '../../../src/core/protocol.ts';
import { createOutbox, type Outbox } from '../../../src/host/chat/outbox.ts';
import { code, question } from '../../support/conversations.ts';

interface Setup {
  readonly outbox: Outbox;
  readonly sent: readonly ToView[];
}

/** A page that never answers, as a real one may not. */
function setUp(): Setup {
  const sent: ToView[] = [];
  const postMessage = (message: ToView): Promise<boolean> => {
    sent.push(message);
    return new Promise(() => undefined);
  };
  return { outbox: createOutbox({ postMessage }), sent };
}

const grown = (text: string) => [{ type: 'textGrew', turn: 'a', index: 0, text }] as const;

test('the first words go out at once, what follows at most every 33 ms, joined', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1000 });
  const { outbox, sent } = setUp();
  outbox.queue('c', grown('one '));
  t.mock.timers.tick(0);
  assert.equal(sent.length, 1);
  outbox.queue('c', grown('two '));
  outbox.queue('c', grown('three'));
  t.mock.timers.tick(32);
  assert.equal(sent.length, 1);
  t.mock.timers.tick(1);
  assert.equal(sent.length, 2);
  assert.deepEqual(sent[1], { seq: 1, type: 'events', conversation: 'c', events: grown('two three') });
  mock.timers.reset();
});

test('messages are numbered without a gap and a snapshot starts anew', () => {
  const { outbox, sent } = setUp();
  outbox.post({ type: 'focusAsked' });
  outbox.queue('c', grown('x'));
  outbox.post({ type: 'focusAsked' });
  assert.deepEqual(
    sent.map((message) => [message.seq, message.type]),
    [
      [0, 'focusAsked'],
      [1, 'events'],
      [2, 'focusAsked'],
    ],
  );
  outbox.startAnew({ type: 'focusAsked' });
  assert.equal(sent.at(-1)?.seq, 0);
});

test('what waits for a page that is gone is dropped', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1000 });
  const { outbox, sent } = setUp();
  outbox.queue('c', grown('x'));
  outbox.clear();
  t.mock.timers.tick(100);
  assert.deepEqual(sent, []);
});

test('the text of attachments stays with the host', () => {
  const { outbox, sent } = setUp();
  outbox.queue('c', [{ type: 'turnAdded', turn: question('q', null, 'look', code('secret()')) }]);
  outbox.post({ type: 'focusAsked' });
  assert.doesNotMatch(JSON.stringify(sent), /secret/);
});
