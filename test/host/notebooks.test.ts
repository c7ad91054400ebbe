import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as vscode from 'vscode';
import { createFiles } from '../../src/host/workspace/files.ts';
import { sourceState } from '../../src/host/workspace/recollect.ts';
import { createMemoryAttachments } from './attachments.ts';
import { testFolder, until } from './folder.ts';

const folder = testFolder('notebooks');
after(folder.clean);

const { foundAt, foundInBytes } = createFiles(createMemoryAttachments());

const NOTEBOOK = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { language_info: { name: 'python' }, kernelspec: { name: 'python3', language: 'python' } },
  cells: [
    { cell_type: 'markdown', id: 'a', metadata: {}, source: ['# Study\n', 'of *x*'] },
    {
      cell_type: 'code',
      id: 'b',
      metadata: {},
      execution_count: 1,
      source: ['plot(x)\n', 'print("hi")'],
      outputs: [
        { output_type: 'stream', name: 'stdout', text: ['\u001b[31mhi\u001b[0m\n'] },
        {
          output_type: 'display_data',
          metadata: {},
          data: { 'image/png': 'iVBORw0KGgo=', 'text/plain': ['<Figure>'] },
        },
      ],
    },
    {
      cell_type: 'code',
      id: 'c',
      metadata: {},
      execution_count: 2,
      source: ['1/0'],
      outputs: [
        {
          output_type: 'error',
          ename: 'ZeroDivisionError',
          evalue: 'division by zero',
          traceback: ['\u001b[0;31mTraceback\u001b[0m', 'ZeroDivisionError: division by zero'],
        },
      ],
    },
  ],
});

const EXPECTED = `[Cell 1: markdown]
# Study
of *x*

[Cell 2: python]
\`\`\`python
plot(x)
print("hi")
\`\`\`
[Output of cell 2]
\`\`\`
hi
\`\`\`
[Picture: study.ipynb, cell 2]

[Cell 3: python]
\`\`\`python
1/0
\`\`\`
[Output of cell 3]
\`\`\`
Traceback
ZeroDivisionError: division by zero
\`\`\`
`;

test('a notebook becomes its cells and outputs as text, and its pictures', async () => {
  const found = await foundAt(await folder.write('study.ipynb', NOTEBOOK));
  assert.deepEqual(found.sentences, []);
  assert.deepEqual(found.parts, [
    {
      kind: 'excerpt',
      origin: 'notebook',
      label: 'notebooks/study.ipynb',
      languageId: 'markdown',
      text: EXPECTED,
      uri: folder.at('study.ipynb').toString(),
    },
  ]);
  assert.deepEqual(
    found.pictures.map(({ label, bytes }) => [label, Buffer.from(bytes).toString('base64')]),
    [['study.ipynb, cell 2', 'iVBORw0KGgo=']],
  );
});

test('a notebook from outside gives the same', async () => {
  const found = await foundInBytes('study.ipynb', Buffer.from(NOTEBOOK));
  const [part] = found.parts;
  assert.ok(part?.kind === 'excerpt' && part.origin === 'notebook');
  assert.equal(part.text, EXPECTED);
  assert.equal(found.pictures[0]?.label, 'study.ipynb, cell 2');
});

test('cells that are not saved are taken', async () => {
  const uri = await folder.write('edited.ipynb', NOTEBOOK);
  const notebook = await vscode.workspace.openNotebookDocument(uri);
  await vscode.window.showNotebookDocument(notebook);
  const edit = new vscode.WorkspaceEdit();
  const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'unsaved()', 'python');
  edit.set(uri, [vscode.NotebookEdit.insertCells(0, [cell])]);
  await vscode.workspace.applyEdit(edit);
  const [part] = (await foundAt(uri)).parts;
  assert.ok(
    part?.kind === 'excerpt' && part.text.startsWith('[Cell 1: python]\n```python\nunsaved()\n```\n'),
  );
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
});

test('a notebook that cannot be read or has nothing in it is told', async () => {
  const broken = await foundAt(await folder.write('broken.ipynb', '{"cells": [ oh'));
  assert.deepEqual(broken.parts, []);
  assert.match(broken.sentences[0] ?? '', /broken\.ipynb/);
  const bare = JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] });
  assert.match(
    (await foundAt(await folder.write('bare.ipynb', bare))).sentences[0] ?? '',
    /bare\.ipynb is empty/,
  );
});

test('a broken notebook from outside is taken as the text it is', async () => {
  const [part] = (await foundInBytes('broken.ipynb', Buffer.from('{"cells": [ oh'))).parts;
  assert.ok(part?.kind === 'excerpt' && part.origin === 'file' && part.text === '{"cells": [ oh');
});

test('a notebook that was never saved is taken as it is on the screen', async () => {
  const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'fresh()', 'python');
  const data = new vscode.NotebookData([cell]);
  const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
  await vscode.window.showNotebookDocument(notebook);
  const { parts, sentences } = await foundAt(notebook.uri);
  const [part] = parts;
  assert.ok(part?.kind === 'excerpt' && part.origin === 'notebook', sentences.join());
  assert.match(part.text, /fresh\(\)/);
  assert.equal(await sourceState(part), 'same');
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  await until(() => notebook.isClosed);
  assert.equal(await sourceState(part), 'gone');
});

test('a notebook that cannot be read at the moment is not gone, one that is deleted is', async () => {
  const uri = await folder.write('written.ipynb', NOTEBOOK);
  const [part] = (await foundAt(uri)).parts;
  assert.ok(part);
  await folder.remove('written.ipynb');
  assert.equal(await sourceState(part), 'gone');
  const half: typeof part = {
    ...part,
    ...{ uri: (await folder.write('half.ipynb', '{"cells": [')).toString() },
  };
  assert.equal(await sourceState(half), 'same');
  assert.match((await foundAt(folder.at('written.ipynb'))).sentences[0] ?? '', /not there any more/);
});
