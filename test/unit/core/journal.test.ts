import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { checksum } from '../../../src/core/conversation/checksum.ts';
import { type ChatEvent, emptyConversation, reduceAll } from '../../../src/core/conversation/events.ts';
import {
  encodeEvent,
  encodeHeader,
  JOURNAL_VERSION,
  journalSteps,
  readJournal,
} from '../../../src/core/conversation/journal.ts';
import type { Compaction, Conversation } from '../../../src/core/conversation/model.ts';
import { retell } from '../../../src/core/conversation/retelling.ts';
import { eventsOf, question, randomEvents } from '../../support/conversations.ts';
import { createRandom } from '../../support/random.ts';

const HEADER = { version: JOURNAL_VERSION, id: 'c1', createdAt: 1 };
const FALLBACK = { id: 'from-file-name', createdAt: 99 };

function journalOf(events: readonly ChatEvent[]): string {
  return encodeHeader(HEADER) + events.map((event, at) => encodeEvent(at + 1, event)).join('');
}

test('the checksum is the CRC-32 that zlib computes over UTF-8', () => {
  const random = createRandom(3);
  for (let round = 0; round < 200; round++) {
    const text = random.text(60).replaceAll('\ud800', '');
    assert.equal(checksum(text), crc32(Buffer.from(text, 'utf8')).toString(16).padStart(8, '0'));
  }
});

test('what is written is read back as the same conversation', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const events = randomEvents(createRandom(seed), 6);
    const reading = readJournal(journalOf(events), FALLBACK);
    assert.deepEqual(reading.conversation, reduceAll(emptyConversation('c1', 1), events), `seed ${seed}`);
    assert.deepEqual(reading.bad, []);
    assert.equal(reading.next, events.length + 1);
    assert.equal(reading.seam, '');
  }
});

test('a file torn at any byte keeps every line before the tear and never throws', () => {
  const events = eventsOf(['one 🙂']);
  const bytes = Buffer.from(journalOf(events));
  for (let length = 0; length <= bytes.length; length++) {
    const text = bytes.subarray(0, length).toString('utf8');
    const reading = readJournal(text, FALLBACK);
    const whole = text.split('\n').length - 2;
    const lastIsComplete = reading.seam === '\n' && reading.bad.length === 0 && whole >= 0;
    assert.equal(reading.next - 1, Math.max(0, whole + (lastIsComplete ? 1 : 0)), `at byte ${length}`);
  }
});

test('a torn line is set aside and the journal goes on after it', () => {
  const events = eventsOf(['one']);
  const torn = journalOf(events).slice(0, -10);
  const first = readJournal(torn, FALLBACK);
  assert.equal(first.seam, '\n');
  assert.deepEqual(
    first.bad.map((bad) => bad.reason),
    ['torn'],
  );
  const continued = torn + first.seam + encodeEvent(first.next, { type: 'renamed', title: 'went on' });
  const second = readJournal(continued, FALLBACK);
  assert.equal(second.conversation.title, 'went on');
  assert.equal(second.bad.length, 1);
});

test('a line whose every byte arrived but its line break is taken as whole', () => {
  const text = journalOf([{ type: 'renamed', title: 'kept' }]).slice(0, -1);
  const reading = readJournal(text, FALLBACK);
  assert.equal(reading.conversation.title, 'kept');
  assert.deepEqual(reading.bad, []);
  assert.equal(reading.seam, '\n');
});

test('an altered line in the middle is set aside with its text and what follows is still read', () => {
  const lines = journalOf(eventsOf(['one', 'two'])).split('\n');
  const text = lines.with(3, lines[3]?.replace('msg_a0', 'msg_XX') ?? '').join('\n');
  const reading = readJournal(text, FALLBACK);
  assert.deepEqual(
    reading.bad.map(({ line, reason }) => ({ line, reason })),
    [{ line: 4, reason: 'checksum' }],
  );
  assert.match(reading.bad[0]?.text ?? '', /msg_XX/);
  assert.equal(reading.conversation.turns.length, 4);
});

test('lines that were written twice count once, and swapped ones in the order of their numbers', () => {
  const lines = journalOf([
    { type: 'renamed', title: 'first' },
    { type: 'renamed', title: 'second' },
  ]).split('\n');
  const reading = readJournal([...lines.slice(0, 1), lines[2], lines[1], lines[2], ''].join('\n'), FALLBACK);
  assert.equal(reading.conversation.title, 'second');
  assert.deepEqual(reading.bad, []);
  assert.equal(reading.missing, 0);
  assert.equal(reading.next, 3);
});

