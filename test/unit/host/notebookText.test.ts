import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellsIn } from '../../../src/host/workspace/nbformat.ts';
import {
  LONGEST_OUTPUT,
  type NotebookCell,
  notebookText,
  type OutputItem,
} from '../../../src/host/workspace/notebookText.ts';

function item(mime: string, text: string): OutputItem {
  return { mime, data: new TextEncoder().encode(text) };
}

function code(text: string, ...outputs: readonly (readonly OutputItem[])[]): NotebookCell {
  return { kind: 'code', languageId: 'python', text, outputs };
}

test('cells come numbered in their order, Markdown as it is, code in a fence of its language', () => {
  const heading = { kind: 'markup', languageId: 'markdown', text: '# Title', outputs: [] } as const;
  const { text } = notebookText('n.ipynb', [heading, code('print(1)', [item('text/plain', '1')])]);
  assert.equal(
    text,
    '[Cell 1: markdown]\n# Title\n\n[Cell 2: python]\n```python\nprint(1)\n```\n[Output of cell 2]\n```\n1\n```\n',
  );
});

test('a picture goes apart under the number of its cell, and the text says where it was', () => {
  const png = { mime: 'image/png', data: new Uint8Array([1]) };
  const figure = [item('text/plain', '<Figure size 640x480>'), png];
  const { text, pictures } = notebookText('n.ipynb', [code('a', figure, figure), code('b', figure)]);
  const labels = ['n.ipynb, cell 1', 'n.ipynb, cell 1 (2)', 'n.ipynb, cell 2'];
  assert.deepEqual(
    pictures.map(({ label }) => label),
    labels,
  );
  for (const label of labels) assert.ok(text.includes(`[Picture: ${label}]`), label);
  assert.ok(!text.includes('<Figure'));
});

test('HTML is taken only where nothing else says the same', () => {
  const table = item('text/html', '<table>');
  const { text } = notebookText('n', [code('a', [table, item('text/plain', 'plain')]), code('b', [table])]);
  assert.equal(text.match(/<table>/g)?.length, 1);
  assert.ok(text.includes('plain'));
});

test('an exception is its traceback without colors', () => {
  const stack = '\u001b[31mZeroDivisionError\u001b[0m: division by zero';
  const error = JSON.stringify({ name: 'ZeroDivisionError', message: 'division by zero', stack });
  const { text } = notebookText('n', [code('1/0', [item('application/vnd.code.notebook.error', error)])]);
  assert.ok(text.includes('```\nZeroDivisionError: division by zero\n```'), text);
});

test('a long output is cut in the middle and says so', () => {
  const log = 'y'.repeat(LONGEST_OUTPUT + 1);
  const { text } = notebookText('n', [code('a', [item('text/plain', log)])]);
  assert.match(text, /\[… \d+ characters left out …\]/);
  const whole = notebookText('n', [code('a', [item('text/plain', log.slice(1))])]);
  assert.ok(whole.text.includes(log.slice(1)));
});

test('an output that is neither text nor picture is named', () => {
  const { text } = notebookText('n', [code('a', [item('application/x-widget', '?')])]);
  assert.ok(text.includes('application/x-widget'));
});

test('a fence is longer than what is inside', () => {
  assert.ok(notebookText('n', [code('"""```"""')]).text.includes('````python'));
});

test('the text of a Jupyter file gives its cells, outputs and pictures', () => {
  const notebook = {
    nbformat: 4,
    metadata: { language_info: { name: 'julia' } },
    cells: [
      { cell_type: 'markdown', source: ['# A\n', 'b'] },
      {
        cell_type: 'code',
        source: 'x',
        outputs: [
          { output_type: 'stream', name: 'stdout', text: ['one\n', 'two\n'] },
          { output_type: 'display_data', data: { 'image/png': 'AQID\n', 'text/plain': ['fig'] } },
          { output_type: 'execute_result', data: { 'application/json': { a: 1 } } },
          { output_type: 'error', ename: 'E', evalue: 'm', traceback: ['T1', 'E: m'] },
        ],
      },
    ],
  };
  const { text, pictures } = notebookText('n', cellsIn(JSON.stringify(notebook)) ?? []);
  for (const part of ['# A\nb', '```julia\nx\n```', 'one\ntwo', '"a": 1', 'T1\nE: m']) {
    assert.ok(text.includes(part), part);
  }
  assert.deepEqual([...(pictures[0]?.bytes ?? [])], [1, 2, 3]);
});

test('what is no notebook gives none', () => {
  for (const text of ['', '{', '[]', 'null', '{"cells":3}']) assert.equal(cellsIn(text), undefined, text);
});
