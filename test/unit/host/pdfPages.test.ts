import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PDFDocument } from '@cantoo/pdf-lib';
import { pdfFacts } from '../../../src/host/workspace/pdfPages.ts';

async function pdf(pages: number, password?: string): Promise<PDFDocument> {
  const document = await PDFDocument.create();
  for (let page = 0; page < pages; page++) document.addPage([200, 200]);
  if (password !== undefined) document.encrypt({ userPassword: password, ownerPassword: 'owner' });
  return document;
}

test('pages are counted, with plain and with compressed objects', async () => {
  for (const useObjectStreams of [true, false]) {
    const bytes = await (await pdf(37)).save({ useObjectStreams });
    assert.deepEqual(await pdfFacts(bytes), { encrypted: false, readable: true, pages: 37 });
  }
});

test('a password is noticed, also where it is empty', async () => {
  for (const password of ['geheim', '']) {
    for (const useObjectStreams of [true, false]) {
      const bytes = await (await pdf(2, password)).save({ useObjectStreams });
      assert.equal((await pdfFacts(bytes)).encrypted, true, `${password} ${useObjectStreams}`);
    }
  }
});

const UNREADABLE = { encrypted: false, readable: false };
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

test('a damaged file is not readable and has no pages to tell of, and is no failure', async () => {
  const bytes = await (await pdf(3)).save({ useObjectStreams: false });
  for (const damaged of [
    bytes.slice(0, 60),
    latin1('%PDF-1.7\nnonsense!!!'),
    latin1('%PDF-1.7\nnonsense\nstartxref\n0\n%%EOF\n'),
    latin1('no PDF at all\n%%EOF'),
    new Uint8Array(),
    new Uint8Array(5000),
  ]) {
    assert.deepEqual(await pdfFacts(damaged), UNREADABLE);
  }
});

test('a file of 700 pages that was cut in half is not taken for one of fewer', async () => {
  for (const useObjectStreams of [true, false]) {
    const bytes = await (await pdf(700)).save({ useObjectStreams });
    assert.equal((await pdfFacts(bytes)).pages, 700);
    assert.deepEqual(await pdfFacts(bytes.slice(0, bytes.length / 2)), UNREADABLE);
  }
});

test('what follows the end of a file, and a missing last line, are no damage', async () => {
  const bytes = await (await pdf(2)).save({ useObjectStreams: false });
  const whole = { encrypted: false, readable: true, pages: 2 };
  const followedBy = (rest: Uint8Array) => pdfFacts(new Uint8Array(Buffer.concat([bytes, rest])));
  assert.deepEqual(await followedBy(latin1('\r\n-- \r\nsent by a mailing list\r\n'.repeat(40))), whole);
  assert.deepEqual(await followedBy(new Uint8Array(10_000)), whole, 'filled up to a block');
  assert.deepEqual(await pdfFacts(bytes.slice(0, bytes.lastIndexOf(0x25) - 1)), whole, 'without its mark');
});

test('the index of pages may be missing in a file that is otherwise whole', async () => {
  const file =
    '%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF\n';
  assert.deepEqual(await pdfFacts(latin1(file)), { encrypted: false, readable: true });
});
