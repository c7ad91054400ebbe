import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as vscode from 'vscode';
import { emptyConversation } from '../../src/core/conversation/events.ts';
import type { ExcerptPart } from '../../src/core/conversation/parts.ts';
import { type AttachmentStore, fail } from '../../src/core/ports.ts';
import { createPageAttachments, type PageAttachments } from '../../src/host/attaching/pageAttachments.ts';
import type { Unnumbered } from '../../src/host/chat/outbox.ts';
import type { DraftStore } from '../../src/host/storage/draftStore.ts';
import { createFiles } from '../../src/host/workspace/files.ts';
import { foundNothing, foundPart, NOTHING } from '../../src/host/workspace/found.ts';
import { codePart } from '../../src/host/workspace/selection.ts';
import { plainPng } from '../support/png.ts';
import { createMemoryAttachments } from './attachments.ts';
import { testFolder, until } from './folder.ts';
import { createMemoryDrafts } from './memoryDrafts.ts';

const folder = testFolder('pageAttachments');
after(folder.clean);

const SMALL = plainPng(4, 3);
const LARGE = plainPng(5, 6);

type Posted<T extends Unnumbered['type']> = Extract<Unnumbered, { type: T }>;

/** The attachments of a page under test, and what it was told. */
interface Bench {
  readonly attachments: PageAttachments;
  readonly drafts: DraftStore;
  readonly posted: Unnumbered[];
  readonly told: string[];
  posts<T extends Unnumbered['type']>(type: T): Posted<T>[];
  /** Shows a conversation; a document is there unless `asleep`. */
  show(conversation: string): Promise<void>;
  sleep(): void;
  ids(conversation: string): Promise<string[]>;
}

function openBench(store: AttachmentStore = createMemoryAttachments()): Bench {
  const drafts = createMemoryDrafts();
  const posted: Unnumbered[] = [];
  const told: string[] = [];
  let conversation = emptyConversation('c1', 0);
  let awake = true;
  let ids = 0;
  const attachments = createPageAttachments({
    drafts,
    store,
    conversation: () => conversation,
    shows: (id) => awake && id === conversation.id,
    model: () => ({ choice: { id: 'claude-sonnet-5-5', name: 'Claude' }, info: undefined }),
    newId: () => `a${++ids}`,
    post: (message) => {
      if (awake) posted.push(message);
      return awake;
    },
    tell: (sentence) => void told.push(sentence),
    refreshQuote: () => undefined,
  });
  return {
    attachments,
    drafts,
    posted,
    told,
    posts: (type) => posted.filter((message) => message.type === type) as Posted<typeof type>[],
    async show(id) {
      awake = true;
      attachments.sleep();
      conversation = emptyConversation(id, 0);
      await attachments.started(await drafts.get(id));
    },
    sleep() {
      awake = false;
      attachments.sleep();
    },
    ids: async (id) => (await drafts.get(id)).attachments.map((entry) => entry.id),
  };
}

function excerpt(text: string): ExcerptPart {
  return { kind: 'excerpt', origin: 'terminal', label: 'zsh', languageId: 'plaintext', text };
}

function made(id: string, bytes: Uint8Array, more: { conversation?: string; making?: string } = {}) {
  const { conversation = 'c1', making = `m-${id}` } = more;
  const picture = {
    label: 'shot.png',
    mediaType: 'image/png',
    bytes,
    width: 0,
    height: 0,
    note: '',
  } as const;
  return { type: 'attachImage', id, conversation, making, ...picture } as const;
}

/** A store whose `put` waits for the test. */
function slowStore(): { readonly store: AttachmentStore; readonly puts: (() => void)[] } {
  const store = createMemoryAttachments();
  const puts: (() => void)[] = [];
  const put: AttachmentStore['put'] = async (bytes) => {
    await new Promise<void>((resolve) => puts.push(resolve));
    return store.put(bytes);
  };
  return { store: { ...store, put, base64: store.base64 }, puts };
}

test('a wish is answered when its parts are in the draft and its pictures have been offered', async () => {
  const bench = openBench();
  await bench.attachments.collect({ id: 'w', conversation: 'c1' }, async () => ({
    parts: [excerpt('one')],
    pictures: [{ label: 'shot.png', bytes: SMALL }],
    sentences: [],
  }));
  assert.deepEqual(
    bench.posted.map(({ type }) => type),
    ['attachmentsChanged', 'imageOffered', 'wishSettled'],
  );
  assert.deepEqual(bench.posts('wishSettled'), [{ type: 'wishSettled', id: 'w', taken: 2 }]);
});

