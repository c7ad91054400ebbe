import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation, reduceAll } from '../../../src/core/conversation/events.ts';
import { conversationExcerpt } from '../../../src/host/workspace/conversations.ts';
import { answerEvents, code, question } from '../../support/conversations.ts';

test('a conversation becomes its questions and answers, without thinking and attachments', () => {
  const asked = { type: 'turnAdded', turn: question('q1', null, 'Why?', code('secret code')) } as const;
  const conversation = reduceAll(emptyConversation('c1', 1), [
    asked,
    ...answerEvents('a1', 'q1', 'Because.'),
  ]);
  const excerpt = conversationExcerpt({ ...conversation, title: 'Reasons' });
  assert.equal(excerpt.text, '[User]\nWhy?\n\n[Claude]\nBecause.\n');
  assert.deepEqual([excerpt.label, excerpt.detail, excerpt.origin], ['Reasons', 'c1', 'conversation']);
});

test('a conversation in which nothing was said is empty', () => {
  assert.equal(conversationExcerpt(emptyConversation('c1', 1)).text, '');
});