test('of two lines with one number the first counts, the other is set aside', () => {
  const other = encodeEvent(1, { type: 'renamed', title: 'other' });
  const reading = readJournal(journalOf([{ type: 'renamed', title: 'first' }]) + other, FALLBACK);
  assert.equal(reading.conversation.title, 'first');
  assert.deepEqual(reading.bad, [{ line: 3, text: other.trimEnd(), reason: 'number' }]);
});

test('numbers that no line has are reported', () => {
  const lines = journalOf(eventsOf(['one', 'two'])).split('\n');
  const reading = readJournal([...lines.slice(0, 3), ...lines.slice(5)].join('\n'), FALLBACK);
  assert.equal(reading.missing, 2);
  assert.deepEqual(reading.bad, []);
});

test('a journal whose line breaks another tool has changed is read as it was', () => {
  const events = eventsOf(['one', 'two']);
  const reading = readJournal(`\ufeff${journalOf(events).replaceAll('\n', '\r\n')}`, FALLBACK);
  assert.deepEqual(reading.conversation, reduceAll(emptyConversation('c1', 1), events));
  assert.deepEqual(reading.bad, []);
});

test('a header that stands elsewhere, or twice, is still the header', () => {
  const [header = '', ...lines] = journalOf([{ type: 'renamed', title: 'kept' }]).split('\n');
  for (const order of [
    [...lines.slice(0, 1), header, ''],
    [header, header, ...lines],
  ]) {
    const reading = readJournal(order.join('\n'), FALLBACK);
    assert.equal(reading.conversation.id, 'c1');
    assert.equal(reading.conversation.title, 'kept');
    assert.deepEqual(reading.bad, []);
  }
});

test('a header that was torn as it was written does not hide the one behind it', () => {
  const text = `${encodeHeader(HEADER).slice(0, 20)}\n${journalOf([{ type: 'renamed', title: 'kept' }])}`;
  const { conversation, bad } = readJournal(text, FALLBACK);
  assert.deepEqual([conversation.id, conversation.createdAt, conversation.title], ['c1', 1, 'kept']);
  assert.deepEqual(
    bad.map(({ line, reason }) => ({ line, reason })),
    [{ line: 1, reason: 'content' }],
  );
  const newer = text.replace('"version":1', `"version":${JOURNAL_VERSION + 1}`);
  assert.equal(readJournal(newer, FALLBACK).newerVersion, JOURNAL_VERSION + 1);
});

test('an unknown event from a newer version is passed over and is no damage', () => {
  const strange = { type: 'starSigned', by: 'version 9' } as unknown as ChatEvent;
  const reading = readJournal(journalOf([{ type: 'renamed', title: 'a' }, strange]), FALLBACK);
  assert.deepEqual(reading.bad, []);
  assert.equal(reading.next, 3);
});

test('a journal of a newer format is refused and says which', () => {
  const text =
    encodeHeader({ ...HEADER, version: JOURNAL_VERSION + 1 }) +
    encodeEvent(1, { type: 'renamed', title: 'x' });
  assert.equal(readJournal(text, FALLBACK).newerVersion, JOURNAL_VERSION + 1);
});

test('a journal without its header is still read under the name of its file', () => {
  const text = `{"parley":"conv\n${encodeEvent(1, { type: 'renamed', title: 'kept' })}`;
  const reading = readJournal(text, FALLBACK);
  assert.equal(reading.conversation.id, 'from-file-name');
  assert.equal(reading.conversation.title, 'kept');
  assert.equal(reading.bad.length, 1);
});

test('well-formed lines with senseless content are set aside instead of throwing', () => {
  const senseless = [{ type: 'turnAdded' }, { type: 'turnAdded', turn: null }] as unknown as ChatEvent[];
  const reading = readJournal(journalOf([...senseless, { type: 'renamed', title: 'kept' }]), FALLBACK);
  assert.equal(reading.conversation.title, 'kept');
  assert.deepEqual(
    reading.bad.map((bad) => bad.reason),
    ['content', 'content'],
  );
});

test('lines in any order, some of them twice, make the same conversation', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = createRandom(seed);
    const events = randomEvents(random, 5);
    const lines = journalOf(events).trimEnd().split('\n');
    for (let swap = 0; swap < 10; swap++) {
      const line = lines.splice(random.below(lines.length), 1);
      lines.splice(random.below(lines.length + 1), 0, ...line, ...(random.below(3) === 0 ? line : []));
    }
    const reading = readJournal(`${lines.join('\n')}\n`, FALLBACK);
    assert.deepEqual(reading.conversation, reduceAll(emptyConversation('c1', 1), events), `seed ${seed}`);
    assert.deepEqual(reading.bad, [], `seed ${seed}`);
  }
});

