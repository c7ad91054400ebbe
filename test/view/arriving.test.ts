import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShownAttachment } from '../../src/core/attaching.ts';
import { addresses, bring, file } from './browser.ts';
import { turn } from './pictureBench.ts';
import { answered, asked, offered, openPage, type Page, STATUS, snapshot } from './support.ts';

const BYTES = new Uint8Array([9, 9]);

function offer(page: Page, id = 'p1', label = 'shot.png'): void {
  page.tell(offered({ id, label, bytes: BYTES }));
}

function attached(id: string, sha256 = 'a'.repeat(64)): ShownAttachment {
  const source = {
    type: 'stored',
    sha256,
    mediaType: 'image/png',
    bytes: 9,
    width: 1280,
    height: 800,
  } as const;
  return { id, part: { kind: 'image', label: 'shot.png', source }, tokens: 1334, exact: true };
}

/** What went up last for this picture, as the host answers it. */
function answer(page: Page, id: string): { readonly id: string; readonly making: string } {
  const made = page.wishes.findLast((wish) => wish.type === 'attachImage' && wish.id === id);
  assert.ok(made?.type === 'attachImage');
  return { id, making: made.making };
}

function wishes(page: Page, type: string): unknown[] {
  return page.wishes.filter((wish) => wish.type === type);
}

function hint(page: Page): string {
  page.draw();
  return page.all('.composer .hint')[0]?.textContent ?? '';
}

function chip(page: Page): HTMLElement {
  page.draw();
  const [first] = page.get('list', 'Attachments').querySelectorAll<HTMLElement>('li');
  assert.ok(first);
  return first;
}

test('A picture of the host is a chip at once, says its facts, goes up with its id, and is attached in its place', async () => {
  const page = openPage();
  offer(page);
  const first = chip(page);
  assert.equal(first.getAttribute('aria-busy'), 'true');
  assert.equal(page.all('.chip-name')[0]?.textContent, 'shot.png');
  page.pictures.jobs[0]?.learn({ note: 'Made smaller.' });
  assert.match(chip(page).textContent ?? '', /1280×800.*1,334 tok.*Made smaller\./s);
  await page.pictures.jobs[0]?.end({ note: 'Made smaller.' });
  assert.deepEqual(wishes(page, 'attachImage'), [
    {
      type: 'attachImage',
      ...answer(page, 'p1'),
      conversation: 'c1',
      label: 'shot.png',
      mediaType: 'image/png',
      bytes: new Uint8Array([1, 2, 3]),
      width: 1280,
      height: 800,
      note: 'Made smaller.',
    },
  ]);
  page.tell({ type: 'attachmentsChanged', attachments: [attached('p1')] });
  assert.equal(chip(page), first, 'the same element, so nothing moves');
  assert.equal(first.getAttribute('aria-busy'), 'false');
  assert.equal(page.all('.chip').length, 1);
  page.close();
});

test('A thumbnail stands in a chip as soon as there is one, and stays when the picture is attached', async () => {
  const page = openPage();
  offer(page);
  await turn();
  const image = chip(page).querySelector('.thumbnail > img');
  assert.ok(image);
  await page.pictures.jobs[0]?.end();
  page.tell({ type: 'attachmentsChanged', attachments: [attached('p1')] });
  assert.equal(chip(page).querySelector('.thumbnail > img'), image);
  assert.deepEqual(wishes(page, 'readImage'), []);
  page.close();
  assert.equal(addresses.size, 0, 'a page that ends gives its addresses back');
});

test('A picture counts among all that the request carries, and goes by the wishes of the model', () => {
  const page = openPage({
    status: { images: { possible: true, tier: 'standard', detail: 'fit', sent: 18 } },
    attachments: [attached('x')],
  });
  offer(page, 'p1');
  offer(page, 'p2', 'b.png');
  assert.deepEqual(
    page.pictures.jobs.map(({ purpose }) => purpose),
    [
      { tier: 'standard', detail: 'fit', images: 20, label: 'shot 2.png' },
      { tier: 'standard', detail: 'fit', images: 21, label: 'b.png' },
    ],
  );
  page.close();
  const other = openPage();
  const files = [file('a.png', 'image/png'), file('b.png', 'image/png')];
  bring(other.get('textbox', 'Message Claude'), 'paste', { files });
  assert.deepEqual(
    other.pictures.jobs.map(({ purpose }) => purpose.images),
    [2, 2],
    'those that come together count each other',
  );
  other.close();
});

