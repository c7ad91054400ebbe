import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as vscode from 'vscode';
import { createDebugConsole } from '../../src/host/workspace/debugConsole.ts';
import { terminalSelection } from '../../src/host/workspace/terminal.ts';
import { testFailure } from '../../src/host/workspace/testFailures.ts';
import { testFolder, until } from './folder.ts';

const folder = testFolder('consoles');
after(folder.clean);

/** A terminal whose program is the test. */
async function terminalWith(text: string): Promise<vscode.Terminal> {
  const writer = new vscode.EventEmitter<string>();
  const opened = new Promise<void>((resolve) => {
    const terminal = vscode.window.createTerminal({
      name: 'build',
      pty: { onDidWrite: writer.event, open: () => resolve(), close: () => undefined },
    });
    terminal.show();
  });
  await opened;
  await until(() => vscode.window.activeTerminal?.name === 'build');
  writer.fire(text.replaceAll('\n', '\r\n'));
  const { activeTerminal } = vscode.window;
  assert.ok(activeTerminal);
  return activeTerminal;
}

test('without a terminal and without a selection a sentence says so, and the clipboard keeps its text', async () => {
  for (const terminal of vscode.window.terminals) terminal.dispose();
  await until(() => vscode.window.activeTerminal === undefined);
  assert.match((await terminalSelection()).sentences[0] ?? '', /No terminal/);
  const terminal = await terminalWith('something\n');
  await vscode.env.clipboard.writeText('mine');
  const found = await terminalSelection();
  assert.deepEqual(found.parts, []);
  assert.match(found.sentences[0] ?? '', /Nothing is selected in the terminal build/);
  assert.equal(await vscode.env.clipboard.readText(), 'mine');
  terminal.dispose();
});

test('what is selected in the terminal is taken, and the clipboard has the same text as before', async () => {
  const terminal = await terminalWith('\u001b[31merror\u001b[0m in a.ts\nsecond line\n');
  for (const before of ['mine', 'error in a.ts\nsecond line\n', '']) {
    await vscode.env.clipboard.writeText(before);
    let part: unknown;
    await until(async () => {
      await vscode.commands.executeCommand('workbench.action.terminal.selectAll');
      [part] = (await terminalSelection()).parts;
      return part !== undefined;
    });
    assert.deepEqual(part, {
      kind: 'excerpt',
      origin: 'terminal',
      label: 'Terminal: build',
      languageId: 'plaintext',
      text: 'error in a.ts\nsecond line\n',
    });
    assert.equal(await vscode.env.clipboard.readText(), before);
  }
  terminal.dispose();
});

test('no other text than the selection and the one from before ever lies on the clipboard', async () => {
  const terminal = await terminalWith('only this\n');
  await vscode.env.clipboard.writeText('mine');
  const written: string[] = [];
  const clipboard: vscode.Clipboard = {
    readText: () => vscode.env.clipboard.readText(),
    async writeText(text) {
      written.push(text);
      await vscode.env.clipboard.writeText(text);
    },
  };
  await until(async () => {
    written.length = 0;
    await vscode.commands.executeCommand('workbench.action.terminal.selectAll');
    return (await terminalSelection(clipboard)).parts.length > 0;
  });
  assert.deepEqual(written, ['mine']);
  // The selection goes with its terminal; an empty clipboard is not written to for nothing.
  await vscode.commands.executeCommand('workbench.action.terminal.clearSelection');
  await vscode.env.clipboard.writeText('');
  written.length = 0;
  assert.deepEqual((await terminalSelection(clipboard)).parts, []);
  assert.deepEqual(written, []);
  terminal.dispose();
});

test('what a program that is debugged prints is found, also after it has ended', async () => {
  const console = createDebugConsole();
  assert.match((await console.found()).sentences[0] ?? '', /Debug Console is empty/);
  const program = await folder.write('program.js', 'console.log("hello from the program");\n');
  // VS Code debugs Node in two sessions, one within the other.
  const running = new Set<string>();
  const listening = vscode.Disposable.from(
    vscode.debug.onDidStartDebugSession(({ id }) => running.add(id)),
    vscode.debug.onDidTerminateDebugSession(({ id }) => running.delete(id)),
  );
  const started = await vscode.debug.startDebugging(undefined, {
    type: 'node',
    request: 'launch',
    name: 'My Program',
    program: program.fsPath,
    runtimeExecutable: process.execPath,
    outputCapture: 'std',
    internalConsoleOptions: 'neverOpen',
  });
  assert.equal(started, true);
  await until(async () =>
    (await console.found()).parts.some(
      (part) => part.kind === 'excerpt' && part.text.includes('hello from the program'),
    ),
  );
  await until(() => running.size === 0);
  listening.dispose();
  const [part] = (await console.found()).parts;
  assert.ok(part?.kind === 'excerpt' && part.origin === 'debugConsole');
  assert.match(part.label, /^Debug Console: My Program/);
  assert.match(part.text, /hello from the program\n/);
  console.dispose();
});

test('a failed test comes with its names, message, values, place and code', async () => {
  const uri = await folder.write('a.test.txt', 'setup\n  it works\nend\n');
  const controller = vscode.tests.createTestController('parley-test', 'Parley');
  const suite = controller.createTestItem('s', 'adding');
  const item = controller.createTestItem('t', 'adds two numbers', uri);
  item.range = new vscode.Range(1, 0, 1, 8);
  suite.children.add(item);
  controller.items.add(suite);
  const message = vscode.TestMessage.diff('\u001b[31mnot equal\u001b[0m', '4', '5');
  message.location = new vscode.Location(uri, new vscode.Position(1, 2));
  message.stackTrace = [new vscode.TestMessageStackFrame('add', uri, new vscode.Position(2, 4))];
  const found = await testFailure([{ test: item, message }]);
  const [code, failure] = found.parts;
  assert.ok(code?.kind === 'code' && failure?.kind === 'excerpt');
  assert.equal(code.text, '  it works');
  assert.equal(failure.label, 'Failed test: adds two numbers');
  assert.equal(
    failure.text,
    `adding > adds two numbers (consoles/a.test.txt:2)

not equal

Expected:
4

Actual:
5

  at add (consoles/a.test.txt:3:5)
`,
  );
  controller.dispose();
});

test('a test without a message is told, and its code taken nevertheless', async () => {
  const uri = await folder.write('b.test.txt', 'the test\n');
  const found = await testFailure([{ label: 'b', uri, range: new vscode.Range(0, 0, 0, 3) }]);
  assert.equal(found.parts[0]?.kind, 'code');
  assert.match(found.sentences[0] ?? '', /no message for b/);
});

test('a Markdown message and a test whose file is gone are taken', async () => {
  const test = { label: 'c', uri: folder.at('gone.ts'), range: new vscode.Range(0, 0, 0, 1) };
  const found = await testFailure([{ test, message: { message: new vscode.MarkdownString('**bad**') } }]);
  assert.equal(found.parts.length, 1);
  assert.ok(found.parts[0]?.kind === 'excerpt' && found.parts[0].text.includes('**bad**'));
});

test('called without a test it says how to use it', async () => {
  for (const args of [[], [undefined], ['run-1'], [{}], [null, 3]]) {
    assert.match((await testFailure(args)).sentences[0] ?? '', /Test Results/);
  }
});
