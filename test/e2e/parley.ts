import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { readJournal } from '../../src/core/conversation/journal.ts';
import type { Conversation } from '../../src/core/conversation/model.ts';
import type { RecordedRequest } from '../support/fakeClaude/http/recorder.ts';
import type { FakeClaude } from '../support/fakeClaude/main.ts';
import type { Server } from '../support/vscode/server.ts';
import type { Window } from '../support/vscode/window.ts';

/** The extension as VS Code names it: publisher and name. */
export const PARLEY = 'parley.parley';

/** The chat page in one window. Ask for it anew after a reload: the document is another one then. */
export interface Chat {
  readonly frame: Frame;
  readonly composer: Locator;
  readonly send: Locator;
  readonly stop: Locator;
  /** The turns in order; `You` and `Claude` alternate. */
  readonly turns: Locator;
  readonly failure: Locator;
  readonly chips: Locator;
  /** Types a question and presses Enter. */
  ask(text: string): Promise<void>;
  /** Waits for the newest answer to stand so, and returns it. */
  answer(state: 'streaming' | 'done' | 'stopped' | 'failed' | 'interrupted'): Promise<Locator>;
}

/** Opens the side bar, as the command in the palette does, and waits for its page. */
export async function openChat(window: Window): Promise<Chat> {
  await window.driver.run((vscode) => vscode.commands.executeCommand('parley.openChat'));
  return chatIn(window);
}

/** The page that is shown already. */
export async function chatIn(window: Window): Promise<Chat> {
  const frame = await loadedFrame(window);
  const composer = composerIn(frame);
  const answers = frame.getByRole('article', { name: 'Claude' });
  return {
    frame,
    composer,
    send: frame.getByRole('button', { name: 'Send' }),
    stop: frame.getByRole('button', { name: 'Stop' }),
    turns: frame.getByRole('article'),
    failure: frame.getByRole('alert'),
    chips: frame.getByRole('list', { name: 'Attachments' }).getByRole('listitem'),
    async ask(text) {
      await composer.fill(text);
      await composer.press('Enter');
    },
    async answer(state) {
      await answers
        .last()
        .and(frame.locator(`[data-state="${state}"]`))
        .waitFor();
      return answers.last();
    },
  };
}

/** While a window starts VS Code may replace the document once more; the one that shows a composer is it. */
async function loadedFrame(window: Window): Promise<Frame> {
  for (;;) {
    const frame = await window.webview(PARLEY).frame();
    try {
      await composerIn(frame).waitFor();
      return frame;
    } catch (error) {
      if (!frame.isDetached()) throw error;
    }
  }
}

function composerIn(frame: Frame): Locator {
  return frame.getByRole('textbox', { name: 'Message Claude' });
}

/** Sets a key through the command and its box. */
export async function setKey(window: Window, key: string): Promise<void> {
  await window.driver.run((vscode) => {
    // It ends with the box.
    vscode.commands.executeCommand('parley.setApiKey');
  });
  await window.quickInput.titled(/API Key/);
  await window.quickInput.fill(key);
  await window.quickInput.accept();
  await window.quickInput.closed();
}

/** Settings that send requests to the simulated Claude. */
export function pointingAt(claude: FakeClaude): Readonly<Record<string, unknown>> {
  return { 'parley.baseUrl': claude.url };
}

/** The questions that have arrived, oldest first. */
export function questions(claude: FakeClaude): readonly RecordedRequest[] {
  return claude.requests.filter((request) => request.method === 'POST' && request.path === '/v1/messages');
}

