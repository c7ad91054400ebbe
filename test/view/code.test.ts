import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answered, asked, openPage, type Page } from './support.ts';

function pageWith(text: string): Page {
  return openPage({ turns: [asked('q', null, 'Why?'), answered('a', 'q', text)] });
}

test('Code can be copied, inserted, opened and, if it is for a shell, run', () => {
  const page = pageWith('```ts\nlet a = "<b>";\n```\n\n```bash\nls -l\n```');
  const [ts, sh] = page.all('.code-block');
  const names = (frame: HTMLElement | undefined): string[] =>
    [...(frame?.querySelectorAll('button') ?? [])].map((button) => button.getAttribute('aria-label') ?? '');
  assert.deepEqual(names(ts), ['Copy', 'Insert at Cursor', 'New File']);
  assert.deepEqual(names(sh), ['Copy', 'Insert at Cursor', 'New File', 'Run in Terminal']);
  for (const button of [...(ts?.querySelectorAll('button') ?? []), ...(sh?.querySelectorAll('button') ?? [])])
    button.click();
  const text = 'let a = "<b>";';
  assert.deepEqual(page.wishes.slice(1), [
    { type: 'copy', text },
    { type: 'insertAtCursor', text },
    { type: 'openNewFile', text, language: 'typescript' },
    { type: 'copy', text: 'ls -l' },
    { type: 'insertAtCursor', text: 'ls -l' },
    { type: 'openNewFile', text: 'ls -l', language: 'shellscript' },
    { type: 'runInTerminal', text: 'ls -l' },
  ]);
  page.close();
});

test('A link goes up to the host by click and by key, and VS Code does not see the click', () => {
  const page = pageWith('[a](https://a.example)');
  const link = page.get('link', 'a');
  let seen = 0;
  const look = (): void => {
    seen += 1;
  };
  window.document.addEventListener('click', look);
  link.click();
  link.dispatchEvent(new window.KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  window.document.removeEventListener('click', look);
  const wish = { type: 'openLink', href: 'https://a.example' };
  assert.deepEqual(page.wishes.slice(1), [wish, wish]);
  assert.equal(seen, 0);
  page.close();
});
