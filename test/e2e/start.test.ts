import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../support/vscode/browser.ts';
import { ensureLab } from '../support/vscode/lab.ts';
import { restored } from '../support/vscode/window.ts';
import { until } from './parley.ts';

let browser: Browser;
before(
  async () => {
    const lab = await ensureLab();
    browser = await launchBrowser(lab.chromium);
  },
  { timeout: 600_000 },
);
after(() => browser.close());

interface Started {
  readonly child: ChildProcess;
  readonly printed: string;
  readonly address: string;
}

/** What `npm start` does after the build, in a folder of its own. */
async function start(folder: string, environment: NodeJS.ProcessEnv): Promise<Started> {
  const env = { ...process.env, ANTHROPIC_API_KEY: '', ...environment, PARLEY_START_FOLDER: folder };
  const child = spawn(process.execPath, ['test/support/vscode/start.ts'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await until('it says how to stop it', () => printed.includes('Ctrl+C'));
  return { child, printed, address: /http:\S+folder=\S+/.exec(printed)?.[0] ?? '' };
}

async function stop({ child }: Started, folder: string): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  await ended;
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

test('npm start opens a panel that answers, and says that Claude is simulated', {
  timeout: 180_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-start-'));
  const started = await start(folder, {});
  try {
    assert.match(started.printed, /simulated Claude answers/);
    const page = await browser.newPage();
    await page.goto(started.address, { waitUntil: 'commit' });
    await restored(page);
    const chat = page.frameLocator('iframe.webview').frameLocator('#active-frame');
    const composer = chat.getByRole('textbox', { name: 'Message Claude' });
    await composer.fill('Hello, who are you?');
    await composer.press('Enter');
    const answer = chat.getByRole('article', { name: 'Claude' });
    await answer.getByText('This is the simulated Claude.').waitFor();
    await chat.getByRole('button', { name: /^Model: .*\(simulated\)/ }).waitFor();
    await page.close();
  } finally {
    await stop(started, folder);
  }
});

test('npm start with a key offers it and prints it nowhere', { timeout: 180_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-start-'));
  const key = 'sk-ant-never-printed';
  const started = await start(folder, { ANTHROPIC_API_KEY: key });
  try {
    assert.ok(!started.printed.includes(key));
    assert.match(started.printed, /real Claude answers/);
    const page = await browser.newPage();
    await page.goto(started.address, { waitUntil: 'commit' });
    await restored(page);
    const chat = page.frameLocator('iframe.webview').frameLocator('#active-frame');
    await chat.getByRole('button', { name: 'Use the key from ANTHROPIC_API_KEY' }).waitFor();
    await page.close();
  } finally {
    await stop(started, folder);
  }
});
