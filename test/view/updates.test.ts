import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RemovedFolder, UpdatePart } from '../../src/core/conversation/parts.ts';
import { asked, openPage, type Page } from './support.ts';

function update(path: string, more: Partial<UpdatePart> = {}): UpdatePart {
  return { kind: 'update', path, change: 'changed', form: 'diff', text: '', hash: 'h', ...more };
}

function pageWith(parts: readonly UpdatePart[], leftOut?: readonly number[]): Page {
  const question = asked('q', null, 'Why?');
  const left = leftOut ? { leftOut } : {};
  return openPage({ turns: [{ ...question, parts: [...parts, ...question.parts], ...left }] });
}

function open(page: Page): void {
  const details = page.all('[data-part="updates"] details')[0] as HTMLDetailsElement;
  details.open = true;
  details.dispatchEvent(new window.Event('toggle'));
  page.draw();
}

function lines(page: Page): string[] {
  return page
    .all('[data-part="updates"] li')
    .map((line) => line.textContent?.replace(/\s+/g, ' ').trim() ?? '');
}

test('Many updates are one quiet line, and no chips of things that the user attached', () => {
  const page = pageWith(Array.from({ length: 40 }, (_, at) => update(`src/${at}.ts`)));
  assert.equal(page.all('[data-part="updates"] summary')[0]?.textContent?.trim(), '40 pinned files updated');
  assert.deepEqual(page.all('.question .chip'), []);
  assert.deepEqual(lines(page), [], 'the list is made when it is opened');
  page.close();
});

test('Opened, the line lists what became of each file', () => {
  const page = pageWith([
    update('a.ts'),
    update('b.ts', { form: 'whole' }),
    update('c.ts', { change: 'added', form: 'whole' }),
    update('d.ts', { change: 'removed', form: 'none' }),
    update('e.ts', { from: 'old.ts', form: 'none' }),
    update('f.ts', { from: 'g.ts' }),
  ]);
  open(page);
  assert.deepEqual(lines(page), [
    'a.ts changed, as a diff',
    'b.ts changed, whole',
    'c.ts added',
    'd.ts removed',
    'e.ts renamed from old.ts',
    'f.ts renamed from g.ts, changed, as a diff',
  ]);
  page.close();
});

test('A file of the list opens as it was sent; one that has nothing to show is no button', () => {
  const page = pageWith([update('d.ts', { change: 'removed', form: 'none' }), update('src/a.ts')]);
  open(page);
  assert.equal(page.find('button', 'd.ts'), undefined);
  page.get('button', 'src/a.ts').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'openPart', turn: 'q', part: 1 });
  page.close();
});

test('An update that is no longer sent is struck out', () => {
  const page = pageWith([update('a.ts')], [0]);
  assert.equal(page.all('[data-part="updates"] summary')[0]?.textContent?.trim(), '1 pinned file updated');
  open(page);
  assert.deepEqual(lines(page), ['a.ts no longer sent']);
  assert.equal(page.all('[data-part="updates"] s').length, 1);
  page.close();
});

test('Files that were removed at once are one line that counts them all, and opens to what was told', () => {
  const removed = (path: string, ...folders: readonly RemovedFolder[]): UpdatePart =>
    update(path, { change: 'removed', form: 'none', hash: '', removed: folders });
  const page = pageWith([
    update('a.ts'),
    removed('src/', { folder: 'src/old/', files: 1_200 }, { folder: 'src/', files: 34, names: [] }),
    removed('.', { folder: '', files: 5 }),
  ]);
  const [summary] = page.all('[data-part="updates"] summary');
  assert.equal(summary?.textContent?.trim(), '1,240 pinned files updated');
  open(page);
  assert.deepEqual(lines(page), [
    'a.ts changed, as a diff',
    '1,234 files in src/ removed',
    '5 files removed',
  ]);
  page.get('button', '1,234 files in src/').click();
  assert.deepEqual(page.wishes.at(-1), { type: 'openPart', turn: 'q', part: 1 });
  page.close();
});

test('A question that did not wait for the pinned files says so in a sentence, and others do not', () => {
  const question = { ...asked('q', null, 'Why?'), filesAsBefore: true };
  const page = openPage({ turns: [question, asked('r', 'q', 'And why?')] });
  const notes = page.all('[data-part="files-as-before"]').map(({ textContent }) => textContent?.trim());
  assert.deepEqual(notes, [
    'Looking at the pinned files took too long, so this was sent with what was known of them before.',
  ]);
  page.close();
});
