import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { ChatEvent } from '../../../src/core/conversation/events.ts';
import { encodeEvent } from '../../../src/core/conversation/journal.ts';
import { answerText, type Failure } from '../../../src/core/conversation/model.ts';
import type { Session } from '../../../src/core/conversation/session.ts';
import { ANSWERING_ELSEWHERE, type Result, TAKEN_OVER } from '../../../src/core/ports.ts';
import { type Chats, type ChatsParts, createChats } from '../../../src/host/chats.ts';
import { createConversationStore } from '../../../src/host/storage/conversationStore.ts';
import { followJournal } from '../../../src/host/storage/journalFollower.ts';
import { createWriterLock } from '../../../src/host/storage/writerLock.ts';
import { answerEvents, eventsOf, openAnswer, question } from '../../support/conversations.ts';
import { createTestClock } from '../../support/memoryPorts.ts';

interface Window {
  readonly chats: Chats;
  /** The conversation that is looked at. */
  shown: string | undefined;
  readonly changes: Session[];
  readonly gone: Session[];
  readonly written: ChatEvent[];
  readonly failures: Failure[];
  refused: number;
  close(): Promise<void>;
}

const windows: Window[] = [];
const roots: string[] = [];
after(async () => {
  await Promise.all(windows.map((window) => window.close()));
  // A window that took something over just now may still be writing.
  await Promise.all(roots.map((root) => fs.rm(root, { recursive: true, force: true, maxRetries: 10 })));
});

async function newRoot(): Promise<string> {
  const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-windows-'));
  roots.push(root);
  return root;
}

/** One window on a storage folder, as far as conversations go. */
function windowOn(root: string, own: Partial<Pick<ChatsParts, 'store' | 'lock' | 'follow'>> = {}): Window {
  const conversations = path.join(root, 'conversations');
  const lock = createWriterLock(conversations);
  const clock = { ...createTestClock(), newId: () => crypto.randomUUID() };
  const window: Window = {
    shown: undefined,
    changes: [],
    gone: [],
    written: [],
    failures: [],
    refused: 0,
    async close() {
      // A real one ends with its process, whatever is on its way.
      if (window.shown !== undefined) await lock.setBusy(window.shown, false);
      await lock.close();
    },
    get chats() {
      return chats;
    },
  };
  const chats = createChats({
    store: createConversationStore(root, lock, clock, assert.fail),
    lock,
    follow: (id, listener) => followJournal(path.join(conversations, `${id}.jsonl`), id, listener),
    clock,
    asking: { ledger: () => ({ seed: () => undefined }) } as unknown as ChatsParts['asking'],
    budgets: {} as ChatsParts['budgets'],
    beforeAsking: async () => undefined,
    onOpened: () => undefined,
    onEvents: (_, events) => void window.written.push(...events),
    isShown: (id) => window.shown === id,
    onHandsChanged: (session) => void window.changes.push(session),
    onGone: (session) => void window.gone.push(session),
    onReadOnly: () => {
      window.refused++;
    },
    onStorageFailure: (failure) => void window.failures.push(failure),
    onStorageWorks: () => undefined,
    ...own,
  });
  windows.push(window);
  return window;
}

function valueOrFail<T>(result: Result<T>): T {
  if (!result.ok) assert.fail(`failed: ${JSON.stringify(result.failure)}`);
  return result.value;
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isSo()); tries++) {
    if (tries > 1000) assert.fail(`never came: ${what}`);
    await wait(10);
  }
}

const titleOf = ({ conversation }: Session): string => conversation.title;
const said = ({ conversation }: Session): string => {
  const newest = conversation.turns.at(-1);
  return newest?.role === 'assistant' ? answerText(newest) : '';
};

/** A conversation of one question and answer that the first window shows. */
async function begun(): Promise<{ root: string; one: Window; session: Session; id: string }> {
  const root = await newRoot();
  const one = windowOn(root);
  const session = one.chats.create();
  const { id } = session.conversation;
  one.shown = id;
  session.record({ type: 'renamed', title: 'First' }, ...eventsOf(['one']));
  await session.flush();
  return { root, one, session, id };
}

