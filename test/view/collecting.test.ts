import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownAttachment } from '../../src/core/attaching.ts';
import type { ToHost } from '../../src/core/protocol.ts';
import { bring, file } from './browser.ts';
import { turn } from './pictureBench.ts';
import { openPage, type Page, snapshot } from './support.ts';

const OFFER = { label: 'parseList.ts:10-24', title: 'src/parseList.ts:10-24', tokens: 120 };
const CODE: ShownAttachment = {
  id: 'x',
  part: {
    kind: 'code',
    path: 'src/a.ts',
    uri: 'file:///a.ts',
    languageId: 'typescript',
    startLine: 1,
    endLine: 9,
    unsaved: false,
    text: '',
  },
  tokens: 9,
  exact: false,
};

/** The newest wish of a type, which has a name. */
function last<T extends ToHost['type']>(page: Page, type: T): Extract<ToHost, { type: T; id: string }> {
  const wish = page.wishes.findLast((each) => each.type === type);
  assert.ok(wish, type);
  return wish as Extract<ToHost, { type: T; id: string }>;
}

function asks(page: Page): number {
  return page.wishes.filter(({ type }) => type === 'ask').length;
}

function hint(page: Page): string {
  page.draw();
  return page.all('.composer .hint')[0]?.textContent ?? '';
}

function busy(page: Page): string[] {
  page.draw();
  return page.all('li.chip[aria-busy="true"] .chip-name').map(({ textContent }) => textContent ?? '');
}

/** Chooses changes behind an @, and asks about them. */
function mention(page: Page): void {
  page.type('@ch');
  page.rest();
  const mentions = [{ id: 'm1', kind: 'changes', label: 'changes', detail: '' }] as const;
  page.tell({ type: 'mentionsFound', query: 'ch', mentions });
  page.press('Enter');
}

test('A question waits for what @ has chosen, and goes when the host is done with it', () => {
  const page = openPage();
  mention(page);
  assert.deepEqual(busy(page), ['changes']);
  page.press('Enter');
  assert.equal(asks(page), 0);
  assert.match(hint(page), /^Waiting for 1 attachment…/);
  page.tell({ type: 'attachmentsChanged', attachments: [CODE] });
  assert.equal(asks(page), 0);
  page.tell({ type: 'wishSettled', id: last(page, 'attachMention').id, taken: 1 });
  assert.equal(asks(page), 1);
  assert.deepEqual(busy(page), []);
  page.close();
});

test('Everything that the host attaches is waited for: the selection, files, text, addresses, what is taken anew', async () => {
  const page = openPage({ offer: OFFER, attachments: [{ ...CODE, state: 'changed' }] });
  page.press('Tab');
  bring(page.root, 'drop', { files: [file('b.txt', 'text/plain')] });
  bring(page.root, 'drop', { data: { 'text/uri-list': 'https://site.test/a%20b.png?x=1' } });
  const long = 'line\n'.repeat(60);
  bring(page.get('textbox', 'Message Claude'), 'paste', { data: { 'text/plain': long } });
  await turn();
  page.draw();
  page.get('button', 'Refresh a.ts:1-9').click();
  assert.deepEqual(busy(page), ['a.ts:1-9', OFFER.label, 'b.txt', 'a b.png', 'Pasted text']);
  page.type('Why?');
  page.press('Enter');
  assert.match(hint(page), /^Waiting for 5 attachments…/);
  const types = ['acceptSelection', 'attachFile', 'attachUris', 'attachText', 'refreshAttachment'] as const;
  for (const type of types) {
    assert.equal(asks(page), 0, type);
    assert.equal(last(page, type).conversation, 'c1');
    page.tell({ type: 'wishSettled', id: last(page, type).id, taken: 1 });
  }
  assert.equal(asks(page), 1);
  page.close();
});

test('A picture that was found holds the question back in place of the wish that found it', async () => {
  const page = openPage();
  mention(page);
  page.press('Enter');
  page.tell({
    type: 'imageOffered',
    ...{ id: 'p1', label: 'shot.png', bytes: new Uint8Array([1]), replaces: false, following: 0 },
  });
  page.tell({ type: 'wishSettled', id: last(page, 'attachMention').id, taken: 1 });
  assert.equal(asks(page), 0);
  page.close();
});

test('Of a wish nothing comes, it is taken away, Escape is pressed: the question stays', () => {
  const ways: ((page: Page) => void)[] = [
    (page) => page.tell({ type: 'wishSettled', id: last(page, 'attachMention').id, taken: 0 }),
    (page) => page.get('button', 'Remove changes').click(),
    (page) => page.press('Escape'),
    (page) => page.tell(snapshot()),
  ];
  for (const way of ways) {
    const page = openPage();
    mention(page);
    page.press('Enter');
    way(page);
    assert.equal(hint(page), '');
    page.tell({ type: 'wishSettled', id: last(page, 'attachMention').id, taken: 1 });
    assert.equal(asks(page), 0);
    page.close();
  }
});

test('What is taken away before it is there is taken away at the host by the name of its wish', () => {
  const page = openPage();
  mention(page);
  page.draw();
  page.get('button', 'Remove changes').click();
  const { id } = last(page, 'attachMention');
  assert.deepEqual(last(page, 'removeAttachment'), { type: 'removeAttachment', id, conversation: 'c1' });
  assert.deepEqual(busy(page), []);
  page.close();
});

test('A snapshot ends what was under way: the host may be another one', () => {
  const page = openPage();
  mention(page);
  page.tell(snapshot());
  assert.deepEqual(busy(page), []);
  page.press('Enter');
  assert.equal(asks(page), 1);
  page.close();
});

test('What happens in another conversation does not let the question of this one go, or hold it', () => {
  const page = openPage({ id: 'c1' });
  mention(page);
  const { id } = last(page, 'attachMention');
  page.tell(snapshot({ id: 'c2' }));
  page.type('Mine');
  page.press('Enter');
  assert.equal(asks(page), 1);
  page.tell({ type: 'wishSettled', id, taken: 0 });
  page.close();
});

test('A file that cannot be read holds nothing up', async () => {
  const page = openPage();
  const folder = Object.assign(file('folder', ''), { arrayBuffer: () => Promise.reject(new Error('no')) });
  bring(page.root, 'drop', { files: [folder] });
  await turn();
  assert.deepEqual(busy(page), []);
  page.close();
});

test('What is only said of attachments leaves the quote exact', () => {
  const page = openPage({ attachments: [CODE] });
  const quote = {
    state: 'exact',
    input: 100,
    maxOutput: 10,
    fresh: 100,
    read: 0,
    write5m: 0,
    write1h: 0,
  } as const;
  const shown = (): string => page.all('.composer-bar')[0]?.textContent ?? '';
  page.tell({
    type: 'quoteChanged',
    conversation: 'c1',
    quote: { ...quote, guessedImages: 0 },
    textTokens: 0,
    textLength: 0,
    cache: { state: 'none', tokens: 0 },
  });
  const before = shown();
  page.tell({ type: 'attachmentsChanged', attachments: [{ ...CODE, state: 'changed' }] });
  assert.equal(shown(), before);
  page.tell({ type: 'attachmentsChanged', attachments: [{ ...CODE, tokens: 10 }] });
  assert.notEqual(shown(), before);
  page.close();
});
