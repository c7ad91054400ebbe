import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as vscode from 'vscode';
import { pickChanges, pickProblems, pickSymbol, symbolItems } from '../../src/host/attaching/pickers.ts';
import { type Found, foundNothing } from '../../src/host/workspace/found.ts';
import { testFolder, until } from './folder.ts';

const folder = testFolder('picking');
after(async () => {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await folder.clean();
});

const said = async (what: string): Promise<Found> => foundNothing(what);

/**
 * Makes lists and chooses what is under their cursor, or hides them, until that comes out: VS Code does not tell when a list
 * is on the screen, so a command may come too early, or late for the one before.
 */
async function comesOut(
  make: () => Promise<Found | undefined>,
  expected: string,
  command = 'acceptSelectedQuickOpenItem',
): Promise<void> {
  await until(async () => {
    let made: string | undefined;
    void make().then((found) => {
      made = found?.sentences.join() ?? 'nothing';
    });
    await until(async () => {
      if (made === undefined) await vscode.commands.executeCommand(`workbench.action.${command}`);
      return made !== undefined;
    });
    return made === expected;
  });
}

function symbol(name: string, line: number): vscode.SymbolInformation {
  const location = new vscode.Location(folder.at('a.ts'), new vscode.Position(line, 0));
  return new vscode.SymbolInformation(name, vscode.SymbolKind.Function, 'Outer', location);
}

test('the symbols of the active editor come first, without a word typed and without a language server', async () => {
  const parts = {
    activeSymbols: async () => [symbol('first', 1), symbol('second', 2)],
    workspaceSymbols: () => new Promise<never>(() => undefined),
    symbolParts: ({ name }: vscode.SymbolInformation) => said(`symbol ${name}`),
  };
  await comesOut(() => pickSymbol(parts), 'symbol first');
  await comesOut(() => pickSymbol(parts), 'nothing', 'closeQuickOpen');
});

test('symbols of the workspace follow, each once, under a line of their own', () => {
  const items = symbolItems([symbol('own', 1)], [symbol('own', 1), symbol('other', 1)]);
  assert.deepEqual(
    items.map(({ label, alwaysShow = false }) => [label, alwaysShow]),
    [
      ['Active Editor', false],
      ['own', false],
      ['Workspace', false],
      ['other', true],
    ],
  );
  assert.deepEqual(symbolItems([], []), []);
});

test('changes are picked of the repository that is meant', async () => {
  const repository = vscode.Uri.file('/one');
  const parts = {
    changes: (which: string, root?: vscode.Uri) => said(`${which} in ${root?.path}`),
    commit: (hash: string) => said(hash),
    recentCommits: async () => [{ hash: '0123456789', message: 'm', author: '', repository }],
  };
  await comesOut(() => pickChanges(parts, repository), 'staged in /one');
  await comesOut(() => pickChanges(parts), 'staged in undefined');
  await comesOut(() => pickChanges(parts), 'nothing', 'closeQuickOpen');
});

test('problems of the file are taken where only it has some; of both the user chooses', async () => {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const parts = {
    fileProblems: (uri: vscode.Uri) => said(`of ${uri.path.split('/').at(-1)}`),
    workspaceProblems: () => said('of all'),
  };
  assert.equal((await pickProblems(parts))?.sentences.join(), 'of all');
  const uri = await folder.write('wrong.txt', 'x');
  await vscode.window.showTextDocument(uri);
  const wrong = [new vscode.Diagnostic(new vscode.Range(0, 0, 0, 1), 'wrong')];
  const collection = vscode.languages.createDiagnosticCollection('picking');
  try {
    collection.set(uri, wrong);
    collection.set(folder.at('other.txt'), wrong);
    await comesOut(() => pickProblems(parts), 'of wrong.txt');
  } finally {
    collection.dispose();
  }
});