async function shownIn(window: Window, id: string): Promise<Session> {
  window.shown = id;
  return valueOrFail(await window.chats.open(id));
}

/** An answer on its way, of which so much has arrived. */
function startAnswer(session: Session, text: string): void {
  const parent = session.conversation.turns.at(-1)?.id ?? null;
  const [, ...pieces] = answerEvents('a9', 'q9', text).slice(0, -2);
  session.record(
    { type: 'turnAdded', turn: question('q9', parent, 'nine') },
    { type: 'turnAdded', turn: openAnswer('a9', 'q9') },
    ...pieces,
  );
}

test('what one window writes the other shows as it comes, and cannot change', async () => {
  const { root, session, id } = await begun();
  const other = windowOn(root);
  const copy = await shownIn(other, id);
  assert.ok(copy.readOnly);
  assert.deepEqual(copy.conversation, session.conversation);
  const heard: ChatEvent[] = [];
  copy.subscribe((events) => void heard.push(...events));
  startAnswer(session, 'Live words');
  await until('the words arrive', () => said(copy) === 'Live words');
  assert.ok(copy.busy);
  assert.ok(heard.length > 0);
  assert.deepEqual(other.written, [], 'nothing is billed twice');
  copy.record({ type: 'renamed', title: 'Mine' });
  copy.stop();
  assert.equal(other.refused, 1);
  assert.equal(copy.retry({} as never), 'readOnly');
  assert.deepEqual(await other.chats.submit(copy, { type: 'retry' }), {
    type: 'refused',
    refusal: 'readOnly',
  });
  assert.equal(titleOf(copy), 'First');
  assert.ok(session.busy);
});

test('"Continue Here" turns the roles around, in the same sessions', async () => {
  const { root, one, session, id } = await begun();
  const other = windowOn(root);
  const copy = await shownIn(other, id);
  const claimed = valueOrFail(await other.chats.claim(id));
  assert.equal(claimed, copy);
  assert.ok(!copy.readOnly);
  assert.ok(session.readOnly);
  copy.record({ type: 'renamed', title: 'From the second' });
  await until('the first one shows it', () => titleOf(session) === 'From the second');
  assert.ok(one.changes.includes(session));
  assert.deepEqual([...one.failures, ...other.failures], []);
});

test('what was recorded a moment before is not lost when the conversation is handed over', async () => {
  const { root, session, id } = await begun();
  const other = windowOn(root);
  await shownIn(other, id);
  session.record({ type: 'renamed', title: 'Last words' });
  const claimed = valueOrFail(await other.chats.claim(id));
  assert.equal(titleOf(claimed), 'Last words');
});

test('a window that answers hands nothing over', async () => {
  const { root, session, id } = await begun();
  startAnswer(session, 'Half');
  const other = windowOn(root);
  await shownIn(other, id);
  const refused = await other.chats.claim(id);
  assert.equal(refused.ok ? '' : refused.failure.message, ANSWERING_ELSEWHERE);
  const removed = await other.chats.remove(id);
  assert.equal(removed.ok ? '' : removed.failure.message, ANSWERING_ELSEWHERE);
  const renamed = await other.chats.record(id, { type: 'renamed', title: 'No' });
  assert.ok(!renamed.ok);
  assert.ok(!session.readOnly);
});

test('when the window that writes is closed the other one goes on, and an open answer is interrupted', async () => {
  const { root, one, session, id } = await begun();
  const other = windowOn(root);
  startAnswer(session, 'This much');
  await session.flush();
  const copy = await shownIn(other, id);
  await one.close();
  await until('the other one writes', () => !copy.readOnly);
  const newest = copy.conversation.turns.at(-1);
  assert.equal(newest?.role === 'assistant' && newest.state, 'interrupted');
  assert.equal(said(copy), 'This much');
  copy.record({ type: 'renamed', title: 'Goes on' });
  await copy.flush();
  assert.deepEqual(other.failures, []);
  assert.equal(titleOf(valueOrFail(await windowOn(root).chats.open(id))), 'Goes on');
});

