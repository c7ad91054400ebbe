import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import axe from 'axe-core';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { pngOf } from '../support/png.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { writtenElsewhere } from '../support/writtenElsewhere.ts';
import { type Chat, cursorInComposer, openChat, pointingAt, storageOf, tidyUp, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const stage = {
  isShared: true,
  machineSettings: pointingAt(claude),
  userSettings: { 'parley.retry.maxAttempts': 1 },
};
const SHOT = pngOf(320, 200, (x) => (x % 40 < 20 ? [24, 24, 34] : [140, 190, 255]));
const attached = {
  ...stage,
  files: {
    'shot.png': SHOT,
    'cut.png': SHOT.subarray(0, 40),
    'list.ts': 'export const one = 1;\n'.repeat(40),
  },
};

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
      assert.deepEqual(await violations(window, chat), []);
    },
  );

  suite.test(
    `axe finds nothing wrong with chips, the list behind @ and the viewer in ${theme}`,
    attached,
    async ({ open, workspace }) => {
      const window = await open({ theme });
      const chat = await openChat(window);
      await attachAll(window, chat, workspace);
      assert.deepEqual(await violations(window, chat), [], 'chips');
      await chat.composer.pressSequentially('See @list');
      await chat.frame.getByRole('option').first().waitFor();
      assert.deepEqual(await violations(window, chat), [], 'the list behind @');
      await chat.composer.press('Escape');
      await chat.chips.filter({ hasText: 'shot.png' }).locator('img').click();
      const dialog = chat.frame.getByRole('dialog');
      await dialog
        .getByRole('button', { name: 'Black Out' })
        .and(dialog.locator('[aria-disabled="false"]'))
        .click();
      await dialog.locator('.outline').waitFor();
      assert.deepEqual(await violations(window, chat), [], 'the viewer');
    },
  );

  suite.test(
    `axe finds nothing wrong with a conversation that another window writes in ${theme}`,
    stage,
    async ({ open, server }) => {
      const window = await open({ theme });
      const chat = await openChat(window);
      const elsewhere = await writtenElsewhere(join(storageOf(server), 'conversations'));
      try {
        await choose(window, elsewhere.title);
        await composerSays(chat, 'Answering in another window');
        assert.deepEqual(await violations(window, chat), [], 'while it is answered');
        await elsewhere.finish();
        await composerSays(chat, 'Open in another window');
        assert.deepEqual(await violations(window, chat), [], 'while it is open');
      } finally {
        await elsewhere.close();
      }
    },
  );
}

async function choose(window: Window, title: string): Promise<void> {
  await window.runCommand('Parley: Show Conversations...');
  await window.quickInput.titled('Conversations');
  await window.quickInput.pick(title);
}

/** A file that changes, a picture, one that is refused, and a selection that is offered. */
async function attachAll(window: Window, chat: Chat, workspace: string): Promise<void> {
  await window.driver.run((vscode, folder) => {
    const uris = ['list.ts', 'shot.png', 'cut.png'].map((name) => vscode.Uri.file(`${folder}/${name}`));
    return vscode.commands.executeCommand('parley.addToChat', uris[0], uris);
  }, workspace);
  await chat.chips.locator('img').first().waitFor();
  await chat.chips.getByRole('alert').waitFor();
  await writeFile(join(workspace, 'list.ts'), 'export const two = 2;\n');
  await chat.chips.getByText('changed').waitFor();
  await window.driver.run(async (vscode) => {
    const document = await vscode.workspace.openTextDocument({ content: 'one\ntwo\nthree\n' });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 0, 2, 2);
  });
  await chat.frame.getByRole('button', { name: /^Attach / }).waitFor();
}

async function violations(window: Window, chat: Chat): Promise<readonly string[]> {
  await chat.frame.evaluate(axe.source);
  // The page is transparent: what lies behind it is the side bar, in another document.
  const behind = await window.page
    .locator('.part.sidebar')
    .evaluate((part) => getComputedStyle(part).backgroundColor);
  await chat.frame.evaluate((color) => {
    document.documentElement.style.backgroundColor = color;
  }, behind);
  return chat.frame.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: typeof import('axe-core') };
    const found = await checker.run(document.body);
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
  });
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
    const reached = await reachedBackwards(window, chat, 20);
    const wanted = [
      'Thought for',
      'Copy',
      'Insert at Cursor',
      'New File',
      'Run in Terminal',
      'Copy as Markdown',
    ];
    assertOrder(reached, wanted);
  },
);

