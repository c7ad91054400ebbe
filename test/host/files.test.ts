import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { PDFDocument } from '@cantoo/pdf-lib';
import * as vscode from 'vscode';
import type { CodePart, ExcerptPart, Part } from '../../src/core/conversation/parts.ts';
import { createFiles } from '../../src/host/workspace/files.ts';
import type { Found } from '../../src/host/workspace/found.ts';
import { createMemoryAttachments } from './attachments.ts';
import { testFolder } from './folder.ts';

const folder = testFolder('files');
after(folder.clean);

const store = createMemoryAttachments();
const { foundAt, foundInBytes } = createFiles(store);

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

function only<Kind extends Part['kind']>(found: Found, kind: Kind): Extract<Part, { kind: Kind }> {
  assert.deepEqual(found.sentences, []);
  const [part, ...others] = found.parts;
  assert.ok(part?.kind === kind && others.length === 0, JSON.stringify(found));
  return part as Extract<Part, { kind: Kind }>;
}

async function code(path: string, content: string | Uint8Array): Promise<CodePart> {
  return only(await foundAt(await folder.write(path, content)), 'code');
}

function sentence(found: Found): string {
  assert.deepEqual([found.parts, found.pictures], [[], []]);
  assert.equal(found.sentences.length, 1);
  return found.sentences[0] ?? '';
}

function utf16(text: string, isBigEndian: boolean): Uint8Array {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return isBigEndian ? bytes.swap16() : bytes;
}

test('a text file is taken whole, with its path, language and lines', async () => {
  const part = await code('a.ts', 'one();\ntwo();\n');
  assert.deepEqual(part, {
    kind: 'code',
    path: 'files/a.ts',
    uri: folder.at('a.ts').toString(),
    languageId: 'typescript',
    startLine: 1,
    endLine: 2,
    unsaved: false,
    text: 'one();\ntwo();\n',
    scope: 'file',
  });
  assert.equal((await code('b.ts', 'one();\r\ntwo();')).endLine, 2);
});

test('texts are read in whatever encoding they have', async () => {
  const text = 'Grüße, 日本語\n';
  assert.equal((await code('bom.txt', Buffer.from(`\ufeff${text}`))).text, text);
  assert.equal((await code('le.txt', utf16(text, false))).text, text);
  assert.equal((await code('be.txt', utf16(text, true))).text, text);
});

test('the setting files.encoding is kept to', async () => {
  const files = vscode.workspace.getConfiguration('files', folder.uri);
  await files.update('encoding', 'windows1252', vscode.ConfigurationTarget.Workspace);
  try {
    const bytes = Buffer.from('Gr\u00fc\u00dfe \u0080 5\n', 'latin1');
    assert.equal((await code('old.txt', bytes)).text, 'Grüße € 5\n');
    const dropped = await foundInBytes('old.txt', bytes);
    assert.equal(only(dropped, 'excerpt').text, 'Grüße € 5\n');
  } finally {
    await files.update('encoding', undefined, vscode.ConfigurationTarget.Workspace);
  }
});

test('unsaved changes are taken and marked, also when the file is gone', async () => {
  const uri = await folder.write('dirty.ts', 'old\n');
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, new vscode.Range(0, 0, 0, 3), 'new');
  await vscode.workspace.applyEdit(edit);
  assert.equal(document.isDirty, true);
  const part = only(await foundAt(uri), 'code');
  assert.deepEqual([part.text, part.unsaved], ['new\n', true]);
  await folder.remove('dirty.ts');
  assert.equal(only(await foundAt(uri), 'code').text, 'new\n');
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
});

test('an untitled document is taken under its name', async () => {
  const { uri } = await vscode.workspace.openTextDocument({ content: 'draft', language: 'python' });
  const part = only(await foundAt(uri), 'code');
  assert.deepEqual([part.text, part.languageId, part.unsaved], ['draft', 'python', true]);
  assert.match(part.path, /^Untitled-\d+$/);
});

test('what has just been written by another program is what is taken', async () => {
  const uri = await folder.write('fast.txt', 'first\n');
  await vscode.workspace.openTextDocument(uri);
  for (const text of ['second\n', 'third\n', 'fourth\n']) {
    await folder.write('fast.txt', text);
    assert.equal(only(await foundAt(uri), 'code').text, text);
  }
});

test('a document of no file system is taken from the editor', async () => {
  const provider = vscode.workspace.registerTextDocumentContentProvider('parley-test', {
    provideTextDocumentContent: () => 'from nowhere',
  });
  const part = only(await foundAt(vscode.Uri.parse('parley-test:/x/y.txt')), 'code');
  assert.equal(part.text, 'from nowhere');
  provider.dispose();
});

test('a picture goes by its content, an SVG as its source', async () => {
  const found = await foundAt(await folder.write('not-a-picture.txt', PNG));
  assert.deepEqual(found.parts, []);
  assert.equal(found.pictures[0]?.label, 'not-a-picture.txt');
  assert.deepEqual(Buffer.from(found.pictures[0]?.bytes ?? []), PNG);
  assert.equal((await code('drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>\n')).scope, 'file');
});

