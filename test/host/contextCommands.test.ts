import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as vscode from 'vscode';
import type { Pin } from '../../src/core/context/pinned.ts';
import { type ContextCommandParts, createContextCommands } from '../../src/host/context/contextCommands.ts';
import { createContextDocument } from '../../src/host/context/contextDocument.ts';
import { setDetail } from '../../src/host/context/contextSets.ts';
import { pathsInMenus } from '../../src/host/context/pinning.ts';
import type { TreeRow } from '../../src/host/context/tree/treeModel.ts';
import { testFolder, until } from './folder.ts';
import { contextFacts, type MemoryPins, memoryPins } from './memoryPins.ts';

const folder = testFolder('contextCommands');
after(async () => {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await folder.clean();
});

/** Other tests look at the settings as well, so none stays. */
async function withSets(sets: object, body: () => Promise<void>): Promise<void> {
  const update = (value?: object) =>
    vscode.workspace
      .getConfiguration('parley')
      .update('context.sets', value, vscode.ConfigurationTarget.Workspace);
  await update(sets);
  try {
    await body();
  } finally {
    await update();
  }
}

interface Stand {
  readonly pinned: MemoryPins;
  readonly told: string[];
  revealed(): number;
  run(id: string, ...args: readonly unknown[]): Promise<unknown>;
  pinAt(uri: vscode.Uri): Promise<string>;
}

function stand(first: readonly Pin[] = [], more: Partial<ContextCommandParts> = {}): Stand {
  const pinned = memoryPins(first);
  const told: string[] = [];
  let revealed = 0;
  const nothing = async (): Promise<undefined> => undefined;
  const { table, pinAt } = createContextCommands({
    pinned,
    files: { current: async () => ({ files: [], folders: [] }), beyond: async () => [] },
    facts: async () => contextFacts(),
    onFactsChanged: new vscode.EventEmitter<void>().event,
    repack: nothing,
    warm: nothing,
    shownText: nothing,
    countTokens: nothing,
    importsOf: async () => [],
    document: { show: async () => false, dispose: () => undefined },
    tell: (sentence) => void told.push(sentence),
    reveal: async () => void revealed++,
    selected: () => [],
    ...more,
  });
  const known: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> = table;
  return {
    pinned,
    told,
    revealed: () => revealed,
    run: async (id, ...args) => known[`parley.${id}`]?.(...args),
    pinAt,
  };
}

test('the Explorer pins all that is selected, files and folders, and stays in front', async () => {
  const file = await folder.write('src/a.ts');
  const { run, pinned, told, revealed } = stand();
  assert.equal(await run('pinToContext', file, [file, folder.at('src')]), 2);
  assert.deepEqual(pinned.pins, [
    { kind: 'file', path: 'contextCommands/src/a.ts' },
    { kind: 'folder', path: 'contextCommands/src' },
  ]);
  assert.deepEqual(told, ['2 entries are pinned to the context.']);
  assert.equal(revealed(), 0);
});

test('a tab passes its file and what is no list; other code may pass lines of a set', async () => {
  const file = await folder.write('b.ts');
  const { run, pinned, told } = stand();
  await run('pinToContext', file, { groupId: 1, editorIndex: 0 });
  await run('pinToContext', 'glob:**/*.md');
  await run('pinToContext', ['workspace:', 'branch:']);
  assert.deepEqual(pinned.pins, [
    { kind: 'file', path: 'contextCommands/b.ts' },
    { kind: 'glob', glob: '**/*.md' },
    { kind: 'workspace' },
    { kind: 'branch' },
  ]);
  assert.equal(told[0], 'contextCommands/b.ts is pinned to the context.');
});

test('the folder of the workspace itself is the whole workspace', async () => {
  const { run, pinned } = stand();
  await run('pinToContext', vscode.workspace.workspaceFolders?.[0]?.uri);
  assert.deepEqual(pinned.pins, [{ kind: 'workspace' }]);
});

test('menus know all that is pinned by its path, and the folder of the workspace when all of it is, which unpins it', async () => {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri;
  assert.ok(root);
  const whole: readonly Pin[] = [{ kind: 'workspace' }];
  const pins: readonly Pin[] = [{ kind: 'file', path: 'a/b.ts' }, { kind: 'branch' }];
  assert.ok(pathsInMenus(pins).includes(vscode.Uri.joinPath(root, 'a/b.ts').path));
  assert.ok(!pathsInMenus(pins).includes(root.path));
  for (const pinnedAs of [whole, [{ kind: 'folder', path: '.' }] as const]) {
    assert.ok(pathsInMenus(pinnedAs).includes(root.path));
    const { run, pinned } = stand([...pinnedAs, ...pins]);
    assert.equal(await run('unpinFromContext', root), 1);
    assert.deepEqual(pinned.pins, pins);
  }
});

