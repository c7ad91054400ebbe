import assert from 'node:assert/strict';
import { after, beforeEach } from 'node:test';
import { answerText } from '../../src/core/conversation/model.ts';
import { createGate } from '../support/fakeClaude/gate.ts';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import type { Server } from '../support/vscode/server.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { allowClipboard, hasPicture, pastePicture } from './attaching.ts';
import {
  type Chat,
  chatIn,
  isStored,
  openChat,
  pointingAt,
  questions,
  startAnew,
  storedConversations,
  tidyUp,
  until,
} from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const stage = { machineSettings: pointingAt(claude) };
const shared = { ...stage, isShared: true };

suite.test(
  'words, caret and picture outlive a killed extension host, a crash of the server, and typing without a pause',
  stage,
  async ({ open, server, context, restartServer }) => {
    await allowClipboard(context);
    const window = await open();
    let chat = await openChat(window);
    await pastePicture(window, chat);

    // Who never stops typing is kept as well.
    let isTyping = true;
    const typed = chat.composer.pressSequentially('never resting '.repeat(6), { delay: 40 }).finally(() => {
      isTyping = false;
    });
    await until('the first words are on disk', () => isStored(server, '"never resting'));
    assert.ok(isTyping);
    await typed;

    // From the last key to the disk, and then the end.
    await chat.composer.press('Control+Home');
    for (let presses = 0; presses < 5; presses++) await chat.composer.press('ArrowRight');
    await chat.composer.press('!');
    console.log(`# ${await timeUntilStored(server, '"never! resting')} ms from the key to the disk`);
    process.kill(await window.driver.pid(), 'SIGKILL');
    chat = await chatAgain(window, chat);
    await isAsBefore(chat, /^never! resting/, 6);
    await hasPicture(chat);

    // A caret that only moves is kept too.
    await chat.composer.focus();
    await chat.composer.press('ArrowRight');
    await chat.composer.press('ArrowRight');
    console.log(`# ${await timeUntilStored(server, '"caret":8')} ms from the arrow to the disk`);
    await restartServer();
    await window.reload('page');
    chat = await chatIn(window);
    await isAsBefore(chat, /^never! resting/, 8);
    await hasPicture(chat);
  },
);

suite.test(
  'a draft and what is half edited are back after a reload, in their own conversations, and in the panel',
  shared,
  async ({ open, server, context }) => {
    await allowClipboard(context);
    const window = await open();
    let chat = await openChat(window);
    claude.enqueue({ text: 'First answer.' });
    await chat.ask('First question');
    await chat.answer('done');
    await chat.turns.first().hover();
    await chat.frame.getByRole('button', { name: 'Edit' }).first().click();
    await chat.frame.getByRole('textbox', { name: 'Edit your question' }).fill('First question, bett');
    await write(chat, 'draft of the first', 5);
    await until('both are on disk', async () => {
      return (await isStored(server, 'First question, bett')) && (await isStored(server, '"caret":5'));
    });
    await window.reload('page');
    chat = await chatIn(window);
    await isAsBefore(chat, /^draft of the first$/, 5);
    await isEdited(chat, 'First question, bett');

    // Another conversation, with another draft, which has not begun.
    await startAnew(window, chat);
    assert.equal(await chat.composer.inputValue(), '');
    await pastePicture(window, chat);
    await write(chat, 'draft of the second', 8);
    await choose(window, 'First question');
    await isAsBefore(chat, /^draft of the first$/, 5);
    assert.equal(await chat.chips.count(), 0);
    await isEdited(chat, 'First question, bett');
    await choose(window, 'draft of the second');
    await isAsBefore(chat, /^draft of the second$/, 8);

    for (const place of ['terminal', 'workbench.panel.chat', 'workbench.view.extension.parley']) {
      await move(window, place);
      chat = await chatAgain(window, chat);
      await isAsBefore(chat, /^draft of the second$/, 8);
      await hasPicture(chat);
    }
  },
);

