import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import * as vscode from 'vscode';
import type { ExcerptPart, Part } from '../../src/core/conversation/parts.ts';
import { documentSymbols } from '../../src/host/workspace/documentSymbols.ts';
import { fileProblems, problemAt, workspaceProblems } from '../../src/host/workspace/problems.ts';
import { testFolder, until } from './folder.ts';

const folder = testFolder('problems');
const collection = vscode.languages.createDiagnosticCollection('parley-test');

afterEach(() => collection.clear());
after(async () => {
  collection.dispose();
  await folder.clean();
});

interface Given {
  readonly line: number;
  readonly at?: number;
  readonly message: string;
  readonly severity?: vscode.DiagnosticSeverity;
  readonly source?: string;
  readonly code?: vscode.Diagnostic['code'];
}

function problem({ line, at = 0, message, severity = 0, source, code }: Given): vscode.Diagnostic {
  const made = new vscode.Diagnostic(new vscode.Range(line, at, line, at + 1), message, severity);
  if (source !== undefined) made.source = source;
  if (code !== undefined) made.code = code;
  return made;
}

function excerptIn(parts: readonly Part[]): ExcerptPart {
  const part = parts.find((each) => each.kind === 'excerpt');
  assert.ok(part?.kind === 'excerpt');
  return part;
}

test('problems of a file come in the order of their places, each with its line of code', async () => {
  const uri = await folder.write('a.txt', 'first\n  second line\nthird\n');
  collection.set(uri, [
    problem({ line: 2, message: 'later', severity: 1, source: 'lint', code: { value: 'no-x', target: uri } }),
    problem({ line: 1, at: 4, message: "Cannot find name 'x'.\nSecond line.", source: 'ts', code: 2304 }),
    problem({ line: 0, message: 'a hint', severity: 3 }),
  ]);
  const part = excerptIn((await fileProblems(uri)).parts);
  assert.equal(
    part.text,
    `problems/a.txt:1:1 hint: a hint
    first
problems/a.txt:2:5 error TS2304 (ts): Cannot find name 'x'.
    Second line.
    second line
problems/a.txt:3:1 warning no-x (lint): later
    third
`,
  );
  assert.equal(part.label, 'Problems in problems/a.txt (1 error, 1 warning, 1 hint)');
  assert.equal(part.uri, uri.toString());
});

test('related places stand below their problem', async () => {
  const uri = await folder.write('r.txt', 'x\ny\n');
  const made = problem({ line: 0, message: 'here' });
  const location = new vscode.Location(uri, new vscode.Range(1, 0, 1, 1));
  made.relatedInformation = [new vscode.DiagnosticRelatedInformation(location, 'declared there')];
  collection.set(uri, [made]);
  assert.ok(
    excerptIn((await fileProblems(uri)).parts).text.includes('    problems/r.txt:2:1: declared there\n'),
  );
});

test('the workspace has the problems of all files, by their paths', async () => {
  const one = await folder.write('z.txt', 'z\n');
  const other = await folder.write('b.txt', 'b\n');
  collection.set(one, [problem({ line: 0, message: 'in z' })]);
  collection.set(other, [problem({ line: 0, message: 'in b' })]);
  const { text, uri } = excerptIn((await workspaceProblems()).parts);
  assert.ok(text.indexOf('problems/b.txt:1:1') < text.indexOf('problems/z.txt:1:1'));
  assert.ok(text.includes('in b') && text.includes('in z'));
  assert.equal(uri, undefined);
  // Opening a file makes its language look through it.
  assert.ok(!vscode.workspace.textDocuments.some((document) => document.uri.path === one.path));
});

test('so many problems that nobody reads them are counted', async () => {
  const uri = await folder.write('many.txt', 'x\n'.repeat(1_500));
  collection.set(
    uri,
    Array.from({ length: 1_500 }, (_, line) => problem({ line, message: `m${line}` })),
  );
  const { text, label } = excerptIn((await fileProblems(uri)).parts);
  assert.ok(text.endsWith('… and 500 more problems\n'));
  assert.ok(text.includes('m999\n') && !text.includes('m1000'));
  assert.ok(label.includes('1500 errors'), label);
});

test('a problem in a file that cannot be read or has become shorter is listed without code', async () => {
  const uri = await folder.write('short.txt', 'x\n');
  collection.set(uri, [problem({ line: 40, message: 'far below' })]);
  collection.set(folder.at('never.txt'), [problem({ line: 0, message: 'nowhere' })]);
  assert.equal(excerptIn((await fileProblems(uri)).parts).text, 'problems/short.txt:41:1 error: far below\n');
  assert.match(excerptIn((await fileProblems(folder.at('never.txt'))).parts).text, /nowhere\n$/);
});

test('no problems are told', async () => {
  const uri = await folder.write('fine.txt', 'x\n');
  assert.match((await fileProblems(uri)).sentences[0] ?? '', /no problems in problems\/fine\.txt/);
  const at = await problemAt(uri, new vscode.Range(0, 0, 0, 0));
  assert.deepEqual(at.parts, []);
  assert.match(at.sentences[0] ?? '', /no problem/);
});

test('a problem comes with the function around it', async () => {
  const uri = await folder.write('fn.json', '{\n "a": {\n  "b": 1\n }\n}\n');
  const provider = vscode.languages.registerDocumentSymbolProvider(
    { pattern: '**/fn.json' },
    {
      provideDocumentSymbols: () => [
        new vscode.DocumentSymbol(
          'a',
          '',
          vscode.SymbolKind.Function,
          new vscode.Range(1, 1, 3, 2),
          new vscode.Range(1, 1, 1, 4),
        ),
      ],
    },
  );
  await until(async () =>
    (await documentSymbols(uri)).some(({ kind }) => kind === vscode.SymbolKind.Function),
  );
  const made = problem({ line: 2, at: 3, message: 'wrong' });
  collection.set(uri, [made, problem({ line: 4, message: 'another' })]);
  for (const at of [made, new vscode.Range(2, 0, 2, 9)]) {
    const { parts } = await problemAt(uri, at);
    const [code, excerpt] = parts;
    assert.ok(code?.kind === 'code' && excerpt?.kind === 'excerpt');
    assert.deepEqual([code.symbol, code.scope, code.startLine, code.endLine], ['a', 'symbol', 2, 4]);
    assert.equal(excerpt.text, 'problems/fn.json:3:4 error: wrong\n    "b": 1\n');
  }
  provider.dispose();
});

test('a problem outside of all symbols comes with the lines around it', async () => {
  const text = Array.from({ length: 60 }, (_, line) => `line ${line + 1}`).join('\n');
  const uri = await folder.write('long.txt', text);
  const made = problem({ line: 29, message: 'wrong' });
  collection.set(uri, [made]);
  const [code] = (await problemAt(uri, made)).parts;
  assert.ok(code?.kind === 'code');
  assert.deepEqual([code.startLine, code.endLine], [20, 40]);
});
