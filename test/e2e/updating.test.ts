import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { promisify } from 'node:util';
import { createGate } from '../support/fakeClaude/gate.ts';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { repository } from '../support/vscode/paths.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { allowClipboard, hasPicture, pastePicture } from './attaching.ts';
import { type Chat, isStored, openChat, PARLEY, pointingAt, questions, setKey, until } from './parley.ts';

const KEY = 'sk-ant-e2e-kept';
const claude = await startFakeClaude({ keys: [KEY] });
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });

suite.test(
  'an update, installed while an answer arrives, keeps the conversation, the draft with picture and caret, and the key',
  { machineSettings: pointingAt(claude) },
  async ({ open, context, server }) => {
    await allowClipboard(context);
    let window = await open();
    let chat = await openChat(window);
    await setKey(window, KEY);
    claude.enqueue({ text: 'Before the update.' });
    await chat.ask('Remember me');
    await chat.answer('done');
    await writeDraft(window, chat);
    await until('the draft is on disk', () => isStored(server, '"caret":4'));

    // The window is closed and the new version is there when it is opened again.
    const first = await installed(window);
    await installNext(window);
    await window.close();
    window = await open();
    chat = await openChat(window);
    const second = await installed(window);
    assert.notEqual(second.version, first.version);
    assert.notEqual(second.folder, first.folder);
    await (await chat.answer('done')).getByText('Before the update.').waitFor();
    await hasDraft(chat);

    // The next one comes in the middle of an answer, which goes on until the window is loaded again.
    claude.enqueue({ text: 'Half of it. Not this.', hold: createGate(), holdAfterChars: 11 });
    await chat.ask('Tell me');
    await (await chat.answer('streaming')).getByText('Half of it.').waitFor();
    await writeDraft(window, chat);
    await installNext(window);
    await chat.answer('streaming');
    await until('the draft is on disk', () => isStored(server, '"caret":4'));
    await window.reload('command');
    chat = await openChat(window);
    assert.notEqual((await installed(window)).folder, second.folder);
    const cut = await chat.answer('interrupted');
    await cut.getByText('Half of it.').waitFor();
    await hasDraft(chat);
    claude.enqueue({ text: 'The other half.' });
    await cut.getByRole('button', { name: 'Continue' }).click();
    await (await chat.answer('done')).getByText('The other half.').waitFor();
    await hasDraft(chat);
    const sent = questions(claude).at(-1);
    assert.match(JSON.stringify(sent?.body), /Before the update\..*Half of it\./);
    assert.equal(sent?.headers.authorization, `Bearer ${KEY}`);
  },
);

async function writeDraft(window: Window, chat: Chat): Promise<void> {
  await until('what was sent is no longer attached', async () => (await chat.chips.count()) === 0);
  await pastePicture(window, chat);
  await chat.composer.fill('half a question');
  await chat.composer.press('Control+Home');
  for (let presses = 0; presses < 4; presses++) await chat.composer.press('ArrowRight');
}

async function hasDraft(chat: Chat): Promise<void> {
  await until('the draft is there with its caret', () =>
    chat.composer.evaluate(
      (box: HTMLTextAreaElement) => box.value === 'half a question' && box.selectionStart === 4,
    ),
  );
  await hasPicture(chat);
}

interface Installed {
  readonly version: string;
  readonly folder: string;
}

function installed({ driver }: Window): Promise<Installed> {
  return driver.run((vscode, id) => {
    const extension = vscode.extensions.getExtension(id);
    if (!extension) throw new Error('Parley is not installed');
    return { version: String(extension.packageJSON.version), folder: extension.extensionPath };
  }, PARLEY);
}

/** Installs what is installed again under the next version, as VS Code does it: into a folder of its own, for the next start. */
async function installNext(window: Window): Promise<void> {
  const { version, folder } = await installed(window);
  const place = await mkdtemp(join(tmpdir(), 'parley-'));
  try {
    const vsix = await packNext(folder, version, place);
    await window.driver.run(
      (vscode, path) =>
        vscode.commands.executeCommand('workbench.extensions.installExtension', vscode.Uri.file(path)),
      vsix,
    );
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Packs the files of an installed extension as they are, but for the version. Gives the path of the VSIX. */
async function packNext(folder: string, version: string, place: string): Promise<string> {
  const copy = join(place, 'extension');
  await cp(folder, copy, { recursive: true });
  const {
    __metadata: _,
    scripts: __,
    ...manifest
  } = JSON.parse(await readFile(join(copy, 'package.json'), 'utf8'));
  const next = version.replace(/\d+$/, (patch) => String(Number(patch) + 1));
  await writeFile(join(copy, 'package.json'), JSON.stringify({ ...manifest, version: next }));
  const vsix = join(place, 'next.vsix');
  const vsce = join(repository, 'node_modules/@vscode/vsce/vsce');
  const lenient = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  await promisify(execFile)(process.execPath, [vsce, 'package', '--out', vsix, ...lenient], { cwd: copy });
  return vsix;
}