suite.test(
  'chips, what is offered and the composer are reached in order',
  attached,
  async ({ open, workspace }) => {
    const window = await open();
    const chat = await openChat(window);
    await attachAll(window, chat, workspace);
    // Backwards from the last button: in the text box Tab would take what is offered.
    await chat.send.focus();
    const reached = await reachedBackwards(window, chat, 20);
    assertOrder(reached, [
      'list.ts',
      'Refresh list.ts',
      'Remove list.ts',
      'shot.png',
      'Remove shot.png',
      'Remove cut.png',
      'Attach Untitled',
      'Do not offer selections',
      'Message Claude',
      'Add Context',
      'Model:',
    ]);
  },
);

suite.test(
  'a conversation that another window writes says so in its text box, and is continued here by keys alone',
  stage,
  async ({ open, server }) => {
    const window = await open();
    const chat = await openChat(window);
    const { keyboard } = window.page;
    const elsewhere = await writtenElsewhere(join(storageOf(server), 'conversations'));
    try {
      await elsewhere.finish();
      await choose(window, elsewhere.title);
      await composerSays(chat, 'Open in another window');
      await chat.composer.focus();
      await keyboard.press('Tab');
      assert.equal(await focused(chat), 'Continue Here');
      const reached = await reachedBackwards(window, chat, 20);
      assertOrder(reached, ['Thought for', 'Copy as Markdown', 'Message Claude']);
      const writes = /^(Edit|Regenerate|Continue|Send|Stop|Add Context|Model|Effort|Thinking:)/;
      assert.deepEqual(
        reached.filter((name) => writes.test(name)),
        [],
      );

      await chat.composer.focus();
      await keyboard.press('Tab');
      await keyboard.press('Enter');
      await chat.send.waitFor();
      await cursorInComposer(chat);
      assert.equal(await chat.composer.getAttribute('aria-describedby'), null);
      claude.enqueue({ text: 'Because they are cool.' });
      await keyboard.type('And now?');
      await keyboard.press('Enter');
      await (await chat.answer('done')).getByText('Because they are cool.').waitFor();
    } finally {
      await elsewhere.close();
    }
  },
);

/** Waits until a screen reader says this with the text box. */
async function composerSays({ composer }: Chat, sentence: string): Promise<void> {
  await until(`the text box says "${sentence}"`, () =>
    composer.evaluate(
      ({ ariaDescribedByElements }, wanted) =>
        ariaDescribedByElements?.some(({ textContent }) => textContent?.trim() === wanted) ?? false,
      sentence,
    ),
  );
}

/** The name of what has the focus; empty when nothing has. */
function focused({ frame }: Chat): Promise<string> {
  return frame.evaluate(() => {
    const element = document.activeElement;
    return element instanceof HTMLElement && element !== document.body
      ? (element.getAttribute('aria-label') ?? element.innerText) || element.title
      : '';
  });
}

/** Names of what Shift+Tab reaches from where the focus is, in the order of Tab. */
async function reachedBackwards(window: Window, chat: Chat, most: number): Promise<readonly string[]> {
  const reached: string[] = [];
  for (let presses = 0; presses < most; presses++) {
    await window.page.keyboard.press('Shift+Tab');
    const name = await focused(chat);
    if (name === '') break;
    reached.unshift(name.split('\n')[0]?.trim() ?? '');
  }
  return reached;
}

function assertOrder(reached: readonly string[], wanted: readonly string[]): void {
  const places = wanted.map((name) => reached.findIndex((entry) => entry.startsWith(name)));
  assert.ok(!places.includes(-1), `reached only ${reached.join(', ')}`);
  assert.deepEqual(
    places,
    places.toSorted((one, other) => one - other),
    reached.join(', '),
  );
}
