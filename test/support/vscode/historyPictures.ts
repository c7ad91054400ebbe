import type { FrameLocator } from 'playwright-core';
import { writeCutShort, writtenElsewhere } from '../writtenElsewhere.ts';
import type { Window } from './window.ts';

/** What the pictures of the history need. */
export interface HistoryScene {
  readonly window: Window;
  readonly chat: FrameLocator;
  /** The folder of the journals. */
  readonly conversations: string;
  shoot(state: string): Promise<void>;
  /** A picture of the whole window. */
  shootWindow(state: string): Promise<void>;
}

/** The list, a text that was found, an answer that was cut short, and a conversation that another window writes. */
export async function picturesOfHistory(scene: HistoryScene): Promise<void> {
  const { window, chat, conversations, shoot, shootWindow } = scene;
  const { page, quickInput } = window;
  const cutShort = await writeCutShort(conversations);
  const elsewhere = await writtenElsewhere(conversations);
  try {
    await showList(window);
    await shootWindow('list');
    await page.keyboard.type('RangeError');
    await page
      .locator('.quick-input-widget .quick-input-list')
      .getByText(/RangeError/)
      .first()
      .waitFor();
    await shootWindow('listFound');
    await quickInput.accept();
    await chat.locator('[data-found]').first().waitFor();
    await shoot('found');
    await open(window, cutShort);
    await chat.locator('[data-state="interrupted"]').waitFor();
    await shoot('interrupted');
    await open(window, elsewhere.title);
    await chat.getByText('Answering in another window').first().waitFor();
    await shoot('readOnlyBusy');
    await elsewhere.finish();
    await chat.getByText('Open in another window').first().waitFor();
    await shoot('readOnly');
  } finally {
    await elsewhere.close();
  }
}

async function open(window: Window, title: string): Promise<void> {
  await showList(window);
  await window.quickInput.pick(title);
}

async function showList(window: Window): Promise<void> {
  await window.runCommand('Parley: Show Conversations...');
  await window.quickInput.titled('Conversations');
  await window.page.locator('.quick-input-widget .quick-input-list .monaco-list-row').nth(1).waitFor();
}
