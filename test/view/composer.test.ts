import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredImage } from '../../src/core/conversation/parts.ts';
import type { ToHost } from '../../src/core/protocol.ts';
import { answered, asked, offered, openPage, type Page, STATUS, snapshot } from './support.ts';

function asks(page: Page): string[] {
  return page.wishes.flatMap((wish) => (wish.type === 'ask' ? [wish.text] : []));
}

function box(page: Page): HTMLTextAreaElement {
  return page.get('textbox', 'Message Claude') as HTMLTextAreaElement;
}

function draftOf(text: string, caret: number, revision: number): ToHost {
  return { type: 'changeDraft', conversation: 'c1', text, caret, revision };
}

function lastPatch(page: Page): Extract<ToHost, { type: 'patchDraft' }> {
  const last = page.wishes.at(-1);
  assert.ok(last?.type === 'patchDraft', JSON.stringify(last).slice(0, 200));
  return last;
}

function moveCaret(page: Page, to: number): void {
  box(page).setSelectionRange(to, to);
  window.document.dispatchEvent(new window.Event('selectionchange'));
  page.draw();
}

function streamingPage(): Page {
  const { endedAt: _, ...open } = answered('a', 'q', 'So far', { state: 'streaming' });
  return openPage({ turns: [asked('q', null, 'Why?'), open] });
}

test('Enter sends and clears the text box at once', () => {
  const page = openPage();
  page.type('What is it?');
  assert.equal(page.press('Enter').defaultPrevented, true);
  assert.deepEqual(asks(page), ['What is it?']);
  assert.equal(box(page).value, '');
  page.close();
});

test('The button "Send" sends', () => {
  const page = openPage();
  page.type('Hello');
  page.get('button', 'Send').click();
  assert.deepEqual(asks(page), ['Hello']);
  page.close();
});

test('Shift+Enter and Alt+Enter are left to the text box', () => {
  const page = openPage();
  page.type('line');
  assert.equal(page.press('Enter', { shiftKey: true }).defaultPrevented, false);
  assert.equal(page.press('Enter', { altKey: true }).defaultPrevented, false);
  assert.equal(page.press('ArrowUp').defaultPrevented, false);
  assert.deepEqual(asks(page), []);
  page.close();
});

test('With the setting ctrlEnter, Enter breaks the line and Ctrl or Cmd+Enter sends', () => {
  const page = openPage({ status: { sendKey: 'ctrlEnter' } });
  page.type('one');
  assert.equal(page.press('Enter').defaultPrevented, false);
  page.press('Enter', { ctrlKey: true });
  page.type('two');
  page.press('Enter', { metaKey: true });
  assert.deepEqual(asks(page), ['one', 'two']);
  page.close();
});

test('Enter and Escape belong to the input method while it composes', () => {
  const page = streamingPage();
  page.type('にほん');
  for (const key of ['Enter', 'Escape']) {
    assert.equal(page.press(key, { isComposing: true }).defaultPrevented, false);
    assert.equal(page.press(key, { keyCode: 229 }).defaultPrevented, false);
  }
  assert.deepEqual(page.wishes.slice(1), []);
  page.close();
});

test('A key that is held down sends once', () => {
  const page = openPage();
  page.type('Hello');
  page.press('Enter');
  assert.equal(page.press('Enter', { repeat: true }).defaultPrevented, true);
  assert.deepEqual(asks(page), ['Hello']);
  assert.equal(page.all('.hint')[0]?.textContent, '');
  page.close();
});

test('An empty question is not sent, and one polite line says so', () => {
  const page = openPage();
  page.type(' \n\t');
  page.press('Enter');
  assert.deepEqual(asks(page), []);
  assert.equal(page.all('.hint[role="status"]')[0]?.textContent, 'Write a question first.');
  page.type('now');
  assert.equal(page.all('.hint')[0]?.textContent, '');
  page.close();
});

test('While an answer streams, the next question can be written but stays where it is', () => {
  const page = streamingPage();
  assert.equal(page.find('button', 'Send'), undefined);
  page.type('And then?');
  page.press('Enter');
  assert.deepEqual(asks(page), []);
  assert.equal(box(page).value, 'And then?');
  assert.match(page.all('.hint')[0]?.textContent ?? '', /Stop the answer first/);
  page.close();
});