test('A refused picture says why, keeps the text, and can be dismissed', async () => {
  const page = openPage();
  page.type('Look at this');
  offer(page);
  await page.pictures.jobs[0]?.end({ problem: 'This is no picture.' });
  assert.match(chip(page).querySelector('[role="alert"]')?.textContent ?? '', /This is no picture\./);
  assert.equal(chip(page).dataset.state, 'refused');
  assert.deepEqual(wishes(page, 'giveUpPicture'), [{ type: 'giveUpPicture', id: 'p1', conversation: 'c1' }]);
  page.get('button', 'Remove shot.png').click();
  page.draw();
  assert.equal(page.find('list', 'Attachments'), undefined);
  assert.deepEqual(wishes(page, 'removeAttachment'), [], 'the host has forgotten it already');
  page.press('Enter');
  assert.deepEqual(wishes(page, 'ask'), [{ type: 'ask', conversation: 'c1', text: 'Look at this' }]);
  page.close();
});

test('A refused picture holds nothing up, and goes when the question is sent', async () => {
  const page = openPage();
  page.type('Look at this');
  offer(page);
  await page.pictures.jobs[0]?.end({ problem: 'This is no picture.' });
  page.press('Enter');
  assert.equal(wishes(page, 'ask').length, 1);
  assert.equal(page.find('list', 'Attachments'), undefined);
  page.close();
});

test('The same picture offered twice is one, also when it is attached already', () => {
  const page = openPage();
  offer(page);
  offer(page);
  assert.equal(page.all('.chip').length, 1);
  page.tell({ type: 'attachmentsChanged', attachments: [attached('p1')] });
  offer(page);
  assert.equal(page.pictures.jobs.length, 1);
  assert.equal(page.all('.chip').length, 1);
  page.close();
});

test('What is learned of a picture that was removed or is attached already changes nothing', async () => {
  const page = openPage();
  offer(page);
  page.tell({ type: 'attachmentsChanged', attachments: [attached('p1')] });
  page.pictures.jobs[0]?.learn();
  await page.pictures.jobs[0]?.end();
  assert.deepEqual(wishes(page, 'attachImage'), []);
  offer(page, 'p2', 'b.png');
  page.get('button', 'Remove b.png').click();
  page.pictures.jobs[1]?.learn();
  await page.pictures.jobs[1]?.end();
  page.draw();
  assert.deepEqual(wishes(page, 'attachImage'), []);
  assert.equal(page.all('.chip').length, 1);
  page.close();
});

test('A question waits for its pictures and goes once, when the last is attached', async () => {
  const page = openPage();
  page.type('What is this?');
  offer(page, 'p1');
  offer(page, 'p2', 'b.png');
  page.press('Enter');
  assert.equal(hint(page), 'Waiting for 2 pictures… Escape stops waiting.');
  page.press('Enter');
  assert.deepEqual(wishes(page, 'ask'), []);
  await page.pictures.jobs[0]?.end();
  await page.pictures.jobs[1]?.end();
  page.tell({ type: 'attachmentsChanged', attachments: [attached('p1')] });
  assert.deepEqual(wishes(page, 'ask'), []);
  page.tell({ type: 'attachmentsChanged', attachments: [attached('p1'), attached('p2')] });
  page.tell({ type: 'attachmentsChanged', attachments: [attached('p1'), attached('p2')] });
  assert.deepEqual(wishes(page, 'ask'), [{ type: 'ask', conversation: 'c1', text: 'What is this?' }]);
  assert.equal(hint(page), '');
  page.close();
});

test('Escape, removing, writing on and a refusal each end the waiting; the text stays', async () => {
  const ways: ((page: Page) => unknown)[] = [
    (page) => page.press('Escape'),
    (page) => page.get('button', 'Remove shot.png').click(),
    (page) => page.type('What is this? And'),
    (page) => page.pictures.jobs[0]?.end({ problem: 'No.' }),
  ];
  for (const end of ways) {
    const page = openPage();
    page.type('What is this?');
    offer(page);
    page.press('Enter');
    assert.equal(hint(page), 'Waiting for 1 picture… Escape stops waiting.');
    await end(page);
    assert.equal(hint(page), '');
    await page.pictures.jobs[0]?.end();
    page.tell({ type: 'attachmentsChanged', attachments: [attached('p1')] });
    assert.deepEqual(wishes(page, 'ask'), []);
    assert.deepEqual(wishes(page, 'stop'), []);
    assert.match((page.get('textbox', 'Message Claude') as HTMLTextAreaElement).value, /^What is this\?/);
    page.close();
  }
});

