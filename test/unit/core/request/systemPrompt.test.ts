import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemTexts } from '../../../../src/core/request/systemPrompt.ts';

const NOTHING = { instructions: '', conversationInstructions: '', files: [] };

test('the system prompt goes from the general to the particular and names its sources', () => {
  const texts = systemTexts({
    instructions: 'Be brief.',
    conversationInstructions: 'Speak of cats.',
    files: [
      { name: 'AGENTS.md', text: 'Use tabs.' },
      { name: 'CLAUDE.md', text: 'Use spaces.' },
    ],
  });
  assert.deepEqual(
    texts.map(({ source }) => source),
    ['base', 'settings', 'AGENTS.md', 'CLAUDE.md', 'conversation'],
  );
  assert.match(texts[2]?.text ?? '', /AGENTS\.md[\s\S]*\n\nUse tabs\.$/);
  assert.equal(texts[4]?.text, 'Speak of cats.');
});

test('what is blank has no place in it', () => {
  const texts = systemTexts({
    instructions: ' ',
    conversationInstructions: '\n',
    files: [{ name: 'AGENTS.md', text: ' \n' }],
  });
  assert.deepEqual(
    texts.map(({ source }) => source),
    ['base'],
  );
});

test('it is the same today and tomorrow', () => {
  const [base] = systemTexts(NOTHING);
  assert.deepEqual(systemTexts(NOTHING), [base]);
  assert.doesNotMatch(base?.text ?? '', /20\d\d|today|date/i);
});
