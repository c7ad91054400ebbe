import assert from 'node:assert/strict';
import { after, beforeEach } from 'node:test';
import { createGate } from '../support/fakeClaude/gate.ts';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { allowClipboard, pastePicture } from './attaching.ts';
import { type Chat, chatIn, isStored, openChat, pointingAt, until } from './parley.ts';

const claude = await startFakeClaude();
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
const stage = { machineSettings: pointingAt(claude) };

suite.test(
  'a conversation is live in a second window, is handed over, and outlives the window that writes it',
  stage,
  async ({ open }) => {
    const one = await open();
    const first = await openChat(one);
    const gate = createGate();
    claude.enqueue({ text: 'First half. Second half.', hold: gate, holdAfterChars: 11 });
    await first.ask('Pears');
    await (await first.answer('streaming')).getByText('First half.').waitFor();

    const other = await open();
    const second = await openChat(other);
    await other.runCommand('Parley: Show Conversations...');
    await other.quickInput.titled('Conversations');
    await other.quickInput.pick('Pears');
    await (await second.answer('streaming')).getByText('First half.').waitFor();
    await elsewhere(second).getByText('Answering in another window').waitFor();
    assert.equal(await second.send.count(), 0);
    await second.ask('Not yet');
    await second.frame.getByText('Continue this conversation here first.').waitFor();
    await continueHere(second);
    await second.frame.getByText('An answer is arriving in another window.').waitFor();

    gate.open();
    await first.answer('done');
    await (await second.answer('done')).getByText('First half. Second half.').waitFor();
    await elsewhere(second).getByText('Open in another window').waitFor();
    await first.composer.fill('kept here');
    await continueHere(second);
    await second.send.waitFor();
    await elsewhere(first).getByText('Open in another window').waitFor();
    assert.equal(await second.composer.inputValue(), 'Not yet');
    claude.enqueue({ text: 'From the second window.' });
    await second.ask('Now');
    await (await first.answer('done')).getByText('From the second window.').waitFor();
    await second.answer('done');

    const pid = await other.driver.pid();
    process.kill(pid, 'SIGKILL');
    await first.send.waitFor();
    assert.equal(await first.composer.inputValue(), 'kept here');
    await until('another extension host runs', async () => (await other.driver.pid()) !== pid);
    const again = await chatIn(other);
    await elsewhere(again).getByText('Open in another window').waitFor();
    await again.composer.fill('mine');
    claude.enqueue({ text: 'It goes on.' });
    await first.ask('Still there?');
    await (await again.answer('done')).getByText('It goes on.').waitFor();
    await first.answer('done');

    await one.runCommand('Parley: Rename Conversation...');
    await one.quickInput.titled('Rename Conversation');
    await one.quickInput.fill('Fruit');
    await one.quickInput.accept();
    await again.frame.getByRole('heading', { name: 'Fruit' }).waitFor();
    await one.runCommand('Parley: Delete Conversation');
    await again.frame.getByText('"Fruit" was deleted in another window.').waitFor();
    await again.send.waitFor();
    assert.equal(await again.turns.count(), 0);
    assert.equal(await again.composer.inputValue(), 'mine');
  },
);

suite.test(
  'what two windows write in one conversation stays in each, and after a reload of both nothing of it is lost',
  stage,
  async ({ open, server, context }) => {
    await allowClipboard(context);
    const one = await open();
    let first = await openChat(one);
    claude.enqueue({ text: 'They ripen from within.' });
    await first.ask('Pears');
    await first.answer('done');
    await first.composer.fill('begun');
    await until('it is on disk', () => isStored(server, '"begun"'));

    const other = await open();
    let second = await openChat(other);
    await other.runCommand('Parley: Show Conversations...');
    await other.quickInput.titled('Conversations');
    await other.quickInput.pick('Pears');
    await elsewhere(second).getByText('Open in another window').waitFor();
    assert.equal(await second.composer.inputValue(), 'begun');

    // By turns, and at the same moment.
    await first.composer.fill('in the first window');
    await until('it is on disk', () => isStored(server, '"in the first window"'));
    await second.composer.fill('in the second window');
    await pastePicture(other, second);
    await until('it is on disk', () => isStored(server, '"in the second window"'));
    await Promise.all([
      first.composer.pressSequentially(', and more of it'),
      second.composer.pressSequentially(', and yet more'),
    ]);
    const texts = ['in the first window, and more of it', 'in the second window, and yet more'] as const;
    for (const text of texts) await until(`"${text}" is on disk`, () => isStored(server, `"${text}"`));
    assert.equal(await first.composer.inputValue(), texts[0]);
    assert.equal(await second.composer.inputValue(), texts[1]);
    assert.equal(await first.chips.count(), 0);

    await one.reload('page');
    first = await openChat(one);
    await hasBoth(first, texts);
    assert.equal(await second.composer.inputValue(), texts[1]);
    await second.chips.getByText('40×30').waitFor();
    await other.reload('page');
    second = await openChat(other);
    await hasBoth(second, texts);
    await hasBoth(first, texts);
  },
);

/** Everything that was written and attached in either window. */
async function hasBoth({ composer, chips }: Chat, texts: readonly string[]): Promise<void> {
  await until('all words are there', async () => {
    const value = await composer.inputValue();
    return texts.every((text) => value.includes(text));
  });
  await chips.getByText('40×30').waitFor();
  assert.equal(await chips.count(), 1);
}

const elsewhere = ({ frame }: Chat) => frame.locator('[data-part="elsewhere"]');
const continueHere = ({ frame }: Chat) => frame.getByRole('button', { name: 'Continue Here' }).click();
