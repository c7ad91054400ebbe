import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, FrameLocator } from 'playwright-core';
import { createGate } from '../fakeClaude/gate.ts';
import { type FakeClaude, startFakeClaude } from '../fakeClaude/main.ts';
import { picturesOfAttachments } from './attachmentPictures.ts';
import { launchBrowser } from './browser.ts';
import { picturesOfContext } from './contextPictures.ts';
import { driverVariable } from './driver.ts';
import { packDriver } from './driverPackage.ts';
import { type FrontDoor, openFrontDoor } from './frontDoor.ts';
import { picturesOfHistory } from './historyPictures.ts';
import { ensureLab } from './lab.ts';
import { packagedExtension } from './paths.ts';
import { startServer } from './server.ts';
import { quietStart, withoutBuiltInChat } from './settings.ts';
import { type OpenOptions, openWindow, type Window } from './window.ts';

/**
 * `npm run pictures`: the panel in four themes, at 300 and 600 px, in each of its states, as PNG files in
 * `out/pictures`. For people to look at; nothing is compared.
 */
const folder = join('out', 'pictures');
const themes = [
  'Dark Modern',
  'Light Modern',
  'Default High Contrast',
  'Default High Contrast Light',
] as const;
const widths = [300, 600] as const;

const ANSWER = [
  'It reads the text **from left to right** and gives a number:\n\n',
  '1. `Number(text)` accepts spaces around the digits.\n2. An empty text becomes `0`, which may surprise.\n\n',
  '```ts\nexport function parse(text: string): number {\n  const value = Number(text);\n',
  "  if (text.trim() === '') throw new RangeError('empty');\n  return value;\n}\n```\n\n",
  '| input | result |\n| --- | --- |\n| `"12"` | 12 |\n| `""` | **RangeError** |\n\n',
  'See [the reference](https://example.com) for more.',
].join('');

async function main(): Promise<void> {
  const lab = await ensureLab();
  const claude = await startFakeClaude();
  const temporary = await mkdtemp(join(tmpdir(), 'parley-pictures-'));
  const workspace = join(temporary, 'workspace');
  await mkdir(workspace);
  await rm(folder, { recursive: true, force: true });
  const server = await startServer({
    vsCode: lab.vsCode,
    dataFolder: join(temporary, 'data'),
    extensionsFolder: join(temporary, 'extensions'),
    extensions: [packagedExtension, await packDriver()],
    userSettings: { ...quietStart, ...withoutBuiltInChat, 'workbench.sideBar.location': 'left' },
    machineSettings: { 'parley.baseUrl': claude.url },
    environment: { [driverVariable]: join(temporary, 'drivers') },
  });
  const door = await openFrontDoor(server);
  const browser = await launchBrowser(lab.chromium);
  try {
    for (const theme of themes) {
      const conversations = join(server.dataFolder, 'data/User/globalStorage/parley.parley/conversations');
      const drivers = join(temporary, 'drivers');
      await picturesOf(theme, { browser, door, claude, workspace, conversations, drivers });
    }
  } finally {
    await browser.close();
    await door.close();
    await Promise.all([server.close(), claude.close()]);
    await rm(temporary, { recursive: true, force: true, maxRetries: 10 });
  }
}

interface Studio {
  readonly browser: Browser;
  readonly door: FrontDoor;
  readonly claude: FakeClaude;
  readonly workspace: string;
  readonly conversations: string;
  readonly drivers: string;
}

async function picturesOf(theme: NonNullable<OpenOptions['theme']>, studio: Studio): Promise<void> {
  const { browser, door, claude, workspace, conversations, drivers } = studio;
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1100, height: 820 } });
  const window = await openWindow(context, door, drivers, { folder: workspace, theme });
  await window.runCommand('Parley: New Conversation');
  const nameOf = (state: string): string => `${theme.replaceAll(' ', '-')}-${state}`;
  const shoot = (state: string) => shootAll(window, nameOf(state));
  const shootWindow = async (state: string): Promise<void> =>
    void (await window.page.screenshot({ path: join(folder, `${nameOf(state)}.png`) }));
  const chat = window.webview('parley.parley').content;
  const composer = chat.getByRole('textbox', { name: 'Message Claude' });
  const ask = async (text: string, state: string) => {
    const before = await chat.getByRole('article').count();
    await composer.fill(text);
    await composer.press('Enter');
    await chat
      .getByRole('article')
      .nth(before + 1)
      .and(chat.locator(`[data-state="${state}"]`))
      .waitFor();
  };
  await composer.waitFor();
  await shoot('empty');
  await chat.locator('summary', { hasText: 'Instructions' }).first().click();
  await shoot('instructions');
  await chat.locator('summary', { hasText: 'Instructions' }).first().click();
  claude.enqueue({ thinking: 'The function converts.\n\nI should mention the empty text.', text: ANSWER });
  await ask('What does parse() do, and what happens with an empty text?', 'done');
  await shoot('answer');
  await openCode(window);
  await window.runCommand('Parley: Ask About Selection');
  await chat.getByRole('list', { name: 'Attachments' }).getByRole('listitem').waitFor();
  const quote = chat.locator('[data-part="quote"][data-state="exact"]');
  await composer.fill('And what does it make of Infinity?');
  await quote.waitFor();
  await shootWindow('window');
  await composer.fill(`And aVeryLongIdentifierWithoutAnyBreak${'X'.repeat(60)}?`);
  await quote.waitFor();
  await shoot('draft');
  await composer.fill('');
  await picturesOfAttachments({ window, chat, workspace, shoot });
  await composer.fill('Something that takes its time');
  const gate = createGate();
  claude.enqueue({ text: 'This one is still arriving, word by word.', hold: gate, holdAfterChars: 24 });
  await composer.press('Enter');
  await gate.reached;
  await chat.getByText('This one is').first().waitFor();
  await shoot('streaming');
  gate.open();
  await chat
    .getByRole('article', { name: 'Claude' })
    .last()
    .and(chat.locator('[data-state="done"]'))
    .waitFor();
  claude.fail({
    kind: 'errorEvent',
    afterChars: 30,
    reply: { text: 'The beginning of an answer that never ends.' },
  });
  await ask('Something that fails', 'failed');
  await shoot('failure');
  await picturesOfMoney({ window, chat, claude, shoot, ask });
  await window.runCommand('Parley: New Conversation');
  await picturesOfContext({ window, chat, workspace, shoot, ask });
  await picturesOfHistory({ window, chat, conversations, shoot, shootWindow });
  await window.runCommand('Parley: Show Usage and Cost');
  await window.page.getByRole('tab', { name: /Usage and Cost/ }).waitFor();
  await window
    .webview('parley.parley')
    .content.getByText('Cost over time')
    .first()
    .waitFor()
    .catch(() => undefined);
  await shootWindow('usage');
  await context.close();
}

