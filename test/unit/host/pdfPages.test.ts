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
    assert.deepEqual(await pdfFacts(bytes), { encrypted: false, pages: 37 });
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

test('a damaged file has no pages to tell of, and is no failure', async () => {
  const bytes = await (await pdf(3)).save({ useObjectStreams: false });
  for (const damaged of [
    bytes.slice(0, 60),
    new TextEncoder().encode('%PDF-1.7\nnonsense'),
    new Uint8Array(),
  ]) {
    assert.deepEqual(await pdfFacts(damaged), { encrypted: false });
  }
});