test('what lies elsewhere or nowhere is refused by name, and the rest is pinned', async () => {
  const file = await folder.write('c.ts');
  const { run, pinned, told } = stand();
  const outside = vscode.Uri.file('/nowhere/x.ts');
  assert.equal(await run('pinToContext', file, [file, outside, folder.at('gone.ts')]), 1);
  assert.equal(pinned.pins.length, 1);
  assert.match(told[0] ?? '', /c\.ts is pinned.*x\.ts is no file.*gone\.ts is no file/);
  assert.equal(await run('pinToContext', '../up.ts'), 0);
  assert.equal(told[1], '"../up.ts" is nothing that can be pinned.');
});

test('what is pinned already is said to be, and not pinned twice', async () => {
  const file = await folder.write('d.ts');
  const { pinAt, pinned } = stand();
  assert.equal(await pinAt(file), 'contextCommands/d.ts is pinned to the context.');
  assert.equal(await pinAt(file), 'contextCommands/d.ts is pinned already.');
  assert.equal(pinned.pins.length, 1);
});

test('rows of the tree are unpinned, several at once; a file below a folder says what to do instead', async () => {
  const pins: readonly Pin[] = [{ kind: 'workspace' }, { kind: 'glob', glob: '*.md' }, { kind: 'branch' }];
  const { run, pinned, told } = stand(pins);
  const rows = pins.slice(0, 2).map((pin, at) => ({ id: String(at), kind: 'pin', label: '', pin }));
  assert.equal(await run('unpinFromContext', rows[0], rows), 2);
  assert.deepEqual(pinned.pins, [{ kind: 'branch' }]);
  assert.equal(await run('unpinFromContext', await folder.write('e.ts')), 0);
  assert.match(told[1] ?? '', /e\.ts is not pinned by itself/);
});

test('the key that unpins takes what is selected in the tree, and does nothing where that is no pin', async () => {
  const pins: readonly Pin[] = [{ kind: 'glob', glob: '*.md' }, { kind: 'branch' }, { kind: 'workspace' }];
  const rowOf = (pin?: Pin): TreeRow => ({
    id: 'x',
    kind: pin ? 'pin' : 'summary',
    label: '',
    description: '',
    tooltip: '',
    icon: 'pin',
    spoken: '',
    ...(pin ? { pin } : {}),
  });
  const some = stand(pins, { selected: () => [rowOf(pins[0]), rowOf(), rowOf(pins[2])] });
  assert.equal(await some.run('unpinFromContext', { selected: true }), 2);
  assert.deepEqual(some.pinned.pins, [{ kind: 'branch' }]);
  for (const selected of [[], [rowOf()]]) {
    const none = stand(pins, { selected: () => selected });
    assert.equal(await none.run('unpinFromContext', { selected: true }), 0);
    assert.deepEqual([none.pinned.pins, none.told], [pins, []]);
  }
});

test('a file of the tree can be pinned by itself', async () => {
  const uri = (await folder.write('f.ts')).toString();
  const { run, pinned } = stand([{ kind: 'workspace' }]);
  await run('pinToContext', { id: 'x', kind: 'file', label: 'f.ts', uri });
  assert.deepEqual(pinned.pins.at(-1), { kind: 'file', path: 'contextCommands/f.ts' });
});

test('a row of the tree that offers a pin is pinned as that, and what it takes besides is told', async () => {
  const { run, pinned, told } = stand([{ kind: 'workspace' }]);
  const offer: Pin = { kind: 'folder', path: 'dist' };
  await run('pinToContext', { id: 'x', kind: 'leftOut', label: 'dist/', offer });
  const secret: Pin = { kind: 'file', path: 'id_rsa' };
  const caution = 'id_rsa is still not sent.';
  await run('pinToContext', { id: 'y', kind: 'leftOut', label: 'id_rsa', offer: secret, caution });
  assert.deepEqual(pinned.pins, [{ kind: 'workspace' }, offer, secret]);
  assert.deepEqual(told, [
    'dist/ is pinned to the context.',
    'id_rsa is pinned to the context. id_rsa is still not sent.',
  ]);
});