for (const end of ['reload', 'kill'] as const) {
  suite.test(
    `an answer that a ${end} has cut short is continued: on the page, in the request and on disk behind what had arrived`,
    shared,
    async ({ open, server }) => {
      const window = await open();
      const before = await openChat(window);
      const arrived = `So far no ${end}.`;
      const reply = { text: `${arrived} Never.`, hold: createGate(), holdAfterChars: arrived.length };
      claude.enqueue(reply);
      await before.ask(`Tell me of a ${end}`);
      await (await before.answer('streaming')).getByText(arrived).waitFor();
      if (end === 'reload') await window.reload('page');
      else {
        await until('what is shown is on disk', () => isStored(server, arrived));
        process.kill(await window.driver.pid(), 'SIGKILL');
        await until('the page is another one', () => before.frame.isDetached());
      }
      const chat = await openChat(window);
      const answer = await chat.answer('interrupted');
      await answer.getByText(arrived).waitFor();
      await answer.getByRole('button', { name: 'Regenerate' }).waitFor();
      claude.enqueue({ text: 'And the rest.' });
      await answer.getByRole('button', { name: 'Continue' }).click();
      await (await chat.answer('done')).getByText('And the rest.').waitFor();
      const sent = JSON.stringify(questions(claude).at(-1)?.body);
      assert.match(sent, new RegExp(`"role":"assistant".*${arrived}.*"role":"user"`));

      // What comes after it is valid as well: the simulated API refuses what is not.
      claude.enqueue({ text: 'It does.' });
      await chat.ask('Does it hold?');
      await (await chat.answer('done')).getByText('It does.').waitFor();
      const said = [arrived, 'And the rest.', 'It does.'];
      const shown = await chat.frame.getByRole('article', { name: 'Claude' }).allInnerTexts();
      assert.deepEqual(
        shown.map((text) => said.filter((one) => text.includes(one))),
        said.map((one) => [one]),
      );
      await until('all is on disk', () => isStored(server, 'It does.'));
      const [kept] = (await storedConversations(server)).filter(
        ({ title }) => title === `Tell me of a ${end}`,
      );
      assert.deepEqual(
        kept?.turns.flatMap((turn) => (turn.role === 'assistant' ? [[turn.state, answerText(turn)]] : [])),
        [
          ['interrupted', arrived],
          ['done', 'And the rest.'],
          ['done', 'It does.'],
        ],
      );
    },
  );
}

async function write({ composer }: Chat, text: string, caret: number): Promise<void> {
  await composer.fill(text);
  await composer.press('Control+Home');
  for (let presses = 0; presses < caret; presses++) await composer.press('ArrowRight');
}

async function isAsBefore(chat: Chat, text: RegExp, caret: number): Promise<void> {
  await until(`the draft ${text} is back with its caret at ${caret}`, () =>
    chat.composer.evaluate(
      (box: HTMLTextAreaElement, [source, place]) =>
        new RegExp(source).test(box.value) && box.selectionStart === place,
      [text.source, caret] as const,
    ),
  );
}

async function isEdited({ frame }: Chat, text: string): Promise<void> {
  const box = frame.getByRole('textbox', { name: 'Edit your question' });
  await until('the edited question is back', async () => (await box.inputValue()) === text);
}

/** The page after its document was replaced. */
async function chatAgain(window: Window, before: Chat): Promise<Chat> {
  await until('the page is another one', () => before.frame.isDetached());
  return chatIn(window);
}

async function choose(window: Window, label: string): Promise<void> {
  await window.runCommand('Parley: Show Conversations...');
  await window.quickInput.titled('Conversations');
  await window.quickInput.pick(label);
  await window.quickInput.closed();
}

function move(window: Window, destinationId: string): Promise<unknown> {
  return window.driver.run(
    (vscode, destination) =>
      vscode.commands.executeCommand('vscode.moveViews', {
        viewIds: ['parley.chat'],
        destinationId: destination,
      }),
    destinationId,
  );
}

async function timeUntilStored(server: Server, text: string): Promise<number> {
  const start = performance.now();
  while (!(await isStored(server, text))) {
    if (performance.now() - start > 30_000) throw new Error(`${text} never came to the disk`);
  }
  return Math.round(performance.now() - start);
}
