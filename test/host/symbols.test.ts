import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as vscode from 'vscode';
import type { CodePart } from '../../src/core/conversation/parts.ts';
import { documentSymbols } from '../../src/host/workspace/documentSymbols.ts';
import { selectedCode } from '../../src/host/workspace/selection.ts';
import { symbolParts, workspaceSymbols } from '../../src/host/workspace/symbols.ts';
import { testFolder, until } from './folder.ts';

const SOURCE = `import { x } from './x';

export class Parser {
  parse(text: string) {
    return text;
    ;;
    ;;
    ;;
    ;;
    ;;
  }

  private other() {}
}

function parse() {
  const inner = 1;
  return inner;
}
const last = 1;
`;

describe('symbols', () => {
  const folder = testFolder('symbols');
  let uri = folder.at('parser.ts');
  before(async () => {
    uri = await folder.write('parser.ts', SOURCE);
    await vscode.window.showTextDocument(uri);
    await until(async () => (await documentSymbols(uri)).length >= 3);
  });

  async function partAt(symbol: Parameters<typeof symbolParts>[0]): Promise<CodePart> {
    const found = await symbolParts(symbol);
    const [part] = found.parts;
    assert.ok(part?.kind === 'code', found.sentences.join());
    return part;
  }

  function at(line: number, character = 0): vscode.Location {
    return new vscode.Location(uri, new vscode.Position(line, character));
  }

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await folder.clean();
  });

  test('a symbol is taken whole, with its name, its indent and its lines', async () => {
    const location = at(3, 3);
    const part = await partAt(
      new vscode.SymbolInformation('parse', vscode.SymbolKind.Method, 'Parser', location),
    );
    assert.deepEqual(
      [part.scope, part.symbol, part.startLine, part.endLine, part.path],
      ['symbol', 'Parser.parse', 4, 11, 'symbols/parser.ts'],
    );
    assert.equal(part.text, `  parse(text: string) {\n    return text;\n${'    ;;\n'.repeat(5)}  }`);
  });

  test('of two symbols with one name the one at the place is meant, also written with brackets', async () => {
    const named = (line: number): vscode.SymbolInformation =>
      new vscode.SymbolInformation('parse()', vscode.SymbolKind.Function, '', at(line));
    assert.equal((await partAt(named(15))).symbol, 'parse');
    assert.equal((await partAt(named(10))).symbol, 'Parser.parse');
  });

  test('a symbol whose place is not known is found by its name', async () => {
    const part = await partAt(new vscode.SymbolInformation('other', vscode.SymbolKind.Method, '', at(0)));
    assert.equal(part.symbol, 'Parser.other');
  });

  test('a place gives the function around it, or its line where there is none', async () => {
    assert.equal((await partAt(at(16, 10))).symbol, 'parse');
    const line = await partAt(at(0, 3));
    assert.deepEqual([line.text, line.scope], ["import { x } from './x';", undefined]);
  });

  test('with nothing selected the function at the cursor is taken as a symbol', async () => {
    const editor = await vscode.window.showTextDocument(uri);
    editor.selection = new vscode.Selection(4, 6, 4, 6);
    const [part] = await selectedCode(editor);
    assert.deepEqual([part?.symbol, part?.startLine, part?.endLine], ['Parser.parse', 4, 11]);
  });

  test('a file that is gone and a blank place are told', async () => {
    const gone = new vscode.Location(folder.at('gone.ts'), new vscode.Position(0, 0));
    assert.match((await symbolParts(gone)).sentences[0] ?? '', /symbols\/gone\.ts cannot be read/);
    assert.match((await symbolParts(at(1))).sentences[0] ?? '', /no code at that place/);
  });

  test('symbols of the workspace are found by name, so many and no more', async () => {
    let found: readonly vscode.SymbolInformation[] = [];
    await until(async () => {
      found = await workspaceSymbols('parse', 50);
      return found.some(({ name }) => name.startsWith('Parser'));
    });
    assert.equal((await workspaceSymbols('parse', 1)).length, 1);
  });

  test('a document without symbols and one that is not there have none', async () => {
    assert.deepEqual(await documentSymbols(folder.at('gone.ts')), []);
    assert.deepEqual(await documentSymbols(await folder.write('plain.txt', 'x')), []);
  });
});
