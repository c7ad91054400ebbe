import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createGate } from '../support/fakeClaude/gate.ts';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import {
  chatIn,
  isStored,
  openChat,
  pointingAt,
  storageOf,
  storedConversations,
  succeeds,
  until,
} from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const stage = { machineSettings: pointingAt(claude) };

suite.test('after a reload of the window the conversation is there and goes on', stage, async ({ open }) => {
  const window = await open();
  const before = await openChat(window);
  claude.enqueue({ thinking: 'Hm.', text: 'Before the reload.' });
  await before.ask('Remember me');
  await before.answer('done');
  await window.reload('page');
  const chat = await openChat(window);
  await (await chat.answer('done')).getByText('Before the reload.').waitFor();
  await chat.ask('Still there?');
  await until('the second answer is there', async () => (await chat.turns.count()) === 4);
  await chat.answer('done');
  assert.match(JSON.stringify(claude.requests.at(-1)?.body), /Before the reload\./);
});

suite.test(
  'five times a killed extension host loses nothing that was on screen, and the conversation goes on',
  stage,
  async ({ open }) => {
    const window = await open();
    let chat = await openChat(window);
    for (let kill = 1; kill <= KILLS; kill++) {
      const arrived = `Part ${kill} had arrived.`;
      claude.enqueue({
        text: `${arrived} This never comes.`,
        hold: createGate(),
        holdAfterChars: arrived.length,
      });
      await chat.ask(`Question ${kill}`);
      await (await chat.answer('streaming')).getByText(arrived).waitFor();
      // The promise is one of time.
      await setTimeout(PROMISED);
      const pid = await window.driver.pid();
      process.kill(pid, 'SIGKILL');
      // From the third time on VS Code asks before it starts another one.
      if (kill >= 3) await window.press('Restart Remote Extension Host');
      await until('another extension host runs', async () => (await window.driver.pid()) !== pid);
      chat = await chatIn(window);
      await (await chat.answer('interrupted')).getByText(arrived).waitFor();
      await chat.frame.getByText('Interrupted').last().waitFor();
      assert.equal(await chat.frame.locator('[data-state="interrupted"]').count(), kill);
    }
    await chat.frame.getByRole('button', { name: 'Regenerate' }).click();
    await chat.answer('done');
    assert.match(JSON.stringify(claude.requests.at(-1)?.body), /Part 1 had arrived\..*Question 5/);
  },
);

const KILLS = 5;
/** In ms: what has been on screen for so long is on disk. */
const PROMISED = 250;

suite.test(
  'a history that is deleted, in whose place lies a file, or that has no room: all stays on screen, is told, and is written again',
  stage,
  async ({ open, server }) => {
    const window = await open();
    const chat = await openChat(window);
    const folder = join(storageOf(server), 'conversations');
    const ask = async (question: string, text: string): Promise<void> => {
      claude.enqueue({ text });
      await chat.ask(question);
      await chat.turns.getByText(text.slice(-20)).waitFor();
      await chat.answer('done');
    };
    const isWritten = async (...texts: readonly string[]): Promise<boolean> =>
      (await Promise.all(texts.map((text) => isStored(server, text)))).every((is) => is);
    const noticed = (sentence: string) => chat.frame.locator('.notice', { hasText: sentence });
    const dismissAll = async (): Promise<void> => {
      const buttons = chat.frame.locator('.notice').getByRole('button');
      // One may go by itself, or be drawn anew, just when it is clicked.
      while ((await buttons.count()) > 0) await succeeds(buttons.first().click({ timeout: 2_000 }));
    };
    await ask('First', `${'It is long. '.repeat(4_000)}It was there.`);
    await until('it is on disk', () => isWritten('It was there.'));

    await rm(folder, { recursive: true });
    await ask('Second', 'It came after.');
    await until('all is written anew', () => isWritten('It was there.', 'It came after.'));

    await rm(folder, { recursive: true });
    await writeFile(folder, 'no folder');
    await ask('Third', 'It waits.');
    await noticed('could not be written to disk').waitFor();
    assert.equal(await chat.turns.count(), 6);
    await rm(folder);
    await noticed('is written to disk again').waitFor();
    await until('all is written', () => isWritten('It was there.', 'It came after.', 'It waits.'));

    const pid = await window.driver.pid();
    const [journal = ''] = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
    const { size } = await stat(join(folder, journal));
    // So many bytes more, and the system refuses the rest of the line as a full disk does.
    if (!limitFiles(pid, String(size + 300))) return;
    await dismissAll();
    await ask('Fourth', 'It waits for room.');
    await noticed('could not be written to disk').waitFor();
    assert.equal(await isStored(server, 'It waits for room.'), false);
    limitFiles(pid, 'unlimited');
    await noticed('is written to disk again').waitFor();
    await until('all is written', () => isWritten('It waits for room.'));
    const [kept, ...others] = await storedConversations(server);
    assert.equal(kept?.turns.length, 8);
    assert.deepEqual(others, []);
  },
);

/** Sets how large files of a process may become; false where the system has no such limit, or no program for it. */
function limitFiles(pid: number, bytes: string): boolean {
  return spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]).status === 0;
}

suite.test('after a restart of the server everything is there', stage, async ({ open, restartServer }) => {
  const window = await open();
  const before = await openChat(window);
  claude.enqueue({ text: 'Before the crash.' });
  await before.ask('Keep this');
  await before.answer('done');
  await restartServer();
  await window.reload('page');
  const chat = await openChat(window);
  await (await chat.answer('done')).getByText('Before the crash.').waitFor();
});

suite.test(
  'an unsent question with its attachment survives a reload',
  { ...stage, files: { 'a.ts': 'let a = 1;\n' } },
  async ({ open, server }) => {
    const window = await open();
    await window.driver.run(async (vscode) => {
      const folder = vscode.workspace.workspaceFolders?.[0];
      if (!folder) throw new Error('no folder is open');
      await vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, 'a.ts'));
    });
    await window.runCommand('Parley: Ask About Selection');
    const before = await chatIn(window);
    await before.chips.getByText('a.ts:1').waitFor();
    await before.composer.fill('half a question');
    await until('the draft is on disk', () => isStored(server, 'half a question'));
    await window.reload('page');
    const chat = await openChat(window);
    await chat.chips.getByText('a.ts:1').waitFor();
    assert.equal(await chat.composer.inputValue(), 'half a question');
  },
);

suite.test('moving the view to another place keeps the conversation', stage, async ({ open }) => {
  const window = await open();
  const before = await openChat(window);
  claude.enqueue({ text: 'I moved.' });
  await before.ask('Move');
  await before.answer('done');
  await window.driver.run((vscode) =>
    vscode.commands.executeCommand('vscode.moveViews', {
      viewIds: ['parley.chat'],
      destinationId: 'terminal',
    }),
  );
  const chat = await openChat(window);
  await (await chat.answer('done')).getByText('I moved.').waitFor();
});

suite.test(
  'a hidden panel goes on receiving and shows everything when it is shown again',
  stage,
  async ({ open, server }) => {
    const window = await open();
    const before = await openChat(window);
    const gate = createGate();
    claude.enqueue({ text: 'First half. Second half.', hold: gate, holdAfterChars: 11 });
    await before.ask('Go on without me');
    await (await before.answer('streaming')).getByText('First half.').waitFor();
    await window.runCommand('View: Show Explorer');
    await window.webview('parley.parley').gone();
    gate.open();
    await until('the answer is on disk', () => isStored(server, 'end_turn'));
    const chat = await openChat(window);
    await (await chat.answer('done')).getByText('First half. Second half.').waitFor();
  },
);
