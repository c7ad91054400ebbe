import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instructionTexts } from '../../../src/host/workspace/instructionTexts.ts';

function file(name: string, text: string): { readonly name: string; readonly bytes: Uint8Array } {
  return { name, bytes: new TextEncoder().encode(text) };
}

test('both files go into the prompt, in order', () => {
  const texts = instructionTexts([file('AGENTS.md', 'Use tabs.\n'), file('CLAUDE.md', 'Be brief.\n')]);
  assert.deepEqual(texts, [
    { name: 'AGENTS.md', text: 'Use tabs.\n' },
    { name: 'CLAUDE.md', text: 'Be brief.\n' },
  ]);
});

test('a byte order mark is taken off and line ends are line feeds', () => {
  const [only] = instructionTexts([file('AGENTS.md', '\ufeffone\r\ntwo\r\n')]);
  assert.equal(only?.text, 'one\ntwo\n');
});

test('a copy counts once, also with other line ends or white space around it', () => {
  const texts = instructionTexts([file('AGENTS.md', 'one\ntwo\n'), file('CLAUDE.md', 'one\r\ntwo\r\n\r\n')]);
  assert.deepEqual(
    texts.map((text) => text.name),
    ['AGENTS.md'],
  );
});

test('a CLAUDE.md that only imports AGENTS.md adds nothing', () => {
  for (const content of ['@AGENTS.md', '@AGENTS.md\r\n', '\ufeff @./AGENTS.md \n']) {
    assert.deepEqual(instructionTexts([file('CLAUDE.md', content)]), []);
  }
  assert.equal(instructionTexts([file('CLAUDE.md', '@AGENTS.md\nAnd be brief.')]).length, 1);
});

test('an empty file is no instruction', () => {
  assert.deepEqual(instructionTexts([file('AGENTS.md', ' \r\n'), file('CLAUDE.md', '')]), []);
});

test('bytes that are no UTF-8 do no harm', () => {
  const [only] = instructionTexts([{ name: 'AGENTS.md', bytes: Uint8Array.of(0xff, 0x41, 0xc3) }]);
  assert.equal(only?.text, '\ufffdA\ufffd');
});
