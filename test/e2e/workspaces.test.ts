import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import type { Locator } from 'playwright-core';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { blocksOf, textOf, type Wire, wireOf, wires } from '../support/fakeClaude/wire.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { activeEditor, explorerRow } from './attaching.ts';
import {
  type Chat,
  chooseInMenu,
  openChat,
  pointingAt,
  questions,
  startAnew,
  succeeds,
  until,
} from './parley.ts';

let ahead = 0;
const claude = await startFakeClaude({ now: () => Date.now() + ahead });
after(() => claude.close());
beforeEach(startOver);

const suite = vsCodeSuite({ startOver });
const machineSettings = pointingAt(claude);
// VS Code makes the rows of a tree that are in sight only.
const browser = { viewport: { width: 1280, height: 1500 } };
const memoryFiles = join(import.meta.dirname, '../support/vscode/memoryFiles');

suite.test(
  'of several folders, two called alike, the files of one name are told apart: in the tree, in questions, after a reload',
  {
    machineSettings,
    browser,
    files: {
      'docs/src/a.ts': "export const a = 'of the docs';\n",
      'client/app/src/a.ts': "export const a = 'of the client';\n",
      'server/app/src/a.ts': `export const a = 'of the server';\n${values(40)}`,
      'all.code-workspace': JSON.stringify({
        folders: [{ path: 'docs' }, { path: 'client/app' }, { path: 'server/app' }],
      }),
    },
  },
  async ({ open, workspace }) => {
    const window = await open({ folder: join(workspace, 'all.code-workspace') });
    await openChat(window);
    await pinFound(window, 'a.ts', 'app (server)/src');
    await row(window, /^app \(server\)\/src\/a\.ts, pinned, in the pack/).waitFor();
    await pinFound(window, 'a.ts', 'app (client)/src');
    await row(window, /^app \(client\)\/src\/a\.ts, pinned, in the pack/).waitFor();
    await pinInExplorer(window, 'a.ts');
    const chat = await openChat(window);
    await row(window, /^docs\/src\/a\.ts, pinned, in the pack/).waitFor();

    await ask(chat, 'What is in there?');
    const { pack } = newestSent();
    assert.match(
      pack,
      /app \(client\)\/src\/a\.ts.*of the client.*app \(server\)\/src\/a\.ts.*of the server/s,
    );
    assert.match(pack, /docs\/src\/a\.ts.*of the docs/s);
    await appendFile(join(workspace, 'server/app/src/a.ts'), 'export const more = true;\n');
    await row(window, /^app \(server\)\/src\/a\.ts, pinned, update pending/).waitFor();
    await ask(chat, 'And now?');
    const { question } = newestSent();
    assert.match(question[0] ?? '', /app \(server\)\/src\/a\.ts.*\+export const more = true;/s);
    assert.doesNotMatch(question[0] ?? '', /client|docs/);

    await window.reload();
    await openChat(window);
    await row(window, /^app \(server\)\/src\/a\.ts, pinned, updated/).waitFor();
    await row(window, /^app \(client\)\/src\/a\.ts, pinned, in the pack/).waitFor();
    await row(window, /^docs\/src\/a\.ts, pinned, in the pack/).waitFor();
  },
);