test('what nobody looks at is given to the window that opens it', async () => {
  const { root, one, session, id } = await begun();
  one.shown = 'something else';
  const opened = await shownIn(windowOn(root), id);
  assert.ok(!opened.readOnly);
  assert.ok(session.readOnly, 'nothing is written here any more');
  const again = await shownIn(one, id);
  assert.ok(again.readOnly);
});

test('a conversation that is shown elsewhere can be renamed from the list, and is given back', async () => {
  const { root, session, id } = await begun();
  const other = windowOn(root);
  valueOrFail(await other.chats.record(id, { type: 'renamed', title: 'By the list' }));
  await until('the first one shows it', () => titleOf(session) === 'By the list');
  await until('the first one has it back', () => !session.readOnly);
  session.record({ type: 'renamed', title: 'Mine again' });
  await session.flush();
  assert.equal(titleOf(await shownIn(other, id)), 'Mine again');
});

test('a conversation that is deleted elsewhere is told to be gone', async () => {
  const { root, one, session, id } = await begun();
  const other = windowOn(root);
  valueOrFail(await other.chats.remove(id));
  await until('the first one knows', () => one.gone.includes(session));
  assert.deepEqual(
    await fs.readdir(path.join(root, 'trash')).then((names) => names.includes(`${id}.jsonl`)),
    true,
  );
});

test('a conversation that is being opened is not given away meanwhile', async () => {
  const { root, one, id } = await begun();
  await one.close();
  const lock = createWriterLock(path.join(root, 'conversations'));
  const clock = { ...createTestClock(), newId: () => crypto.randomUUID() };
  const store = createConversationStore(root, lock, clock, assert.fail);
  let goOn = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const slow = windowOn(root, {
    lock,
    store: {
      ...store,
      async open(wanted) {
        const opened = await store.open(wanted);
        await held;
        return opened;
      },
    },
  });
  const opening = slow.chats.open(id);
  await until('it has the lock', () => lock.isOurs(id));
  const other = await shownIn(windowOn(root), id);
  goOn();
  const session = valueOrFail(await opening);
  assert.deepEqual([session.readOnly, other.readOnly], [false, true]);
  session.record({ type: 'renamed', title: 'Written' });
  await session.flush();
  assert.deepEqual(slow.failures, []);
  await lock.close();
});

test('a conversation that is deleted as the window that writes it goes away is gone, and not begun anew', async () => {
  const { root, one, id } = await begun();
  const conversations = path.join(root, 'conversations');
  // It reads once and then hears nothing more: the lock is free before the deletion is noticed.
  const other = windowOn(root, {
    follow(wanted, listener) {
      const end = followJournal(path.join(conversations, `${wanted}.jsonl`), wanted, {
        ...listener,
        onRead(conversation) {
          end();
          listener.onRead(conversation);
        },
      });
      return end;
    },
  });
  const copy = await shownIn(other, id);
  valueOrFail(await one.chats.remove(id));
  await until('the other one knows', () => other.gone.includes(copy));
  assert.ok(copy.readOnly);
});

test('what another window has taken for dead and gone on with is told, kept, and read along', async () => {
  const { root, one, session, id } = await begun();
  const file = path.join(root, 'conversations', `${id}.jsonl`);
  // As a window does that could not be asked and saw no sign of life.
  await fs.writeFile(path.join(root, 'conversations', 'locks', id, '2'), '{}');
  const lines = (await fs.readFile(file, 'utf8')).split('\n').length;
  await fs.appendFile(file, encodeEvent(lines - 1, { type: 'renamed', title: 'Theirs' }));
  session.record({ type: 'renamed', title: 'Mine' });
  await until('it is read along', () => session.readOnly);
  assert.equal(titleOf(session), 'Theirs');
  assert.deepEqual(
    one.failures.map(({ message }) => message),
    [TAKEN_OVER],
  );
  assert.match(await fs.readFile(file.replace('.jsonl', '.quarantine'), 'utf8'), /^unowned\t.*Mine/);
});