test('A picture that the host could not keep is refused in the words of the host, and nothing else refuses one', async () => {
  const page = openPage();
  page.type('Text');
  offer(page);
  page.press('Enter');
  await page.pictures.jobs[0]?.end();
  page.tell({ type: 'noticeShown', sentence: 'Something else.' });
  page.tell({ type: 'attachmentsChanged', attachments: [] });
  assert.equal(chip(page).dataset.state, 'arriving');
  page.tell({ type: 'imageRefused', ...answer(page, 'p1'), sentence: 'The disk is full.' });
  assert.equal(chip(page).dataset.state, 'refused');
  assert.match(chip(page).textContent ?? '', /The disk is full\./);
  assert.equal(hint(page), '');
  assert.deepEqual(wishes(page, 'ask'), []);
  page.close();
});

test('A picture goes to the conversation it was given to, also when another is shown by then', async () => {
  const page = openPage({ id: 'c1' });
  page.type('mine');
  offer(page);
  page.press('Enter');
  page.tell(snapshot({ id: 'c2' }));
  assert.equal(page.find('list', 'Attachments'), undefined);
  await page.pictures.jobs[0]?.end();
  assert.deepEqual(
    page.wishes.flatMap((wish) => (wish.type === 'attachImage' ? [wish.conversation] : [])),
    ['c1'],
  );
  page.tell(snapshot({ id: 'c1', attachments: [attached('p1')] }));
  assert.deepEqual(wishes(page, 'ask'), [], 'what waited in another conversation is not sent unasked');
  assert.equal(page.all('.chip').length, 1);
  page.close();
});

test('A picture that is refused in another conversation leaves the question of this one waiting', async () => {
  const page = openPage({ id: 'c1' });
  offer(page);
  await page.pictures.jobs[0]?.end();
  page.tell(snapshot({ id: 'c2' }));
  page.type('Mine');
  offer(page, 'p2', 'b.png');
  page.press('Enter');
  page.tell({ type: 'imageRefused', ...answer(page, 'p1'), sentence: 'The disk is full.' });
  assert.match(hint(page), /^Waiting for 1 picture…/);
  page.tell(snapshot({ id: 'c1' }));
  assert.equal(chip(page).dataset.state, 'refused');
  page.close();
});

test('What went up and was not answered goes up again after a snapshot, which may have come of a lost message', async () => {
  const page = openPage();
  offer(page);
  await page.pictures.jobs[0]?.end();
  page.tell(snapshot());
  const [first, second] = wishes(page, 'attachImage');
  assert.deepEqual(second, first);
  page.tell({ type: 'attachmentsChanged', attachments: [attached('p1')] });
  page.tell({ type: 'imageTaken', ...answer(page, 'p1') });
  page.tell(snapshot({ attachments: [attached('p1')] }));
  assert.equal(wishes(page, 'attachImage').length, 2);
  page.close();
});

test('Pictures that were given to the page go to the host at once, to outlive the page; those of the host do not', async () => {
  const page = openPage();
  offer(page);
  const files = [file('a.png', 'image/png'), file('b.png', 'image/png')];
  bring(page.get('textbox', 'Message Claude'), 'paste', { files });
  await turn();
  page.draw();
  const ids = page.all('.chip').length;
  assert.equal(ids, 3);
  assert.deepEqual(
    page.wishes.flatMap((wish) =>
      wish.type === 'keepPicture' ? [[wish.label, wish.conversation, wish.bytes.length]] : [],
    ),
    [
      ['a.png', 'c1', 1],
      ['b.png', 'c1', 1],
    ],
  );
  page.close();
});

test('Pictures that come one by one count those that follow, so that the first is not made larger than the last', () => {
  const page = openPage();
  for (let at = 0; at < 30; at += 1) page.tell(offered({ id: `p${at}`, following: 29 - at }));
  assert.deepEqual(new Set(page.pictures.jobs.map(({ purpose }) => purpose.images)), new Set([30]));
  page.close();
});

test('A picture taken anew from its file stands in the place of the attached one, which holds back the question', async () => {
  const page = openPage({ attachments: [attached('p1')] });
  page.tell(offered({ replaces: true }));
  page.tell(offered({ replaces: true }));
  assert.equal(page.pictures.jobs.length, 1);
  assert.equal(page.all('li.chip').length, 1);
  assert.equal(chip(page).getAttribute('aria-busy'), 'true');
  page.type('And now?');
  page.press('Enter');
  await page.pictures.jobs[0]?.end();
  page.tell({ type: 'attachmentsChanged', attachments: [attached('p1', 'b'.repeat(64))] });
  assert.deepEqual(wishes(page, 'ask'), []);
  page.tell({ type: 'imageTaken', ...answer(page, 'p1') });
  assert.equal(wishes(page, 'ask').length, 1);
  page.close();
});