test('pins are kept as a set of the workspace, and the set pins them again', async () => {
  const pins: readonly Pin[] = [
    { kind: 'folder', path: 'src' },
    { kind: 'file', path: 'a.ts' },
    { kind: 'openEditors' },
  ];
  await withSets({ other: ['x.ts'] }, async () => {
    assert.equal(await stand(pins).run('saveContextSet', 'mine'), true);
    const kept = vscode.workspace.getConfiguration('parley').inspect('context.sets')?.workspaceValue;
    assert.deepEqual(kept, { other: ['x.ts'], mine: ['src/', 'a.ts', 'open-editors:'] });
    const { run, pinned } = stand();
    assert.equal(await run('useContextSet', 'mine'), 3);
    assert.deepEqual(pinned.pins, pins);
  });
});

test('before a set is pinned one sees how much it holds, and that it reaches far, however long it is', async () => {
  const files = Array.from({ length: 50 }, (_, at) => `src/files/number${at}.ts`);
  await withSets({ long: [...files, 'workspace:'], one: ['a.ts'] }, async () => {
    assert.match(setDetail('long'), /^51 entries: workspace:, src\/files\/number0\.ts, /);
    assert.equal(setDetail('one'), '1 entry: a.ts');
  });
});

test('in Restricted Mode, where the sets of the workspace cannot be read, none is written over', async () => {
  await withSets({ other: ['x.ts'] }, async () => {
    const { run, told } = stand([{ kind: 'workspace' }], { isTrusted: () => false });
    assert.equal(await run('saveContextSet', 'mine'), false);
    const kept = vscode.workspace.getConfiguration('parley').inspect('context.sets')?.workspaceValue;
    assert.deepEqual(kept, { other: ['x.ts'] });
    assert.match(told[0] ?? '', /^In Restricted Mode/);
  });
});

test('a set that is not there, or that holds what is no pin, says so; nothing pinned makes no set', async () => {
  await withSets({ odd: ['a.ts', '../up.ts', 'http://x'] }, async () => {
    const { run, pinned, told } = stand();
    assert.equal(await run('saveContextSet', 'empty'), false);
    await run('useContextSet', 'none');
    await run('useContextSet', 'odd');
    assert.deepEqual(pinned.pins, [{ kind: 'file', path: 'a.ts' }]);
    assert.match(told[1] ?? '', /no set "none"/);
    assert.match(told[2] ?? '', /^a\.ts is pinned.*"\.\.\/up\.ts" is nothing.*"http:\/\/x" is nothing/);
  });
});

test('counting gives the number to whom asks, and tells it; repack and warm tell what became of them', async () => {
  const { run, told } = stand([], {
    shownText: async () => '<documents/>',
    countTokens: async () => 31_204,
    repack: async () => 'Packed.',
    warm: async () => 'Warm.',
  });
  assert.equal(await run('countContextTokens'), 31_204);
  await run('repackContext');
  await run('warmContext');
  assert.deepEqual(told, ['The context has 31,204 tokens.', 'Packed.', 'Warm.']);
});

test('with nothing to count or to show, and with nothing that can go out, that is said', async () => {
  const countTokens = (): Promise<number> => assert.fail('nothing is counted');
  const empty = stand([], { countTokens });
  assert.equal(await empty.run('countContextTokens'), undefined);
  await empty.run('showContext');
  assert.deepEqual(empty.told, Array(2).fill('No context is sent: nothing is pinned.'));
  const { run, told } = stand([{ kind: 'workspace' }], { countTokens });
  await run('countContextTokens');
  assert.match(told[0] ?? '', /no file can go out/);
});

test('from the palette one chooses, the active file first, and the tree is opened', async () => {
  await vscode.window.showTextDocument(await folder.write('g.ts'));
  const { run, pinned, revealed } = stand();
  let done: unknown;
  void run('pinToContext').then((count) => {
    done = count;
  });
  await until(async () => {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return done !== undefined;
  });
  assert.equal(done, 1);
  assert.deepEqual(pinned.pins, [{ kind: 'file', path: 'contextCommands/g.ts' }]);
  assert.equal(revealed(), 1);
});

test('the text that is sent is shown as it is, and again when it has changed', async () => {
  const changed = new vscode.EventEmitter<void>();
  let text: string | undefined;
  const document = createContextDocument(async () => text, changed.event);
  assert.equal(await document.show(), false);
  text = '<documents>\n  a\n\n</documents>\n';
  assert.equal(await document.show(), true);
  const shown = vscode.window.activeTextEditor?.document;
  assert.equal(shown?.uri.scheme, 'parley-context');
  await until(() => shown?.getText() === text);
  text = 'other';
  changed.fire();
  await until(() => shown?.getText() === 'other');
  document.dispose();
  changed.dispose();
});
