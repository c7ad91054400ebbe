import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { type Driver, driverIn } from './driver.ts';
import type { FrontDoor } from './frontDoor.ts';
import { type QuickInput, quickInputOf, runCommand, runCommandByKeys } from './quickInput.ts';
import type { Settings } from './settings.ts';
import { type Webview, webviewOf } from './webview.ts';
import type { WindowOptions } from './workbenchPage.ts';

export interface OpenOptions extends WindowOptions {
  /** A folder, or a `.code-workspace` file; an empty window when not given. */
  readonly folder?: string;
  /** The name in the settings, not the one that is shown. */
  readonly theme?: 'Dark Modern' | 'Light Modern' | 'Default High Contrast' | 'Default High Contrast Light';
  /**
   * How the folder is trusted: `trusted` (the default) never asks, `restricted` is Restricted Mode, `ask` shows VS Code's
   * dialog about a second after the start.
   */
  readonly trust?: 'trusted' | 'restricted' | 'ask';
}

/** One open VS Code window, for as long as the page lives. All waits end after `patience` milliseconds. */
export interface Window {
  readonly page: Page;
  /** Runs code with the `vscode` API in this window's extension host. */
  readonly driver: Driver;
  readonly quickInput: QuickInput;
  /** Runs a command from the Command Palette by the text that is shown there: `Category: Title`. */
  runCommand(label: string): Promise<void>;
  /** The same without a mouse. */
  runCommandByKeys(label: string): Promise<void>;
  /** The texts of the notifications that are shown now. */
  notifications(): Promise<string[]>;
  /** Waits for a notification with this text and returns its whole text. */
  notification(text: string | RegExp): Promise<string>;
  /** Waits until no notification with this text is shown. */
  notificationGone(text: string | RegExp): Promise<void>;
  /** Presses a button of the notification or modal dialog that is shown. */
  press(button: string): Promise<void>;
  /** The page inside the webview of an extension (`publisher.name`), once it is loaded. */
  webview(extension: string): Webview;
  /**
   * Loads the window again and waits for the workbench. `page` is the browser's F5, which loses the last second of
   * `globalState` and `setState`; `command` is "Developer: Reload Window", which keeps them, as the desktop does.
   */
  reload(how?: 'page' | 'command'): Promise<void>;
  /** Ends the window and its extension host. */
  close(): Promise<void>;
  screenshot(path: string): Promise<void>;
}

/** How long to wait for anything, in milliseconds; long, because two windows at once take twice the time each. */
export const patience = 60_000;

/** Opens a window in a context and waits until its workbench is restored (extensions may still be starting). */
export async function openWindow(
  context: BrowserContext,
  door: FrontDoor,
  driverFolder: string,
  options: OpenOptions = {},
): Promise<Window> {
  const driver = driverIn(driverFolder);
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const configurationDefaults = defaultsOf(options, driver.window);
  const address = addressOf(door, { ...options, configurationDefaults });
  await page.goto(address, { waitUntil: 'commit' });
  await restored(page);
  const toasts = page.locator('.notifications-toasts .notification-list-item');
  const listed = page.locator('.notifications-center .notification-list-item');
  // Of many at once VS Code shows only some by themselves, and none for long: the others are behind the bell.
  const behindBell = async <Found>(wanted: Locator, work: () => Promise<Found>): Promise<Found> => {
    if (await succeeds(wanted.waitFor({ timeout: 5_000 }))) return work();
    await driver.run((vscode) => vscode.commands.executeCommand('notifications.showList'));
    const found = await work();
    await driver.run((vscode) => vscode.commands.executeCommand('notifications.hideList'));
    return found;
  };
  return {
    page,
    driver,
    quickInput: quickInputOf(page),
    runCommand: (label) => runCommand(page, label),
    runCommandByKeys: (label) => runCommandByKeys(page, label),
    notifications: () => toasts.allInnerTexts(),
    notification: async (text) => {
      const found = toasts.or(listed).filter({ hasText: text }).locator('visible=true').first();
      return behindBell(found, () => found.innerText());
    },
    notificationGone: (text) => toasts.filter({ hasText: text }).first().waitFor({ state: 'hidden' }),
    press: async (button) => {
      const places = page.locator('.notifications-toasts, .notifications-center, .monaco-dialog-box');
      const found = places.getByRole('button', { name: button }).locator('visible=true').first();
      await behindBell(found, () => found.click());
    },
    webview: (extension) => webviewOf(page, extension),
    reload: async (how = 'page') => {
      await driver.forget();
      const loaded = page.waitForEvent('domcontentloaded');
      if (how === 'page') await page.reload({ waitUntil: 'commit' });
      else await runCommand(page, 'Developer: Reload Window');
      await loaded;
      await restored(page);
    },
    close: () => page.close(),
    screenshot: async (path) => {
      await mkdir(dirname(path), { recursive: true });
      await page.screenshot({ path });
    },
  };
}

function succeeds(waiting: Promise<unknown>): Promise<boolean> {
  return waiting.then(
    () => true,
    () => false,
  );
}

/** Waits until the workbench has brought back its views and editors. */
export async function restored(page: Page): Promise<void> {
  const isRestored = () => performance.getEntriesByName('code/LifecyclePhase/Restored').length > 0;
  await page.waitForFunction(isRestored, undefined, { timeout: patience, polling: 50 });
}

function defaultsOf(options: OpenOptions, driverWindow: string): Settings {
  return {
    ...(options.theme && { 'workbench.colorTheme': options.theme }),
    'security.workspace.trust.startupPrompt': options.trust === 'ask' ? 'always' : 'never',
    'parleyTestDriver.window': driverWindow,
    ...options.configurationDefaults,
  };
}

function addressOf(door: FrontDoor, options: OpenOptions): string {
  const trusting = options.trust === 'restricted' || options.trust === 'ask';
  const query = new URLSearchParams({ payload: JSON.stringify([['skipWelcome', 'true']]) });
  if (options.folder === undefined) query.set('ew', 'true');
  else query.set(options.folder.endsWith('.code-workspace') ? 'workspace' : 'folder', options.folder);
  const chosen = door.register({ enableWorkspaceTrust: trusting, ...options });
  return `http://lab.localhost:${door.port}/?${query}&${chosen}`;
}
