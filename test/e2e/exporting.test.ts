import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { plainPng } from '../support/png.ts';
import type { Server } from '../support/vscode/server.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { add } from './attaching.ts';
import { openChat, PARLEY, pointingAt, setKey, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const settings = pointingAt(claude);
const KEY = 'sk-ant-api03-not-to-be-exported';
const picture = plainPng(40, 30);

suite.test(
  'a conversation goes out as Markdown with its picture and as JSON, and comes back after it was deleted for good',
  { machineSettings: settings, files: { 'shot.png': picture } },
  async ({ open, workspace, server }) => {
    const window = await open();
    const chat = await openChat(window);
    await setKey(window, KEY);
    await add(window, workspace, 'shot.png');
    await chat.chips.getByText('shot.png').waitFor();
    claude.enqueue({ text: '# A heading\n\nA **gray** picture.' });
    await chat.ask('What is this?');
    await chat.answer('done');

    await window.runCommand('Parley: Export Conversation as Markdown...');
    const { quickInput } = window;
    await until('a name is proposed', async () => /What-is-this\.md$/.test((await quickInput.input()).value));
    await quickInput.accept();
    await window.notification('Written to');
    const markdown = await readFile(join(workspace, 'What-is-this.md'), 'utf8');
    assert.match(markdown, /^# What is this\?\n/);
    assert.match(markdown, /\n\n# A heading\n\nA \*\*gray\*\* picture\.\n\n/);
    const [image] = await readdir(join(workspace, 'What-is-this.files'));
    assert.ok(markdown.includes(`](What-is-this.files/${image})`), markdown);
    assert.ok(picture.equals(await readFile(join(workspace, 'What-is-this.files', image ?? ''))));

    await run(window, 'parley.exportJson', join(workspace, 'talk.json'));
    const json = await readFile(join(workspace, 'talk.json'), 'utf8');
    assert.ok(json.includes(picture.toString('base64')));
    for (const text of [markdown, json]) assert.ok(!text.includes(KEY));

    await window.runCommand('Parley: Delete Conversation');
    await until('the page is empty', async () => (await chat.turns.count()) === 0);
    for (const folder of ['trash', 'attachments']) {
      await rm(join(storageOf(server), folder), { recursive: true });
    }
    const id = await run(window, 'parley.importJson', join(workspace, 'talk.json'));
    await chat.turns.getByText('A gray picture.').waitFor();
    await chat.turns.getByText('shot.png').first().waitFor();
    assert.equal((await readdir(join(storageOf(server), 'attachments'))).length, 1);
    assert.equal(await run(window, 'parley.importJson', join(workspace, 'talk.json')), id);
    const names = await readdir(join(storageOf(server), 'conversations'));
    assert.deepEqual(names.filter(isJournal), [`${id}.jsonl`]);

    assert.equal(await run(window, 'parley.importJson', join(workspace, 'shot.png')), '');
  },
);

suite.test(
  'a history is backed up, and after a reload with another folder restored there',
  { machineSettings: settings },
  async ({ open, workspace, server }) => {
    const window = await open();
    const before = await openChat(window);
    claude.enqueue({ text: 'About apples.' });
    await before.ask('Apples');
    await before.answer('done');
    await run(window, 'parley.backupHistory', join(workspace, 'all.zip'));

    const folder = join(server.dataFolder, 'elsewhere');
    await server.writeMachineSettings({ ...settings, 'parley.storage.location': folder });
    await window.notification('from the next reload of each window on');
    await window.reload('command');
    const chat = await openChat(window);
    assert.equal(await chat.turns.count(), 0);
    await run(window, 'parley.importJson', join(workspace, 'all.zip'));
    assert.equal((await readdir(join(folder, 'conversations'))).filter(isJournal).length, 1);
    await window.runCommand('Parley: Show Conversations...');
    await window.quickInput.pick('Apples');
    await chat.turns.getByText('About apples.').waitFor();

    claude.enqueue({ text: 'About pears.' });
    await chat.ask('Pears');
    await until('both answers are there', async () => (await chat.turns.count()) === 4);
    await chat.answer('done');
    const third = join(server.dataFolder, 'third');
    await mkdir(third);
    await server.writeMachineSettings({ ...settings, 'parley.storage.location': third });
    const loaded = window.page.waitForEvent('domcontentloaded');
    await window.driver.forget();
    await window.press('Copy History There and Reload');
    await loaded;
    const copied = await openChat(window);
    await copied.turns.getByText('About pears.').waitFor();
    assert.equal((await readdir(join(third, 'conversations'))).filter(isJournal).length, 1);
    assert.equal((await readdir(join(folder, 'conversations'))).filter(isJournal).length, 1);
  },
);

suite.test(
  'while the chosen folder cannot be used conversations go elsewhere with a word, and are brought there later',
  { machineSettings: { ...settings, 'parley.storage.location': '/not/there/at/all' } },
  async ({ open, server }) => {
    const window = await open();
    const chat = await openChat(window);
    await window.notification('/not/there/at/all of the setting "parley.storage.location" is not there.');
    claude.enqueue({ text: 'About plums.' });
    await chat.ask('Plums');
    await chat.answer('done');
    const folder = join(server.dataFolder, 'mine');
    await server.writeMachineSettings({ ...settings, 'parley.storage.location': folder });
    await window.notification('from the next reload of each window on');
    await window.reload('command');
    await window.notification('could not be used, conversations were kept');
    await window.press('Copy Them');
    await until('it is there', async () =>
      (await readdir(join(folder, 'conversations')).catch(() => [])).some(isJournal),
    );
    await window.runCommand('Parley: Show Conversations...');
    await window.quickInput.pick('Plums');
    await (await openChat(window)).turns.getByText('About plums.').waitFor();
  },
);

function isJournal(name: string): boolean {
  return name.endsWith('.jsonl');
}

function storageOf(server: Server): string {
  return join(server.dataFolder, 'data', 'User', 'globalStorage', PARLEY);
}

/**
 * Runs a command as other code does: with a place instead of a dialog. Gives the id of what was imported; sentences are not
 * waited for, because VS Code stops showing notifications when many come at once.
 */
function run(window: Window, command: string, path: string): Promise<string> {
  return window.driver.run(
    async (vscode, [id, file]) => {
      const uri = vscode.Uri.file(file);
      const isIn = id === 'parley.importJson' || id === 'parley.backupHistory';
      const result: unknown = await vscode.commands.executeCommand(id, ...(isIn ? [uri] : [undefined, uri]));
      return typeof result === 'string' ? result : '';
    },
    [command, path] as const,
  );
}