test('a conversation whose folder was deleted is gone on with, and written anew with all that was said', async () => {
  const { root, one, session, id } = await begun();
  await fs.rm(path.join(root, 'conversations'), { recursive: true });
  assert.equal(valueOrFail(await one.chats.open(id)), session);
  assert.equal(said(session), 'Answer to one');
  session.record({ type: 'renamed', title: 'Still here' });
  await session.flush();
  await one.close();
  const again = await shownIn(windowOn(root), id);
  assert.equal(titleOf(again), 'Still here');
  assert.equal(said(again), 'Answer to one');
  assert.deepEqual(one.failures, []);
});

test('a conversation whose folder cannot be read is gone on with, and written once it can be', async () => {
  const { root, one, session, id } = await begun();
  const folder = path.join(root, 'conversations');
  await fs.rename(folder, `${folder}.aside`);
  await fs.writeFile(folder, 'no folder');
  assert.equal(valueOrFail(await one.chats.open(id)), session);
  session.record({ type: 'renamed', title: 'Still here' });
  await session.flush();
  assert.equal(one.failures.length, 1);
  await fs.rm(folder);
  await fs.rename(`${folder}.aside`, folder);
  await session.flush();
  await one.close();
  assert.equal(titleOf(await shownIn(windowOn(root), id)), 'Still here');
});

test('two windows that begin the same unwritten conversation do not meet', async () => {
  const root = await newRoot();
  const [one, other] = [windowOn(root), windowOn(root)];
  const [first, second] = await Promise.all([shownIn(one, 'fresh'), shownIn(other, 'fresh')]);
  assert.notEqual(first.conversation.id, second.conversation.id);
  for (const session of [first, second]) {
    session.record(...eventsOf([session.conversation.id]));
    await session.flush();
  }
  assert.deepEqual([...one.failures, ...other.failures], []);
  const names = await fs.readdir(path.join(root, 'conversations'));
  assert.equal(names.filter((name) => name.endsWith('.jsonl')).length, 2);
});

test('a conversation that was not there when it was wanted is opened once it has come, under the same session', async () => {
  const { root, id } = await begun();
  const journal = path.join('conversations', `${id}.jsonl`);
  const elsewhere = await newRoot();
  const window = windowOn(elsewhere);
  const session = await shownIn(window, id);
  assert.equal(session.conversation.turns.length, 0);
  await fs.mkdir(path.join(elsewhere, 'conversations'), { recursive: true });
  await fs.copyFile(path.join(root, journal), path.join(elsewhere, journal));
  const again = valueOrFail(await window.chats.open(id));
  assert.equal(again, session);
  assert.ok(session.conversation.turns.length > 0);
  assert.deepEqual(window.changes, [session]);
});

test('windows that rename the same conversation at once lose none of the names', async () => {
  const { root, session, id } = await begun();
  const others = [windowOn(root), windowOn(root)];
  let done = 0;
  const rename = async (window: Window, title: string): Promise<void> => {
    // A window that is being asked itself says that it is busy; the user asks again.
    while (!(await window.chats.record(id, { type: 'renamed', title })).ok) await wait(5);
    done++;
  };
  await Promise.all(others.flatMap((window, at) => [0, 1, 2].map((n) => rename(window, `name-${at}-${n}`))));
  assert.equal(done, 6);
  await until('the first one has it back', () => !session.readOnly);
  const text = await fs.readFile(path.join(root, 'conversations', `${id}.jsonl`), 'utf8');
  const names = [...text.matchAll(/"title":"(name-\d-\d)"/g)].map(([, name]) => name);
  assert.deepEqual(names.toSorted(), [
    'name-0-0',
    'name-0-1',
    'name-0-2',
    'name-1-0',
    'name-1-1',
    'name-1-2',
  ]);
  const numbers = [...text.matchAll(/^\{"n":(\d+)/gm)].map(([, n]) => Number(n));
  assert.deepEqual(
    numbers,
    numbers.map((_, at) => at + 1),
  );
});
