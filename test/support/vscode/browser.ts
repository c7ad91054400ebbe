import { type Browser, chromium } from 'playwright-core';
import type { Chromium } from './chromium.ts';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--lang=en-US',
  // Webviews on origins of their own get processes of their own, as on the desktop.
  '--site-per-process',
  '--enable-features=OriginKeyedProcessesByDefault',
  // A window in the background of a test goes on at full speed.
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

/** Starts the browser without a display; with one when `PARLEY_HEADED` is set (and the browser can). */
export function launchBrowser(browser: Chromium): Promise<Browser> {
  return chromium.launch({
    executablePath: browser.executablePath,
    env: { ...definedEnvironment(), ...browser.env },
    headless: !process.env.PARLEY_HEADED,
    args,
  });
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