interface Scene {
  readonly window: Window;
  readonly chat: FrameLocator;
  readonly claude: FakeClaude;
  shoot(state: string): Promise<void>;
  ask(text: string, state: string): Promise<void>;
}

/** Everything that speaks of retries, repairs, the cache, budgets and summaries. */
async function picturesOfMoney({ window, chat, claude, shoot, ask }: Scene): Promise<void> {
  claude.fail({ kind: 'status', status: 529, headers: { 'retry-after': '60' } });
  await chat.getByRole('textbox', { name: 'Message Claude' }).fill('Is anybody there?');
  await chat.getByRole('textbox', { name: 'Message Claude' }).press('Enter');
  await chat.locator('[data-part="retry"]').waitFor();
  await shoot('retry');
  await chat.getByRole('button', { name: 'Retry Now' }).click();
  await chat.getByRole('article').last().and(chat.locator('[data-state="done"]')).waitFor();
  await ask(`A long question about caches. ${'The prompt cache reads what it knows. '.repeat(120)}`, 'done');
  // The server forgets what it had cached, and refuses a field that it had taken before.
  claude.reset();
  claude.fail({
    kind: 'status',
    status: 400,
    type: 'invalid_request_error',
    message: 'diagnostics: Extra inputs are not permitted',
  });
  await ask('And now, without the cache?', 'done');
  await shoot('cacheMiss');
  await setBudget(window, 0.001);
  await chat.getByRole('textbox', { name: 'Message Claude' }).fill('What may this cost?');
  await chat.getByRole('textbox', { name: 'Message Claude' }).press('Enter');
  await chat.locator('[data-failure="budget"]').waitFor();
  await shoot('budget');
  await setBudget(window, 0);
  await chat.getByRole('textbox', { name: 'Message Claude' }).fill('');
  await window.runCommand('Parley: Compact Conversation...');
  await window.quickInput.titled(/Compact Conversation/);
  await window.quickInput.accept();
  await chat.getByRole('button', { name: 'Use Summary' }).waitFor();
  await shoot('summaryOffered');
  await chat.getByRole('button', { name: 'Use Summary' }).click();
  await chat.getByRole('button', { name: 'Undo' }).waitFor();
  await shoot('summaryTaken');
}

async function setBudget(window: Window, usd: number): Promise<void> {
  await window.driver.run(async (vscode, amount) => {
    await vscode.workspace.getConfiguration('parley').update('budget.perMessage', amount, true);
  }, usd);
}

async function openCode(window: Window): Promise<void> {
  await window.driver.run(async (vscode) => {
    const content = 'export function parse(text: string): number {\n  return Number(text);\n}\n';
    const document = await vscode.workspace.openTextDocument({ content, language: 'typescript' });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 0, 2, 1);
  });
}

/** Drags the edge of the side bar to each width and takes a picture of it. */
async function shootAll(window: Window, name: string): Promise<void> {
  const { page } = window;
  const bar = page.locator('.part.sidebar');
  for (const width of widths) {
    const box = await bar.boundingBox();
    if (!box) throw new Error('The side bar is hidden');
    await page.mouse.move(box.x + box.width, box.y + 300);
    await page.mouse.down();
    await page.mouse.move(box.x + width, box.y + 300, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(1000, 400);
    const after = (await bar.boundingBox()) ?? box;
    const clip = { x: after.x, y: after.y, width: after.width, height: after.height };
    await mkdir(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}-${width}.png`), clip });
  }
}

await main();
