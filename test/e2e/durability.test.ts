import assert from 'node:assert/strict';
import { after, beforeEach } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createGate } from '../support/fakeClaude/gate.ts';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { chatIn, isStored, openChat, pointingAt, until } from './parley.ts';

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
