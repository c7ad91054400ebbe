import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChatEvent, emptyConversation } from '../../../src/core/conversation/events.ts';
import { createSession, type Session } from '../../../src/core/conversation/session.ts';
import { createSharedSession, type SharedSession } from '../../../src/core/conversation/sharedSession.ts';
import { succeed } from '../../../src/core/ports.ts';
import { eventsOf } from '../../support/conversations.ts';
import { createTestClock } from '../../support/memoryPorts.ts';

const EMPTY = emptyConversation('c', 1);
const named = (title: string): ChatEvent => ({ type: 'renamed', title });

function writer(): Session {
  const journal = { append: () => undefined, settle: async () => succeed(undefined) };
  return createSession({ conversation: EMPTY, journal }, createTestClock(), ({ message }) =>
    assert.fail(message),
  );
}

function shared(): { readonly session: SharedSession; readonly heard: ChatEvent[] } {
  const session = createSharedSession(EMPTY, assert.fail);
  const heard: ChatEvent[] = [];
  session.subscribe((events) => void heard.push(...events));
  return { session, heard };
}

test('while this window writes, what a late look at the journal brings is not heard a second time', () => {
  const { session, heard } = shared();
  session.write(writer());
  session.record(named('here'));
  session.hear([named('late')]);
  assert.equal(session.conversation.title, 'here');
  assert.deepEqual(heard, [named('here')]);
});

test('once another window writes, nothing of what was written here before is heard any more', () => {
  const { session, heard } = shared();
  const before = writer();
  session.write(before);
  session.follow(EMPTY);
  before.record(named('too late'));
  session.hear([named('theirs')]);
  assert.equal(session.conversation.title, 'theirs');
  assert.deepEqual(heard, [named('theirs')]);
  assert.ok(session.readOnly);
});

test('something senseless that another window has written costs nothing of what it wrote besides', () => {
  const { session, heard } = shared();
  const senseless = [{ type: 'turnAdded' }, { type: 'requestRepaired', turn: 'x' }] as unknown as ChatEvent[];
  const [first, ...rest] = eventsOf(['one']);
  assert.ok(first);
  session.hear([first, ...senseless, ...rest]);
  assert.equal(session.conversation.turns.length, 2);
  assert.equal(heard.length, rest.length + 3);
});
