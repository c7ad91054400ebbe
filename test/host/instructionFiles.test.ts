import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as vscode from 'vscode';
import {
  onInstructionFilesChanged,
  readInstructionFiles,
} from '../../src/host/workspace/instructionFiles.ts';

const lines: string[] = [];
const log = (line: string): void => void lines.push(line);

function uriOf(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, 'the tests run in a workspace');
  return vscode.Uri.joinPath(folder.uri, name);
}

async function write(name: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(uriOf(name), new TextEncoder().encode(text));
}

async function clean(): Promise<void> {
  for (const name of ['AGENTS.md', 'CLAUDE.md']) {
    await vscode.workspace.fs.delete(uriOf(name), { recursive: true }).then(undefined, () => undefined);
  }
  lines.length = 0;
}

after(clean);

test('a workspace without instruction files has no instructions, and nothing is logged', async () => {
  await clean();
  assert.deepEqual(await readInstructionFiles(log), []);
  assert.deepEqual(lines, []);
});

test('the instruction files of a trusted workspace are read, a copy once', async () => {
  await clean();
  await write('AGENTS.md', '\ufeffUse tabs.\r\n');
  await write('CLAUDE.md', 'Use tabs.\n');
  assert.deepEqual(await readInstructionFiles(log), [{ name: 'AGENTS.md', text: 'Use tabs.\n' }]);
});

test('what is too large is left out as a whole, with a line in the log', async () => {
  await clean();
  await write('AGENTS.md', 'x'.repeat(64 * 1024));
  await write('CLAUDE.md', 'y'.repeat(64 * 1024 + 1));
  const names = (await readInstructionFiles(log)).map((file) => file.name);
  assert.deepEqual(names, ['AGENTS.md']);
  assert.match(lines.join(), /CLAUDE\.md is larger than 64 KB/);
});

test('a folder with the name of an instruction file is passed over, with a line in the log', async () => {
  await clean();
  await vscode.workspace.fs.createDirectory(uriOf('AGENTS.md'));
  assert.deepEqual(await readInstructionFiles(log), []);
  assert.match(lines.join(), /AGENTS\.md could not be read/);
});

test('with the setting off nothing is read', async () => {
  await clean();
  await write('AGENTS.md', 'Use tabs.\n');
  const configuration = vscode.workspace.getConfiguration('parley');
  try {
    await configuration.update('useInstructionFiles', false, vscode.ConfigurationTarget.Global);
    assert.deepEqual(await readInstructionFiles(log), []);
  } finally {
    await configuration.update('useInstructionFiles', undefined, vscode.ConfigurationTarget.Global);
  }
});

test('a new, a changed and a deleted file are noticed', async () => {
  await clean();
  const changes = waitFor();
  const watching = onInstructionFilesChanged(changes.happened);
  try {
    await write('AGENTS.md', 'one');
    await changes.next();
    await write('AGENTS.md', 'two, and longer');
    await changes.next();
    await vscode.workspace.fs.delete(uriOf('AGENTS.md'));
    await changes.next();
  } finally {
    watching.dispose();
  }
});

/** Counts events; `next` resolves with the first one that has not been waited for. */
function waitFor(): { happened(): void; next(): Promise<void> } {
  let pending = 0;
  let wake: () => void = () => undefined;
  return {
    happened() {
      pending++;
      wake();
    },
    async next() {
      while (pending === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      pending = 0;
    },
  };
}