test('Escape and the button "Stop" stop; a double click on "Send" does not', () => {
  const page = streamingPage();
  page.press('Escape');
  page.get('button', 'Stop').click();
  page.get('button', 'Stop').dispatchEvent(new window.MouseEvent('click', { bubbles: true, detail: 2 }));
  assert.equal(page.wishes.filter(({ type }) => type === 'stop').length, 2);
  page.close();
  const idle = openPage();
  assert.equal(idle.press('Escape').defaultPrevented, false);
  assert.deepEqual(idle.wishes.slice(1), []);
  idle.close();
});

test('"Send" and "Stop" are one button, so the focus stays', () => {
  const page = openPage({ turns: [asked('q', null, 'Why?')] });
  const button = page.get('button', 'Send');
  const { endedAt: _, ...turn } = answered('a', 'q', '', { state: 'streaming' });
  page.tell({ type: 'events', conversation: 'c1', events: [{ type: 'turnAdded', turn }] });
  assert.equal(page.get('button', 'Stop'), button);
  page.close();
});

test('A refused question comes back above what was typed meanwhile, with the reason as an alert', () => {
  const page = openPage();
  page.type('First');
  page.press('Enter');
  page.type('Second');
  page.tell({ type: 'askRefused', text: 'First', sentence: 'The disk is full.' });
  assert.equal(box(page).value, 'First\n\nSecond');
  assert.match(page.all('.composer [role="alert"]')[0]?.textContent ?? '', /The disk is full\./);
  page.get('button', 'Dismiss').click();
  page.draw();
  assert.deepEqual(page.all('.composer [role="alert"]'), []);
  page.close();
});

test('Changes of the draft go up within a moment, and a sent text leaves nothing behind', () => {
  const page = openPage();
  page.type('a');
  page.type('ab');
  assert.deepEqual(page.wishes.slice(1), []);
  page.rest();
  assert.deepEqual(page.wishes.at(-1), draftOf('ab', 2, 2));
  page.press('Enter');
  page.rest();
  assert.deepEqual(page.wishes.slice(-2), [
    { type: 'ask', conversation: 'c1', text: 'ab' },
    draftOf('', 0, 3),
  ]);
  assert.deepEqual((page.kept() as { drafts: unknown[] }).drafts, []);
  page.close();
});

test('Who types without a pause is kept as well: a key does not put off what waits', () => {
  const page = openPage();
  for (let length = 1; length <= 8; length++) {
    page.type('x'.repeat(length));
    page.pass(40);
  }
  const kept = page.wishes.flatMap((wish) => (wish.type === 'changeDraft' ? [wish.text.length] : []));
  assert.deepEqual(kept, [2, 4, 6, 8]);
  page.close();
});

test('Of a long text only the change goes up, and the whole one when the host misses it', () => {
  const page = openPage();
  const long = 'All work and no play. '.repeat(20_000);
  page.type(long);
  page.rest();
  assert.deepEqual(page.wishes.at(-1), draftOf(long, long.length, 1));
  page.type(`${long.slice(0, 1000)}!${long.slice(1000)}`);
  page.rest();
  const { text, start, end, of, length } = lastPatch(page);
  assert.deepEqual(
    { text, start, end, of, length },
    { text: '!', start: 1000, end: 1000, of: 1, length: long.length },
  );
  page.tell({ type: 'draftAsked' });
  page.rest();
  const last = page.wishes.at(-1);
  assert.ok(last?.type === 'changeDraft' && last.text === box(page).value);
  page.close();
});

test('What the host has lost is told again, and as a whole, when it tells what it has', () => {
  const page = openPage();
  const long = 'All work and no play. '.repeat(1000);
  page.type(long);
  page.rest();
  page.tell(snapshot({ id: 'c1' }));
  page.rest();
  assert.equal(box(page).value, long);
  assert.deepEqual(page.wishes.at(-1), draftOf(long, long.length, 1));
  assert.equal(page.wishes.filter(({ type }) => type === 'changeDraft').length, 2);
  page.close();
});

test('That a text has been sent goes up at once: it must not come back after a reload', () => {
  const page = openPage();
  page.type('Why?');
  page.press('Enter');
  page.pass(1);
  assert.deepEqual(page.wishes.at(-1), draftOf('', 0, 2));
  page.close();
});

test('A caret that only moves is kept too, and stands there again after a reload', () => {
  const page = openPage({ draft: 'half a question' });
  box(page).focus();
  moveCaret(page, 4);
  moveCaret(page, 5);
  page.pass(80);
  assert.deepEqual(page.wishes.slice(1), [draftOf('half a question', 5, 2)]);
  page.rest();
  page.close();
  const again = openPage({ draft: 'half a question', kept: page.kept() });
  assert.equal(box(again).selectionStart, 5);
  again.close();
});