test('a binary, an empty, a vanished file and a folder are told in a sentence that names them', async () => {
  const binary = new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 0, 0, 9]);
  assert.match(sentence(await foundAt(await folder.write('a.out', binary))), /a\.out.*binary/);
  const late = Buffer.concat([Buffer.from('text\n'.repeat(500)), Buffer.from([0, 0, 0])]);
  assert.match(sentence(await foundAt(await folder.write('late.dat', late))), /binary/);
  assert.match(sentence(await foundAt(await folder.write('empty.txt', ''))), /empty\.txt is empty/);
  assert.match(sentence(await foundAt(await folder.write('blank.txt', ' \n\n'))), /is empty/);
  assert.match(sentence(await foundAt(folder.at('never.txt'))), /never\.txt is not there any more/);
  assert.match(sentence(await foundAt(folder.uri)), /is a folder/);
  assert.match(sentence(await foundAt(vscode.Uri.parse('no-such-scheme:/x'))), /cannot be read/);
});

test('a file that was attached and is deleted is told as gone', async () => {
  await code('short-lived.txt', 'here\n');
  await folder.remove('short-lived.txt');
  assert.match(sentence(await foundAt(folder.at('short-lived.txt'))), /not there any more/);
});

test('what is too large is told with its size and the limit', async () => {
  const huge = await folder.write('huge.bin', new Uint8Array(64 * 1024 * 1024 + 1));
  assert.match(sentence(await foundAt(huge)), /huge\.bin has 64\.0 MB; files of up to 64\.0 MB/);
  const long = await folder.write('long.txt', 'abcdefg\n'.repeat(1_100_000));
  assert.match(sentence(await foundAt(long)), /8\.8 million characters.*8 million/);
  assert.match(
    sentence(await foundInBytes('long.txt', Buffer.from('abcdefg\n'.repeat(1_100_000)))),
    /8\.8 million/,
  );
});

async function pdf(pages: number, password?: string): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  for (let page = 0; page < pages; page++) document.addPage([100, 100]);
  if (password !== undefined) document.encrypt({ userPassword: password, ownerPassword: 'o' });
  return document.save();
}

test('a PDF goes into the store and tells its pages, whatever its name is', async () => {
  const bytes = await pdf(12);
  const part = only(await foundAt(await folder.write('paper.dat', bytes)), 'document');
  assert.deepEqual([part.label, part.source.pages, part.source.bytes], ['paper.dat', 12, bytes.length]);
  assert.equal(part.uri, folder.at('paper.dat').toString());
  assert.deepEqual(Buffer.from((await store.bytes(part.source.sha256)) ?? ''), Buffer.from(bytes));
  const dropped = only(await foundInBytes('paper.pdf', bytes), 'document');
  assert.deepEqual([dropped.source, dropped.uri], [part.source, undefined]);
});

test('a PDF with too many pages is refused with both figures, one with a password with the reason', async () => {
  assert.match(sentence(await foundInBytes('thick.pdf', await pdf(700))), /thick\.pdf has 700 pages; 600/);
  assert.match(sentence(await foundInBytes('locked.pdf', await pdf(1, 'x'))), /locked\.pdf.*password/);
});

test('a PDF whose pages cannot be counted is attached nevertheless', async () => {
  const odd =
    '%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n';
  const part = only(await foundInBytes('odd.pdf', Buffer.from(odd)), 'document');
  assert.equal(part.source.pages, undefined);
});

test('a PDF that is damaged is refused: a fragment, and one that was cut in half', async () => {
  const bytes = await pdf(700);
  for (const damaged of [Buffer.from('%PDF-1.7\nnonsense!!!'), bytes.slice(0, bytes.length / 2)]) {
    assert.match(
      sentence(await foundInBytes('half.pdf', damaged)),
      /half\.pdf cannot be read; it may be damaged/,
    );
  }
});

test('a PDF that cannot be kept is told', async () => {
  const failing = createFiles({ ...store, put: async () => ({ ok: false, failure: { kind: 'storage' } }) });
  assert.match(sentence(await failing.foundInBytes('a.pdf', await pdf(1))), /could not be kept/);
});

test('a file from outside becomes an excerpt in the language of its name', async () => {
  const part: ExcerptPart = only(await foundInBytes('script.py', Buffer.from('print(1)\n')), 'excerpt');
  assert.deepEqual(part, {
    kind: 'excerpt',
    origin: 'file',
    label: 'script.py',
    languageId: 'python',
    text: 'print(1)\n',
  });
  assert.equal(
    only(await foundInBytes('Dockerfile', Buffer.from('FROM x')), 'excerpt').languageId,
    'dockerfile',
  );
  assert.equal(only(await foundInBytes('odd.xyzzy', Buffer.from('x')), 'excerpt').languageId, 'plaintext');
  assert.equal(only(await foundInBytes('tsconfig.json', Buffer.from('{}')), 'excerpt').languageId, 'jsonc');
  assert.equal(only(await foundInBytes('le.txt', utf16('ä\n', false)), 'excerpt').text, 'ä\n');
});

test('a binary, empty or pictured file from outside is told or taken like one in the workspace', async () => {
  assert.match(sentence(await foundInBytes('x.bin', new Uint8Array([1, 0, 2, 0, 0, 3]))), /x\.bin.*binary/);
  assert.match(sentence(await foundInBytes('x.txt', new Uint8Array())), /x\.txt is empty/);
  assert.equal((await foundInBytes('p.png', PNG)).pictures[0]?.label, 'p.png');
});
