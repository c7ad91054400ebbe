import assert from 'node:assert/strict';
import { after, beforeEach } from 'node:test';
import axe from 'axe-core';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { openChat, pointingAt } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const stage = { machineSettings: pointingAt(claude), userSettings: { 'parley.retry.maxAttempts': 1 } };

for (const theme of [
  'Dark Modern',
  'Light Modern',
  'Default High Contrast',
  'Default High Contrast Light',
] as const) {
  suite.test(
    `axe finds nothing wrong with question, answer and failure in ${theme}`,
    stage,
    async ({ open }) => {
      const window = await open({ theme });
      const chat = await openChat(window);
      claude.enqueue({
        thinking: 'Hm.',
        text: 'A **list**:\n\n1. one\n2. two\n\n```ts\nlet a = 1; // note\n```\n\n[link](https://example.com)',
      });
      await chat.ask('Show me everything');
      const answer = await chat.answer('done');
      await answer.locator('.hljs-comment').waitFor();
      claude.fail({ kind: 'status', status: 529, type: 'overloaded_error' });
      await chat.ask('And fail');
      await chat.answer('failed');
      await chat.frame.evaluate(axe.source);
      // The page is transparent: what lies behind it is the side bar, in another document.
      const behind = await window.page
        .locator('.part.sidebar')
        .evaluate((part) => getComputedStyle(part).backgroundColor);
      await chat.frame.evaluate((color) => {
        document.documentElement.style.backgroundColor = color;
      }, behind);
      const violations = await chat.frame.evaluate(async () => {
        const { axe: checker } = globalThis as unknown as { axe: typeof import('axe-core') };
        const found = await checker.run(document.body);
        return found.violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`,
        );
      });
      assert.deepEqual(violations, []);
    },
  );
}

suite.test(
  'everything can be reached by keyboard, in an order that follows the eye',
  stage,
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    claude.enqueue({ thinking: 'Hm.', text: 'Code:\n\n```sh\nls\n```\n' });
    await chat.ask('Keys');
    await chat.answer('done');
    const reached: string[] = [];
    for (let presses = 0; presses < 20; presses++) {
      await window.page.keyboard.press('Shift+Tab');
      const name = await chat.frame.evaluate(() => {
        const element = document.activeElement;
        return element instanceof HTMLElement && element !== document.body
          ? (element.getAttribute('aria-label') ?? element.title) || element.innerText
          : '';
      });
      if (name === '') break;
      reached.unshift(name.split('\n')[0]?.trim() ?? '');
    }
    const wanted = [
      'Thought for',
      'Copy',
      'Insert at Cursor',
      'New File',
      'Run in Terminal',
      'Copy as Markdown',
    ];
    const places = wanted.map((name) => reached.findIndex((entry) => entry.startsWith(name)));
    assert.ok(!places.includes(-1), `reached only ${reached.join(', ')}`);
    assert.deepEqual(
      places,
      [...places].sort((one, other) => one - other),
      reached.join(', '),
    );
  },
);