/** Whether a text stands in Parley's own files: journals, drafts, trash. */
export async function isStored(server: Server, text: string): Promise<boolean> {
  const entries = await readdir(storageOf(server), { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((candidate) => /\.jsonl?$/.test(candidate.name))) {
    const content = await readFile(join(entry.parentPath, entry.name), 'utf8').catch(() => '');
    if (content.includes(text)) return true;
  }
  return false;
}

/** The folder of all conversations and drafts. */
export function storageOf(server: Server): string {
  return join(server.dataFolder, 'data', 'User', 'globalStorage', PARLEY);
}

/** The conversations as their journals have them, with every event; a line that was cut off stands beside its whole one. */
export async function storedConversations(server: Server): Promise<readonly Conversation[]> {
  const folder = join(storageOf(server), 'conversations');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.map((text) => {
    const { conversation, missing } = readJournal(text, { id: '', createdAt: 0 });
    assert.equal(missing, 0);
    return conversation;
  });
}

/** All that Parley has logged in every window of this server. */
export async function logged(server: Server): Promise<string> {
  const folder = join(server.dataFolder, 'data', 'logs');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.name === 'Parley.log');
  const texts = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')));
  return texts.join('\n');
}

/**
 * Chooses an entry of the context menu that is open. By key, because a click right after the menu has opened counts as
 * the end of the one that opened it.
 */
export async function chooseInMenu({ page }: Window, label: string): Promise<void> {
  const menu = page.locator('.monaco-menu');
  await menu.getByText(label).hover();
  await page.keyboard.press('Enter');
  await menu.waitFor({ state: 'hidden' });
}

/** Opens the context menu of what has the focus, and chooses an entry with the arrow keys. */
export async function chooseInMenuByKeys(
  { page }: Window,
  label: string,
  key: 'ContextMenu' | 'Shift+F10' = 'ContextMenu',
): Promise<void> {
  const menu = page.locator('.monaco-menu');
  const focused = menu.locator('.action-menu-item:focus');
  await page.keyboard.press(key);
  await menu.waitFor();
  await until(`the menu leads to ${label}`, async () => {
    await page.keyboard.press('ArrowDown');
    return (await focused.innerText({ timeout: 5_000 })).startsWith(label);
  });
  await page.keyboard.press('Enter');
  await menu.waitFor({ state: 'hidden' });
}

/** Presses Tab, or Shift+Tab, until the button with this name has the focus. */
export async function tabTo(
  { page }: Window,
  { frame }: Chat,
  name: string | RegExp,
  key: 'Tab' | 'Shift+Tab' = 'Shift+Tab',
): Promise<void> {
  const wanted = frame.getByRole('button', { name }).first();
  const isThere = () => wanted.evaluate((button) => button === button.ownerDocument.activeElement);
  await wanted.waitFor();
  for (let presses = 0; presses < 60; presses++) {
    if (await isThere()) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead to the button ${name}`);
}

/** Waits for a condition outside the browser. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The rows of the list of conversations, which is there before it is filled. */
export async function listed({ quickInput }: Window): Promise<readonly string[]> {
  await quickInput.titled('Conversations');
  await until('the list is filled', async () => (await quickInput.items()).length > 0);
  return quickInput.items();
}

/** Whether a wait comes to its end; for what has to be tried until it holds. */
export function succeeds(waiting: Promise<unknown>): Promise<boolean> {
  return waiting.then(
    () => true,
    () => false,
  );
}

/** Waits until one can write at once, as after every gesture. */
export async function cursorInComposer({ composer }: Chat): Promise<void> {
  await until('the cursor is in the composer', () =>
    composer.evaluate((box) => box.ownerDocument.hasFocus() && box.ownerDocument.activeElement === box),
  );
}

/** Starts a conversation with nothing in it. */
export async function startAnew(window: Window, chat: Chat): Promise<void> {
  await window.driver.run((vscode) => vscode.commands.executeCommand('parley.newConversation'));
  await until('the conversation is empty', async () => (await chat.turns.count()) === 0);
}

/** For suites whose tests share a window: the chat, where it was shown, is empty again, and so is the composer. */
export async function tidyUp(window: Window): Promise<void> {
  const chat = await openChat(window);
  if (await chat.stop.isVisible()) await chat.stop.click();
  await startAnew(window, chat);
  await chat.composer.fill('');
  while ((await chat.chips.count()) > 0) {
    const left = await chat.chips.count();
    await chat.chips
      .first()
      .getByRole('button', { name: /^Remove / })
      .click();
    await until('the chip is gone', async () => (await chat.chips.count()) < left);
  }
}
