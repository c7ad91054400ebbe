import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeToView } from '../../src/webview/decode.ts';

const BYTES = new Uint8Array([1]);
const PART = { kind: 'image', label: 'a.png', source: { type: 'url', url: 'https://a' } };
const ATTACHMENT = { id: 'x', part: PART, tokens: 1, exact: true };
const MENTION = { id: 'm', kind: 'file', label: 'a.ts', detail: '' };
const OFFER = { label: 'a.ts:1', title: 'src/a.ts:1', tokens: 3 };

/** A message with each field in turn missing or wrong is not understood. */
function assertChecked(message: Record<string, unknown>, wrong: Record<string, readonly unknown[]>): void {
  assert.ok(decodeToView({ seq: 1, ...message }), JSON.stringify(message));
  for (const [field, values] of Object.entries(wrong)) {
    for (const value of [undefined, ...values]) {
      assert.equal(
        decodeToView({ seq: 1, ...message, [field]: value }),
        undefined,
        `${field}: ${String(value)}`,
      );
    }
  }
}

test('Messages about attachments are taken only with all their fields', () => {
  assertChecked(
    { type: 'attachmentsChanged', attachments: [ATTACHMENT] },
    {
      attachments: [
        {},
        [{ ...ATTACHMENT, id: 7 }],
        [{ ...ATTACHMENT, tokens: '1' }],
        [{ ...ATTACHMENT, notes: 'made smaller' }],
        [{ ...ATTACHMENT, part: { kind: 'document', label: 'a.pdf' } }],
      ],
    },
  );
  assertChecked(
    { type: 'imageOffered', id: 'p', label: 'a.png', bytes: BYTES, replaces: false, following: 0 },
    {
      replaces: [0],
      following: [-1, '1'],
      id: [1],
      label: [null],
      bytes: ['AQ==', [1], new DataView(new ArrayBuffer(1)), new Uint16Array(1)],
    },
  );
  assertChecked(
    { type: 'imageRead', sha256: 'a', mediaType: 'image/png', bytes: new Uint8Array() },
    {
      sha256: [1],
      mediaType: [1],
      bytes: [{}],
    },
  );
  assertChecked(
    { type: 'mentionsFound', query: '', mentions: [MENTION] },
    {
      query: [1],
      mentions: [
        {},
        [{ ...MENTION, id: 1 }],
        [{ ...MENTION, label: 1 }],
        [{ ...MENTION, detail: 1 }],
        [{ ...MENTION, kind: 1 }],
      ],
    },
  );
  assertChecked(
    { type: 'selectionOffered', offer: OFFER },
    {
      offer: [{}, { ...OFFER, tokens: 'x' }, { ...OFFER, title: 1 }, { ...OFFER, label: 1 }],
    },
  );
  assertChecked({ type: 'selectionOffered', offer: null }, {});
  assertChecked({ type: 'textSuggested', text: 'Why?' }, { text: [1] });
  assertChecked({ type: 'pasteAsked' }, {});
  assertChecked({ type: 'imageTaken', id: 'p', making: 'm' }, { id: [1], making: [1] });
  assertChecked(
    { type: 'imageRefused', id: 'p', making: 'm', sentence: 'No.' },
    { id: [1], making: [1], sentence: [1] },
  );
  assertChecked({ type: 'wishSettled', id: 'w', taken: 0 }, { id: [1], taken: [-1, true] });
});

test('Mentions of a kind that the page does not know yet are shown nevertheless', () => {
  const mentions = [{ ...MENTION, kind: 'planet' }];
  assert.ok(decodeToView({ seq: 1, type: 'mentionsFound', query: '', mentions }));
});