suite.test(
  'in Restricted Mode nothing is read but after a click in this window, and all once the workspace is trusted',
  {
    machineSettings,
    browser,
    files: {
      'lib/one.ts': "export const one = 'first';\n",
      'lib/two.ts': "export const two = 'second';\n",
      '.vscode/settings.json': JSON.stringify({ 'parley.context.exclude': { '**/two.ts': true } }),
    },
  },
  async ({ open }) => {
    const window = await open({ trust: 'restricted' });
    await openChat(window);
    await pinInExplorer(window, 'lib');
    await openChat(window);
    await row(window, /^lib\/, pinned, 2 files/).waitFor();
    await window.page.getByText('of this workspace only what you pin yourself is read').waitFor();

    await window.reload('command');
    const chat = await openChat(window);
    await row(window, /^lib\/, pinned, not read yet/).waitFor();
    await window.page.getByText('nothing is read until you trust this workspace or pin something').waitFor();
    await ask(chat, 'What is in there?');
    assert.doesNotMatch(JSON.stringify(questions(claude).at(-1)?.body), /first|second/);
    await startAnew(window, chat);
    await pinFound(window, 'one.ts');
    await row(window, /^lib\/, pinned, 1 file/).waitFor();
    await ask(chat, 'And now?');
    assert.match(newestSent().pack, /lib\/one\.ts.*first.*lib\/two\.ts.*second/s);

    await window.runCommand('Workspaces: Manage Workspace Trust');
    await window.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await row(window, /^Left out/).waitFor();
    await window.page.keyboard.press('Escape');
    await startAnew(window, chat);
    await ask(chat, 'And now?');
    assert.match(newestSent().pack, /lib\/one\.ts.*first/s);
    assert.doesNotMatch(newestSent().pack, /second/, 'what the workspace excludes counts from now on');
  },
);

suite.test(
  'a folder of a file system that is no disk is pinned and goes out, and what is changed there goes out as an update',
  {
    machineSettings,
    browser,
    files: {
      'memory.code-workspace': JSON.stringify({ folders: [{ uri: 'memory:/project', name: 'project' }] }),
    },
  },
  async ({ open, workspace }) => {
    const folder = join(workspace, 'memory.code-workspace');
    const window = await open({ folder, developmentExtensions: [memoryFiles] });
    await openChat(window);
    await pinInExplorer(window, 'src');
    const chat = await openChat(window);
    await row(window, /^src\/, pinned, 2 files/).waitFor();
    await ask(chat, 'What is in there?');
    const { pack } = newestSent();
    assert.match(pack, /src\/a\.ts.*'in memory'.*src\/parts\/b\.ts.*'deeper in memory'/s);
    assert.doesNotMatch(pack, /made/, 'what its .gitignore names');

    await window.driver.run((vscode) => {
      const uri = vscode.Uri.parse('memory:/project/src/a.ts');
      return vscode.workspace.fs.writeFile(uri, new TextEncoder().encode("export const a = 'anew';\n"));
    });
    await row(window, /^Updates with the next question: 1 file/).waitFor();
    await ask(chat, 'And now?');
    assert.match(newestSent().question[0] ?? '', /src\/a\.ts.*'anew'/s);
  },
);

suite.test(
  'a cache that is about to expire is refreshed by itself once keepWarm allows it, and the tree says so',
  { machineSettings, browser, files: { 'lib/values.ts': values(300) } },
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await pinFound(window, 'values.ts');
    await row(window, /^lib\/values\.ts, pinned, in the pack/).waitFor();
    const asked = Date.now();
    await ask(chat, 'What is in there?');
    await row(window, /^Cache: warm, 4 min left/).waitFor();
    const written = questions(claude).length;

    // It is refreshed 20 s before it expires, so in a moment from then.
    ahead = asked + 274_000 - Date.now();
    await window.driver.run((vscode, later) => {
      const { now } = Date;
      Date.now = () => now() + later;
      return vscode.workspace
        .getConfiguration('parley')
        .update('cache.keepWarm', 0.5, vscode.ConfigurationTarget.Global);
    }, ahead);
    await row(window, /^Cache: warm, under a minute left/).waitFor();
    await row(window, /^Cache: warm, 4 min left/).waitFor();
    assert.equal(questions(claude).length, written + 1);
    const [first, refresh] = questions(claude)
      .slice(-2)
      .map(({ body }) => wireOf(body));
    assert.equal(refresh?.max_tokens, 0);
    assert.deepEqual(packOf(refresh), packOf(first));
  },
);

