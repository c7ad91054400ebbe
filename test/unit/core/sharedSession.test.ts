import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChatEvent, emptyConversation } from '../../../src/core/conversation/events.ts';
import { createSharedSession } from '../../../src/core/conversation/sharedSession.ts';
import { eventsOf } from '../../support/conversations.ts';

test('something senseless that another window has written costs nothing of what it wrote besides', () => {
  const session = createSharedSession(emptyConversation('c', 1), () => undefined);
  const senseless = [{ type: 'turnAdded' }, { type: 'requestRepaired', turn: 'x' }] as unknown as ChatEvent[];
  const heard: ChatEvent[] = [];
  session.subscribe((events) => void heard.push(...events));
  const [first, ...rest] = eventsOf(['one']);
  assert.ok(first);
  session.hear([first, ...senseless, ...rest]);
  assert.equal(session.conversation.turns.length, 2);
  assert.equal(heard.length, rest.length + 3);
});