test('a wish of which nothing comes, or that fails, is answered so', async () => {
  const bench = openBench();
  const wish = { id: 'w', conversation: 'c1' };
  await bench.attachments.collect(wish, async () => foundNothing('There is nothing.'));
  assert.deepEqual(bench.told, ['There is nothing.']);
  await assert.rejects(bench.attachments.collect(wish, () => Promise.reject(new Error('broken'))));
  assert.deepEqual(
    bench.posts('wishSettled').map(({ taken }) => taken),
    [0, 0],
  );
});

test('what is found late belongs to the conversation it was meant for, and the page that shows another hears nothing', async () => {
  const bench = openBench();
  let found: (() => void) | undefined;
  const wish = bench.attachments.collect({ id: 'w', conversation: 'c1' }, async () => {
    await new Promise<void>((resolve) => (found = resolve));
    return { ...foundPart(excerpt('one')), pictures: [{ label: 'shot.png', bytes: SMALL }] };
  });
  await bench.show('c2');
  found?.();
  await wish;
  assert.equal((await bench.ids('c1')).length, 1);
  assert.deepEqual(await bench.ids('c2'), []);
  assert.deepEqual([...bench.posts('attachmentsChanged'), ...bench.posts('imageOffered')], []);
  await bench.show('c1');
  assert.equal(bench.posts('imageOffered').length, 1);
});

test('what is removed while it is looked for or kept is not attached', async () => {
  const { store, puts } = slowStore();
  const bench = openBench(store);
  const wish = bench.attachments.collect({ id: 'w', conversation: 'c1' }, async () => {
    await bench.attachments.remove({ id: 'w', conversation: 'c1' });
    return foundPart(excerpt('one'));
  });
  const picture = bench.attachments.attachPicture(made('p', SMALL));
  await until(() => puts.length === 1);
  await bench.attachments.remove({ id: 'p', conversation: 'c1' });
  puts[0]?.();
  await Promise.all([wish, picture]);
  assert.deepEqual(await bench.ids('c1'), []);
  assert.deepEqual(bench.posts('imageTaken'), []);
});

test('of two versions of a picture the later stays, though the first takes longer to keep', async () => {
  const { store, puts } = slowStore();
  const bench = openBench(store);
  const both = [
    bench.attachments.attachPicture(made('p', SMALL, { making: 'm1' })),
    bench.attachments.attachPicture(made('p', LARGE, { making: 'm2' })),
  ];
  for (let at = 0; at < 2; at += 1) {
    await until(() => puts.length > at);
    puts[at]?.();
  }
  await Promise.all(both);
  const [only, ...others] = (await bench.drafts.get('c1')).attachments;
  assert.deepEqual(others, []);
  assert.ok(only?.part.kind === 'image' && only.part.source.type === 'stored');
  assert.equal(only.part.source.width, 5);
  assert.deepEqual(
    bench.posts('imageTaken').map(({ making }) => making),
    ['m1', 'm2'],
  );
});

test('a picture that cannot be kept is refused in true words: it is not attached, or still as it was', async () => {
  const memory = createMemoryAttachments();
  let isFull = false;
  const put: AttachmentStore['put'] = (bytes) =>
    isFull ? Promise.resolve(fail({ kind: 'storage' })) : memory.put(bytes);
  const bench = openBench({ ...memory, put });
  await bench.attachments.attachPicture(made('p', SMALL));
  isFull = true;
  await bench.attachments.attachPicture(made('p', LARGE, { making: 'again' }));
  await bench.attachments.attachPicture(made('q', LARGE));
  const [again, fresh] = bench.posts('imageRefused');
  assert.deepEqual([again?.id, again?.making], ['p', 'again']);
  assert.match(again?.sentence ?? '', /still attached as it was before/);
  assert.match(fresh?.sentence ?? '', /so it is not attached/);
  assert.deepEqual(await bench.ids('c1'), ['p']);
});