test('One that cannot be prepared anew leaves the attached one, and says so', async () => {
  const page = openPage({ attachments: [attached('p1')] });
  page.tell(offered({ replaces: true }));
  page.type('And now?');
  page.press('Enter');
  await page.pictures.jobs[0]?.end({ problem: 'It is cut short.' });
  assert.equal(chip(page).getAttribute('aria-busy'), 'false');
  assert.match(page.all('.notices')[0]?.textContent ?? '', /It is cut short\./);
  assert.equal(wishes(page, 'giveUpPicture').length, 1);
  assert.deepEqual([...wishes(page, 'removeAttachment'), ...wishes(page, 'ask')], []);
  page.close();
});

test('A picture that went up is not lost from sight by what happens in another conversation', async () => {
  const page = openPage({ id: 'c1' });
  offer(page);
  await page.pictures.jobs[0]?.end();
  page.tell({ type: 'noticeShown', sentence: 'Something else.' });
  page.tell(snapshot({ id: 'c2' }));
  page.tell({ type: 'attachmentsChanged', attachments: [] });
  page.tell(snapshot({ id: 'c1', attachments: [attached('p1')] }));
  assert.equal(chip(page).dataset.state, undefined);
  page.close();
  const other = openPage({ id: 'c1' });
  offer(other);
  await other.pictures.jobs[0]?.end();
  other.tell({ type: 'noticeShown', sentence: 'Something else.' });
  other.tell(snapshot({ id: 'c2' }));
  other.type('Mine');
  offer(other, 'p2', 'b.png');
  other.press('Enter');
  other.tell({ type: 'attachmentsChanged', attachments: [] });
  assert.equal(hint(other), 'Waiting for 1 picture… Escape stops waiting.');
  other.close();
});

test('A snapshot that has the picture ends the waiting as a list does', async () => {
  const page = openPage();
  page.type('What?');
  offer(page);
  page.press('Enter');
  await page.pictures.jobs[0]?.end();
  page.tell(snapshot({ attachments: [attached('p1')] }));
  assert.deepEqual(wishes(page, 'ask'), [{ type: 'ask', conversation: 'c1', text: 'What?' }]);
  page.close();
});

test('A picture that was removed and then turns out to be unusable is removed once', async () => {
  const page = openPage();
  offer(page);
  page.get('button', 'Remove shot.png').click();
  await page.pictures.jobs[0]?.end({ problem: 'No.' });
  page.draw();
  assert.equal(wishes(page, 'removeAttachment').length, 1);
  assert.deepEqual(page.all('.chip'), []);
  page.close();
});

test('A model that reads no images warns on each picture, which stays attachable', async () => {
  const images = { ...STATUS.images, possible: false };
  const page = openPage({ status: { images }, attachments: [attached('x')] });
  offer(page);
  const markers = page.all('[data-marker="warning"]');
  assert.equal(markers.length, 2);
  for (const marker of markers)
    assert.match(marker.textContent ?? '', /Claude Sonnet 5\.5 cannot read images\./);
  await page.pictures.jobs[0]?.end();
  assert.equal(wishes(page, 'attachImage').length, 1);
  page.tell({ type: 'statusChanged', status: STATUS });
  assert.deepEqual(page.all('[data-marker="warning"]'), []);
  page.close();
});

test('Pasted pictures go up under ids of their own that differ', async () => {
  const page = openPage();
  const files = [file('a.png', 'image/png'), file('a.png', 'image/png')];
  bring(page.get('textbox', 'Message Claude'), 'paste', { files });
  for (const job of page.pictures.jobs) await job.end();
  const ids = page.wishes.flatMap((wish) => (wish.type === 'attachImage' ? [wish.id] : []));
  assert.equal(new Set(ids).size, 2);
  page.close();
});

test('While an answer streams pictures can arrive, but the question is not sent', async () => {
  const { endedAt: _, ...open } = answered('a', 'q', 'So far', { state: 'streaming' });
  const page = openPage({ turns: [asked('q', null, 'Why?'), open] });
  page.type('Next');
  offer(page);
  page.press('Enter');
  assert.match(hint(page), /Stop the answer first/);
  await page.pictures.jobs[0]?.end();
  page.tell({ type: 'attachmentsChanged', attachments: [attached('p1')] });
  assert.deepEqual(wishes(page, 'ask'), []);
  page.close();
});