test('A caret in another box, or in a text that is not the draft yet, says nothing of the draft', () => {
  const page = openPage({ draft: 'half a question' });
  box(page).blur();
  moveCaret(page, 4);
  box(page).focus();
  box(page).value = 'another text';
  moveCaret(page, 3);
  page.rest();
  assert.deepEqual(page.wishes.slice(1), []);
  page.close();
});

test('Leaving the text box or the page passes the draft on at once', () => {
  for (const leave of ['focusout', 'pagehide']) {
    const page = openPage();
    page.type('abc');
    const target = leave === 'pagehide' ? window : box(page);
    target.dispatchEvent(new window.Event(leave, { bubbles: true }));
    assert.deepEqual(page.wishes.at(-1), draftOf('abc', 3, 1));
    assert.match(JSON.stringify(page.kept()), /abc/);
    page.close();
  }
});

test('The draft of the host is shown with its caret, and does not go back', () => {
  const page = openPage({ draft: 'from the host' });
  assert.equal(box(page).value, 'from the host');
  assert.equal(box(page).selectionStart, 13);
  page.rest();
  assert.deepEqual(page.wishes.slice(1), []);
  page.close();
});

test('Of what the page kept and what the host has the newer text counts; other conversations keep theirs', () => {
  const first = openPage({ id: 'c1' });
  first.type('mine');
  first.rest();
  first.close();
  const second = openPage({ id: 'c1', draft: 'older', kept: first.kept() });
  assert.equal(box(second).value, 'mine');
  second.rest();
  assert.deepEqual(second.wishes.at(-1), draftOf('mine', 4, 1));
  second.close();
  const stale = openPage({ id: 'c1', draft: 'mine and more', revision: 9, kept: first.kept() });
  assert.equal(box(stale).value, 'mine and more');
  stale.close();
  const other = openPage({ id: 'c2', draft: 'theirs', kept: first.kept() });
  assert.equal(box(other).value, 'theirs');
  other.close();
});

test('A text that was sent does not come back from what the page kept last', () => {
  const first = openPage();
  first.type('Why?');
  first.rest();
  first.close();
  const again = openPage({ turns: [asked('q', null, 'Why?')], kept: first.kept() });
  assert.equal(box(again).value, '');
  again.close();
});

test('A text that waits to go up goes to its own conversation when another is shown', () => {
  const page = openPage({ id: 'c1' });
  page.type('for c1');
  page.tell(snapshot({ id: 'c2' }));
  page.rest();
  assert.deepEqual(
    page.wishes.filter(({ type }) => type === 'changeDraft'),
    [draftOf('for c1', 6, 1)],
  );
  assert.equal(box(page).value, '');
  page.tell(snapshot({ id: 'c1' }));
  assert.equal(box(page).value, 'for c1');
  page.close();
});

test('Broken memory is as good as none', () => {
  for (const kept of [null, 7, 'x', { drafts: 7, open: [1], place: {} }, { drafts: [['c1', 'x'], 3] }]) {
    const page = openPage({ kept });
    assert.equal(box(page).value, '');
    page.close();
  }
});

test('The host can ask for the focus: the caret stays where it was', () => {
  const page = openPage({ draft: 'half a question' });
  box(page).setSelectionRange(4, 4);
  page.tell({ type: 'focusAsked' });
  assert.equal(window.document.activeElement, box(page));
  assert.equal(box(page).selectionStart, 4);
  page.close();
});

test('Attachments are listed by file and lines, can be opened and removed', () => {
  const page = openPage();
  const part = {
    kind: 'code',
    path: 'src/core/a.ts',
    uri: 'file:///a.ts',
    languageId: 'typescript',
    startLine: 10,
    endLine: 24,
    unsaved: false,
    text: '',
  } as const;
  assert.equal(page.find('list', 'Attachments'), undefined);
  page.tell({
    type: 'attachmentsChanged',
    attachments: [
      { id: 'x', part, tokens: 120, exact: false },
      { id: 'y', part: { ...part, startLine: 7, endLine: 7 }, tokens: 9, exact: false },
    ],
  });
  assert.equal(page.get('list', 'Attachments').querySelectorAll('li').length, 2);
  assert.equal(page.get('button', 'a.ts:10-24').title, 'src/core/a.ts:10-24\n~120 tok');
  page.get('button', 'a.ts:7').click();
  page.get('button', 'Remove a.ts:7').click();
  assert.deepEqual(page.wishes.slice(-2), [
    { type: 'openAttachment', id: 'y' },
    { type: 'removeAttachment', id: 'y', conversation: 'c1' },
  ]);
  page.close();
});