test('pictures wait for a page of their conversation, those given to a page too, until they come back or are given up', async () => {
  const bench = openBench();
  await bench.attachments.attach({ ...NOTHING, pictures: [{ label: 'a.png', bytes: SMALL }] }, 'c1');
  const given = { type: 'keepPicture', conversation: 'c1', label: 'b.png', bytes: LARGE } as const;
  bench.attachments.keepPicture({ ...given, id: 'b' });
  bench.attachments.keepPicture({ ...given, id: 'c', label: 'c.png' });
  bench.sleep();
  bench.posted.length = 0;
  await bench.show('c2');
  assert.deepEqual(bench.posts('imageOffered'), []);
  await bench.show('c1');
  assert.deepEqual(
    bench.posts('imageOffered').map(({ label, following }) => [label, following]),
    [
      ['a.png', 2],
      ['b.png', 1],
      ['c.png', 0],
    ],
  );
  await bench.attachments.attachPicture(made('b', LARGE));
  bench.attachments.giveUp('c');
  bench.posted.length = 0;
  await bench.show('c1');
  assert.deepEqual(
    bench.posts('imageOffered').map(({ label }) => label),
    ['a.png'],
  );
});

test('bytes of a picture that is not of this conversation are answered with none', async () => {
  const store = createMemoryAttachments();
  const stored = await store.put(SMALL);
  assert.ok(stored.ok);
  const bench = openBench(store);
  const wish = { type: 'readImage', sha256: stored.value.sha256, mediaType: 'image/png' } as const;
  await bench.attachments.read(wish);
  await bench.attachments.attachPicture(made('p', SMALL));
  await bench.attachments.read(wish);
  assert.deepEqual(
    bench.posts('imageRead').map(({ bytes }) => bytes.length),
    [0, SMALL.length],
  );
});

test('a picture from a file says when that has changed, is taken anew in its place, and says when it is gone', async () => {
  const store = createMemoryAttachments();
  const bench = openBench(store);
  const uri = await folder.write('shot.png', SMALL);
  await bench.attachments.attach(await createFiles(store).foundAt(uri), 'c1');
  const id = bench.posts('imageOffered')[0]?.id ?? '';
  await bench.attachments.attachPicture(made(id, SMALL));
  const state = (): string | undefined => bench.posts('attachmentsChanged').at(-1)?.attachments[0]?.state;
  assert.equal(state(), undefined);
  // Cropped meanwhile: it still comes from that file.
  await bench.attachments.attachPicture(made(id, LARGE, { making: 'cropped' }));
  await folder.write('shot.png', LARGE);
  await until(() => state() === 'changed');
  assert.ok(!bench.posts('attachmentsChanged').some(({ attachments }) => 'origin' in (attachments[0] ?? {})));
  const wish = { type: 'refreshAttachment', id: 'w', conversation: 'c1', attachment: id } as const;
  await bench.attachments.refresh(wish);
  const offered = bench.posts('imageOffered').at(-1);
  assert.deepEqual([offered?.id, offered?.replaces, offered?.bytes.length], [id, true, LARGE.length]);
  assert.deepEqual(bench.posted.at(-1), { type: 'wishSettled', id: 'w', taken: 1 });
  await bench.attachments.attachPicture(made(id, LARGE, { making: 'anew' }));
  assert.equal(state(), undefined);
  await folder.remove('shot.png');
  await until(() => state() === 'gone');
  await bench.attachments.refresh(wish);
  assert.match(bench.told.at(-1) ?? '', /not there any more/);
  assert.deepEqual(bench.posted.at(-1), { type: 'wishSettled', id: 'w', taken: 0 });
  bench.attachments.dispose();
});

test('a selection that has moved is attached with its new lines', async () => {
  const bench = openBench();
  const uri = await folder.write('moved.txt', 'one\ntwo\nthree\n');
  const document = await vscode.workspace.openTextDocument(uri);
  const part = codePart(document, new vscode.Range(1, 0, 1, 3));
  assert.ok(part);
  await bench.attachments.attach(foundPart(part), 'c1');
  await folder.write('moved.txt', 'zero\nzero\none\ntwo\nthree\n');
  const lines = async (): Promise<number | undefined> => {
    const now = (await bench.drafts.get('c1')).attachments[0]?.part;
    return now?.kind === 'code' ? now.startLine : undefined;
  };
  await until(async () => (await lines()) === 4);
  const shown = bench.posts('attachmentsChanged').at(-1)?.attachments[0];
  assert.ok(shown?.part.kind === 'code' && shown.part.endLine === 4 && shown.state === undefined);
  bench.attachments.dispose();
});

test('the same thing is attached once', async () => {
  const bench = openBench();
  await bench.attachments.attach(foundPart(excerpt('one')), 'c1');
  await bench.attachments.attach(foundPart({ ...excerpt('one') }), 'c1');
  await bench.attachments.attach(foundPart(excerpt('two')), 'c1');
  assert.equal((await bench.ids('c1')).length, 2);
});