suite.test(
  'a workspace of 20,000 files is pinned whole: one can write meanwhile, walk through the tree, and ask with what fits',
  { machineSettings, browser, files: manyFiles() },
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await window.runCommand('Parley: Pin to Parley');
    await window.quickInput.pick(/Whole Workspace/);
    await row(window, /^Whole workspace, pinned, being looked at/).waitFor();
    await chat.composer.pressSequentially('What is in there?');
    assert.equal(await chat.composer.inputValue(), 'What is in there?');
    // Clicks are lost while the rows are made anew, as they are once the API has counted.
    await row(window, /^Context: [\d,]+ files, [\d,]+ tokens/).waitFor();
    const whole = row(window, /^Whole workspace, pinned, [\d,]+ files/);
    const packed = numberIn(await whole.getAttribute('aria-label'));
    const leftOut = numberIn(await row(window, /^Left out/).getAttribute('aria-label'));
    assert.equal(packed + leftOut, 20_000);

    await whole.click();
    await row(window, /^part0\//).click();
    await row(window, /^file0\.ts/).click();
    await until('the file is open', async () => (await activeEditor(window)).name === 'file0.ts');
    await treeOf(window).press('End');
    await row(window, /^Left out/).waitFor();
    await row(window, /^file0\.ts/).waitFor({ state: 'hidden' });
    await chat.composer.press('Enter');
    await chat.answer('done');
    assert.equal(newestSent().pack.match(/<document /g)?.length, packed);
  },
);

/** The first number in a text. */
function numberIn(text: string | null): number {
  return Number(/\d[\d,]*/.exec(text ?? '')?.[0].replaceAll(',', ''));
}

function values(lines: number): string {
  return Array.from({ length: lines }, (_, at) => `export const value${at} = 'value ${at}';\n`).join('');
}

function manyFiles(): Record<string, string> {
  const paths = Array.from({ length: 20_000 }, (_, at) => `part${Math.floor(at / 400)}/file${at}.ts`);
  return Object.fromEntries(paths.map((path, at) => [path, `export const value${at} = 'of ${path}';\n`]));
}

function startOver(): void {
  claude.reset();
  ahead = 0;
}

const treeOf = ({ page }: Window): Locator => page.getByRole('tree', { name: 'Context' });

const row = (window: Window, name: RegExp): Locator => treeOf(window).getByRole('treeitem', { name });

/** Pins what is found by a name, in a folder if need be, from the palette. */
async function pinFound(window: Window, name: string, folder = ''): Promise<void> {
  await window.runCommand('Parley: Pin to Parley');
  await window.quickInput.pick(/Files and Folders/);
  await window.quickInput.titled(/Pin Files and Folders/);
  await window.quickInput.fill(name);
  const items = window.page.locator('.quick-input-widget .monaco-list-row');
  const item = items.filter({ hasText: name }).filter({ hasText: folder }).first();
  const checked = item.and(window.page.locator('[aria-checked="true"]'));
  // What is checked while the list is still made for what was typed is lost.
  await until(`${name} is checked`, async () => {
    await item.click();
    return succeeds(checked.waitFor({ timeout: 5_000 }));
  });
  await window.quickInput.accept();
}

/** Pins the first that is called so, by its menu, which has the command once Parley has been shown. */
async function pinInExplorer(window: Window, name: string): Promise<void> {
  await window.runCommand('View: Show Explorer');
  await explorerRow(window, name).first().click({ button: 'right' });
  await chooseInMenu(window, 'Pin to Parley');
}

/** Asks, and waits until the answer is there. */
async function ask(chat: Chat, text: string): Promise<void> {
  const before = await chat.turns.count();
  await chat.ask(text);
  await until('the answer is there', async () => (await chat.turns.count()) === before + 2);
  await chat.answer('done');
}

/** The newest request as it arrived: the pack, and the texts of the question. */
function newestSent() {
  const request = wireOf(questions(claude).at(-1)?.body);
  const asked = wires(request.messages).filter(({ role }) => role === 'user');
  return { pack: packOf(request), question: textsOf(asked.at(-1)?.content) };
}

function packOf(request: Wire | undefined): string {
  return textsOf(request?.system)[1] ?? '';
}

function textsOf(content: unknown): readonly string[] {
  return blocksOf(content).map((block) => textOf(block.text));
}
