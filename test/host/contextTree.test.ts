import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as vscode from 'vscode';
import type { ContextFacts } from '../../src/core/context/facts.ts';
import { type ContextTree, createContextTree, itemOf } from '../../src/host/context/tree/contextTree.ts';
import type { TreeRow } from '../../src/host/context/tree/treeModel.ts';
import { testFolder, until } from './folder.ts';
import { contextFacts, type MemoryPins, memoryPins } from './memoryPins.ts';

const folder = testFolder('contextTree');
after(async () => {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await folder.clean();
});

interface Stand {
  readonly tree: ContextTree;
  readonly pinned: MemoryPins;
  /** Gives the facts that the tree is waiting for. */
  answer(facts: ContextFacts): void;
  readonly asked: () => number;
}

function stand(pinned = memoryPins([{ kind: 'workspace' }])): Stand {
  const waiting: ((facts: ContextFacts) => void)[] = [];
  let asked = 0;
  const changed = new vscode.EventEmitter<void>();
  const tree = createContextTree({
    pinned,
    onFactsChanged: changed.event,
    facts: () =>
      new Promise((resolve) => {
        asked++;
        waiting.push(resolve);
      }),
    now: () => 0,
    drop: async () => undefined,
  });
  return { tree, pinned, answer: (facts) => waiting.shift()?.(facts), asked: () => asked };
}

function labels(rows: readonly TreeRow[]): string[] {
  return rows.map(({ label }) => label);
}

test('what is pinned stands there at once; figures follow when they are known', async () => {
  const { tree, answer, asked } = stand();
  const first = await tree.rowsBelow();
  assert.deepEqual(labels(first), ['Whole workspace']);
  assert.equal(first[0]?.description, 'being looked at');
  assert.equal(asked(), 1);
  const file = { path: 'a.ts', uri: 'file:///w/a.ts', tokens: 7, state: 'inPack' } as const;
  answer(contextFacts({ pins: [{ kind: 'workspace' }], files: [file], tokens: 7 }));
  await until(async () => (await tree.rowsBelow()).length === 2);
  const [summary, pin] = await tree.rowsBelow();
  assert.equal(summary?.label, '1 file · 7 tokens');
  assert.deepEqual(labels(await tree.rowsBelow(pin)), ['a.ts']);
  tree.dispose();
});

test('while only figures change, VS Code is told of their rows and keeps all others, which can be clicked meanwhile', async () => {
  const { tree, pinned, answer, asked } = stand();
  const told: (readonly string[] | 'all')[] = [];
  tree.onDidChange((rows) => void told.push(rows?.map(({ id }) => id) ?? 'all'));
  const file = { path: 'a.ts', uri: 'file:///w/a.ts', tokens: 7, state: 'inPack' } as const;
  const known = contextFacts({ pins: [{ kind: 'workspace' }], files: [file], tokens: 7 });
  await tree.rowsBelow();
  pinned.tell();
  answer(known);
  await until(() => asked() === 2);
  assert.deepEqual(told, ['all']);
  const [summary, pin] = await tree.rowsBelow();
  for (const row of [summary, pin]) await tree.rowsBelow(row);
  pinned.tell();
  answer({ ...known, price: { warm: 0.001, cold: 0.01 } });
  await until(() => asked() === 3);
  assert.deepEqual(told, ['all', ['summary']]);
  const figures = await tree.rowsBelow(summary);
  assert.deepEqual(labels(figures), ['Price', 'Cache']);
  answer({ ...known, price: { warm: 0.002, cold: 0.02 } });
  await until(() => told.length === 3);
  assert.deepEqual(told[2], ['summary/price']);
  tree.dispose();
});

test('with nothing pinned there are no rows, not even while it is found out: the welcome shows', async () => {
  const { tree, answer } = stand(memoryPins());
  assert.deepEqual(await tree.rowsBelow(), []);
  answer(contextFacts());
  assert.deepEqual(await tree.rowsBelow(), []);
  tree.dispose();
});

test('what is pinned later stands there at once, too, beside what is known', async () => {
  await vscode.commands.executeCommand('parley.context.focus');
  const { tree, pinned, answer } = stand();
  await tree.rowsBelow();
  answer(contextFacts({ pins: [{ kind: 'workspace' }] }));
  await until(async () => (await tree.rowsBelow()).length === 2);
  await pinned.pin([{ kind: 'folder', path: 'src' }]);
  await until(async () => (await tree.rowsBelow()).some(({ label }) => label === 'src/'));
  assert.equal((await tree.rowsBelow()).at(-1)?.description, 'being looked at');
  tree.dispose();
});

test('while the tree is not visible changes ask for nothing', async () => {
  await vscode.commands.executeCommand('workbench.view.explorer');
  const { tree, pinned, asked } = stand();
  for (let at = 0; at < 20; at++) pinned.tell();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(asked(), 0);
  tree.dispose();
});

function row(more: Partial<TreeRow>): TreeRow {
  return {
    id: 'x',
    kind: 'file',
    label: 'a.ts',
    description: '≈7 tokens',
    tooltip: '',
    icon: 'file',
    spoken: 'a.ts, ≈7 tokens',
    ...more,
  };
}

test('a file opens with a click and reads well aloud', async () => {
  const uri = await folder.write('a.ts', 'let a;');
  const item = itemOf(row({ uri: uri.toString() }));
  assert.equal(item.accessibilityInformation?.label, 'a.ts, 7 tokens');
  assert.equal(item.collapsibleState, vscode.TreeItemCollapsibleState.None);
  assert.ok(item.command);
  await vscode.commands.executeCommand(item.command.command, ...(item.command.arguments ?? []));
  await until(() => vscode.window.activeTextEditor?.document.uri.toString() === uri.toString());
  const pending = itemOf(row({ opens: vscode.workspace.asRelativePath(uri) }));
  assert.equal(String(pending.command?.arguments?.[0]), uri.toString());
});

test('rows with others below are not unfolded until asked for, but for the summary', () => {
  const rows = (): TreeRow[] => assert.fail('nothing below is made');
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  assert.equal(itemOf(row({ rows })).collapsibleState, Collapsed);
  assert.equal(itemOf(row({ rows, isOpen: true })).collapsibleState, Expanded);
});

test('the offer to repack is taken with a click', () => {
  assert.equal(itemOf(row({ kind: 'repack' })).command?.command, 'parley.repackContext');
});
