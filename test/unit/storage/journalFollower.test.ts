import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type ChatEvent, reduceAll } from '../../../src/core/conversation/events.ts';
import { encodeEvent, encodeHeader } from '../../../src/core/conversation/journal.ts';
import type { Conversation } from '../../../src/core/conversation/model.ts';
import { followJournal } from '../../../src/host/storage/journalFollower.ts';
import { conversationOf, eventsOf } from '../../support/conversations.ts';

const folders: string[] = [];
const endings: (() => void)[] = [];
after(async () => {
  for (const end of endings) end();
  await Promise.all(folders.map((folder) => fs.rm(folder, { recursive: true, force: true })));
});

interface Heard {
  conversation: Conversation | undefined;
  reads: number;
  readonly events: ChatEvent[];
  gone: number;
}

const HEADER = encodeHeader({ version: 1, id: 'c1', createdAt: 1 });
const linesOf = (events: readonly ChatEvent[], first = 1): string =>
  events.map((event, at) => encodeEvent(first + at, event)).join('');

async function journal(text: string): Promise<string> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-follow-'));
  folders.push(folder);
  const file = path.join(folder, 'c1.jsonl');
  await fs.writeFile(file, text);
  return file;
}

async function follow(file: string): Promise<Heard> {
  const heard: Heard = { conversation: undefined, reads: 0, events: [], gone: 0 };
  const end = followJournal(file, 'c1', {
    onRead(conversation) {
      heard.conversation = conversation;
      heard.reads++;
    },
    onEvents(events) {
      heard.events.push(...events);
      if (heard.conversation) heard.conversation = reduceAll(heard.conversation, events);
    },
    onGone() {
      heard.gone++;
    },
  });
  endings.push(end);
  await until('it is read', () => heard.reads + heard.gone > 0);
  return heard;
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 1000) assert.fail(`never came: ${what}`);
    await wait(10);
  }
}

test('what is there is read, and what comes is heard once and in order', async () => {
  const events = eventsOf(['one', 'two']);
  const file = await journal(HEADER + linesOf(events.slice(0, 5)));
  const heard = await follow(file);
  for (const [at, event] of events.slice(5).entries()) await fs.appendFile(file, encodeEvent(6 + at, event));
  await until('all is heard', () => heard.events.length === events.length - 5);
  assert.deepEqual(heard.events, events.slice(5));
  assert.deepEqual(heard.conversation, conversationOf('one', 'two'));
  assert.equal(heard.reads, 1);
});

test('a line that is being written waits for its end, also in the middle of a character', async () => {
  const events = eventsOf(['Grüße']);
  const file = await journal(HEADER);
  const heard = await follow(file);
  const bytes = Buffer.from(linesOf(events));
  for (let at = 0; at < bytes.length; at += 7) await fs.appendFile(file, bytes.subarray(at, at + 7));
  await until('all is heard', () => heard.events.length === events.length);
  assert.deepEqual(heard.conversation, conversationOf('Grüße'));
});

test('a broken line and one that was written twice are passed over', async () => {
  const [first, second, third] = eventsOf(['one']);
  assert.ok(first && second && third);
  const file = await journal(HEADER);
  const heard = await follow(file);
  const torn = encodeEvent(2, second).slice(0, 20);
  const rest = encodeEvent(2, second) + encodeEvent(3, third);
  await fs.appendFile(file, `${encodeEvent(1, first)}${encodeEvent(1, first)}${torn}\n${rest}`);
  await until('the last one is heard', () => heard.events.length >= 3);
  assert.deepEqual(heard.events, [first, second, third]);
});

for (const [kind, text] of [
  ['a shorter one', 'three'],
  ['a longer one', 'three '.repeat(1000)],
] as const) {
  test(`a file that was replaced by ${kind} is read anew`, async () => {
    const file = await journal(HEADER + linesOf(eventsOf(['one', 'two'])));
    const heard = await follow(file);
    await fs.writeFile(`${file}.other`, HEADER + linesOf(eventsOf([text])));
    await fs.rename(`${file}.other`, file);
    await until('it is read again', () => heard.reads === 2);
    assert.deepEqual(heard.conversation, conversationOf(text));
  });
}

test('a file that calls itself otherwise is heard under the name by which it is followed', async () => {
  const file = await journal(encodeHeader({ version: 1, id: 'other', createdAt: 1 }));
  assert.equal((await follow(file)).conversation?.id, 'c1');
});

test('a journal that is moved away is said to be gone, once', async () => {
  const file = await journal(HEADER + linesOf(eventsOf(['one'])));
  const heard = await follow(file);
  await fs.rename(file, `${file}.trash`);
  await until('it is gone', () => heard.gone > 0);
  await fs.writeFile(file, HEADER + linesOf(eventsOf(['another'])));
  await wait(300);
  assert.deepEqual([heard.gone, heard.reads, heard.events.length], [1, 1, 0]);
});

test('a journal that is not there is gone at once', async () => {
  const file = await journal('');
  assert.equal((await follow(`${file}.none`)).gone, 1);
});