test('Model, effort and context are chosen in VS Code’s own lists', () => {
  const page = openPage();
  for (const name of ['Model: Claude Sonnet 5.5', 'Effort: high', 'Add Context'])
    page.get('button', name).click();
  assert.deepEqual(
    page.wishes.slice(1),
    ['parley.selectModel', 'parley.selectEffort', 'parley.attach'].map((command) => ({
      type: 'run',
      command,
    })),
  );
  const { effort: _, ...status } = STATUS;
  page.tell({ type: 'statusChanged', status });
  assert.equal(page.find('button', 'Effort: high'), undefined);
  page.close();
});

test('Thinking can be chosen where the model leaves the choice', () => {
  const page = openPage();
  assert.equal(page.all('.choice').length, 2);
  page.tell({ type: 'statusChanged', status: { ...STATUS, thinking: 'off' } });
  page.get('button', 'Thinking: off').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'run', command: 'parley.selectThinking' });
  page.tell({ type: 'statusChanged', status: { ...STATUS, thinking: 'on' } });
  assert.ok(page.find('button', 'Thinking: on'));
  page.close();
});

test('A model on its way out keeps its name and gets a sign that says until when', () => {
  const page = openPage({ status: { leaving: { lifecycle: 'deprecated', until: '2026-11-30' } } });
  const button = page.get('button', 'Model: Claude Sonnet 5.5');
  assert.equal(button.title, 'Claude Sonnet 5.5 retires on 2026-11-30');
  assert.ok(button.querySelector('.codicon-warning'));
  page.tell({ type: 'statusChanged', status: { ...STATUS, leaving: { lifecycle: 'retired' } } });
  assert.match(page.get('button', 'Model: Claude Sonnet 5.5').title, /is retired/);
  page.tell({ type: 'statusChanged', status: STATUS });
  assert.deepEqual(page.all('.choice .codicon-warning'), []);
  page.close();
});

test('An image is a chip with its name and size in px', () => {
  const page = openPage();
  const source: StoredImage = {
    type: 'stored',
    sha256: 'x',
    mediaType: 'image/png',
    bytes: 9,
    width: 1280,
    height: 800,
  };
  page.tell({
    type: 'attachmentsChanged',
    attachments: [
      { id: 'x', part: { kind: 'image', label: 'shot.png', source }, tokens: 1334, exact: true },
      {
        id: 'y',
        part: { kind: 'image', label: 'far.png', source: { type: 'url', url: 'https://a/far.png' } },
        tokens: 4784,
        exact: false,
      },
    ],
  });
  const [shot, far] = page.all('.chip-label');
  assert.equal(shot?.textContent, 'shot.png 1280×800');
  assert.equal(far?.textContent, 'far.png');
  page.get('button', 'Remove shot.png').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'removeAttachment', id: 'x', conversation: 'c1' });
  page.close();
});

test('A text of 2 MB is written, sent and shown without slow steps', () => {
  const page = openPage();
  const text = 'All work and no play makes Jack a dull boy.\n'.repeat(50_000);
  const start = performance.now();
  page.type(text);
  page.press('Enter');
  page.tell({
    type: 'events',
    conversation: 'c1',
    events: [{ type: 'turnAdded', turn: asked('q', null, text) }],
  });
  const took = performance.now() - start;
  assert.equal(asks(page)[0], text);
  assert.ok((page.get('article', 'You').textContent ?? '').length < 1000);
  assert.ok(took < 2000, `${took} ms`);
  page.close();
});

test('While the question waits for a picture, the button that sends stops the waiting', () => {
  const page = openPage();
  page.tell(offered());
  page.type('Look');
  page.get('button', 'Send').click();
  page.draw();
  page.get('button', 'Stop').click();
  page.draw();
  assert.ok(page.find('button', 'Send'));
  assert.equal(page.all('.hint')[0]?.textContent, '');
  assert.ok(!page.wishes.some(({ type }) => type === 'stop' || type === 'ask'));
  page.close();
});