test('random damage never throws and costs no line but those that it strikes', () => {
  const events = eventsOf(['one', 'two']);
  const lines = journalOf(events).trimEnd().split('\n');
  for (let seed = 1; seed <= 500; seed++) {
    const random = createRandom(seed);
    const struck = 1 + random.below(events.length);
    const line = lines[struck] ?? '';
    const at = random.below(line.length);
    const damage = random.pick(['\u0000', '}', '"', 'é', '{"n":', '\r', `${random.text(12)}x`]);
    const damaged = line.slice(0, at) + damage + line.slice(at + 1 + random.below(40));
    const reading = readJournal(`${lines.with(struck, damaged).join('\n')}\n`, FALLBACK);
    const rest = damaged === line ? events : events.toSpliced(struck - 1, 1);
    assert.deepEqual(reading.conversation, reduceAll(emptyConversation('c1', 1), rest), `seed ${seed}`);
    if (damaged !== line) assert.equal(reading.missing, struck === events.length ? 0 : 1, `seed ${seed}`);
  }
});

test('what is no journal at all is an empty conversation and never throws', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(seed);
    const bytes = Buffer.from(Array.from({ length: random.below(400) }, () => random.below(256)));
    const reading = readJournal(bytes.toString('utf8'), FALLBACK);
    assert.deepEqual(reading.conversation, emptyConversation('from-file-name', 99), `seed ${seed}`);
  }
});

test('a conversation is told again in events that make the same one', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const conversation = reduceAll(emptyConversation('c1', 1), [
      ...randomEvents(createRandom(seed), 8),
      { type: 'modelChosen', model: { id: 'm', name: 'M' } },
      { type: 'effortChosen', effort: 'high' },
      { type: 'thinkingChosen', thinking: 'off' },
      { type: 'instructionsChanged', instructions: 'Be brief.' },
      { type: 'systemFrozen', system: { format: 1, texts: ['base'] } },
      { type: 'pinned', pinned: seed % 2 === 0 },
      { type: 'deleted', at: 7 },
      { type: 'compactionStarted', compaction: summaryOf('q0') },
      {
        type: 'requestRepaired',
        turn: 'a0',
        repairs: [{ kind: 'thinkingLeftOut', through: 'a0' }],
        attempt: { at: 1 },
      },
    ]);
    const again = reduceAll(emptyConversation('c1', 1), retell(conversation));
    assert.deepEqual(byId(again), byId(conversation), `seed ${seed}`);
  }
});

test('what was put aside stays aside when it is told again, also where the line before the first turn was lost', () => {
  const conversation = reduceAll(emptyConversation('c1', 1), [
    { type: 'turnAdded', turn: question('q0', 'lost', 'hi') },
    { type: 'turnAdded', turn: question('q1', 'q0', 'one') },
    { type: 'turnAdded', turn: question('q2', 'q0', 'another') },
  ]);
  const again = reduceAll(emptyConversation('c1', 1), retell(conversation));
  const ids = ({ turns, aside }: Conversation): readonly (readonly string[])[] =>
    [turns, aside].map((some) => some.map(({ id }) => id));
  assert.deepEqual(ids(again), [['q0', 'q2'], ['q1']]);
  assert.deepEqual(ids(again), ids(conversation));
});

/** The order of turns that were put aside has no meaning. */
function byId(conversation: Conversation): Conversation {
  const aside = conversation.aside.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  return { ...conversation, aside };
}

function summaryOf(through: string): Compaction {
  const model = { id: 'm', name: 'M' };
  return { id: 's', at: 1, model, through, way: 'summarize', state: 'taken', blocks: [] };
}

test('a long journal is read in many steps, and the same comes of it', () => {
  const texts = Array.from({ length: 200 }, (_, at) => `${at} ${'long '.repeat(200)}`);
  const text = `${journalOf(eventsOf(texts))}torn`;
  const steps = journalSteps(text, FALLBACK);
  let count = 0;
  let step = steps.next();
  for (; !step.done; step = steps.next()) count++;
  assert.ok(count > 5, `${count} steps`);
  assert.deepEqual(step.value, readJournal(text, FALLBACK));
  assert.equal(step.value.conversation.turns.length, 400);
});
