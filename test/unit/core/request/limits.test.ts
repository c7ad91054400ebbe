import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation, reduce } from '../../../../src/core/conversation/events.ts';
import type { Conversation } from '../../../../src/core/conversation/model.ts';
import type { Part } from '../../../../src/core/conversation/parts.ts';
import { checkLimits, type Need } from '../../../../src/core/request/limits.ts';
import { composeRequest } from '../../../../src/core/request/request.ts';
import { question } from '../../../support/conversations.ts';
import { createRandom } from '../../../support/random.ts';
import {
  createChat,
  infoOf,
  modelNamed,
  type Outcome,
  optionsFor,
  paper,
  picture,
  printed,
  promptOf,
  say,
} from './chat.ts';

const MB = 1024 * 1024;
const MODERN = modelNamed('claude-sonnet-5-5');

function needsOf(conversation: Conversation, model = MODERN, base64 = 44): readonly Need[] {
  const options = optionsFor(model, { attachment: () => 'A'.repeat(base64) });
  return checkLimits(composeRequest(conversation, options), conversation, infoOf(model));
}

function asking(...parts: readonly Part[]): Conversation {
  return reduce(emptyConversation('c', 1), {
    type: 'turnAdded',
    turn: question('q', null, ...parts, 'Look.'),
  });
}

/** A conversation with an image in its first question, an answer with thinking, and a new question. */
function withHistory(image: Part, count: number): Conversation {
  const chat = createChat();
  chat.ask([image, ...say('Look.')]);
  const pictures = Array.from({ length: count }, () => picture(100, 100));
  const turn = question('q', chat.conversation.turns.at(-1)?.id ?? null, ...pictures, 'And these?');
  return reduce(chat.conversation, { type: 'turnAdded', turn });
}

function heavy(bytes: number): Part {
  const image = picture(100, 100);
  assert.ok(image.kind === 'image' && image.source.type === 'stored');
  return { ...image, source: { ...image.source, bytes } };
}

test('what keeps the limits is left alone', () => {
  assert.deepEqual(needsOf(asking(picture(8000, 8000))), []);
  assert.deepEqual(needsOf(asking()), []);
});

test('an image of more than 8000 px is made smaller, once and for all', () => {
  assert.deepEqual(needsOf(asking(picture(20, 20), picture(90, 8001))), [
    { kind: 'shrinkImage', turn: 'q', part: 1, maxSide: 2000, maxBytes: 7.5 * MB },
  ]);
});

test('an image whose base64 has more than 10 MB is made smaller', () => {
  assert.deepEqual(needsOf(asking(heavy(7.5 * MB))), []);
  assert.deepEqual(
    needsOf(asking(heavy(7.5 * MB + 1))).map(({ kind }) => kind),
    ['shrinkImage'],
  );
});

test('from the twenty-first image on, 2000 px are the limit for all of them', () => {
  const twenty = Array.from({ length: 20 }, () => picture(2001, 20));
  assert.deepEqual(needsOf(asking(...twenty)), []);
  const needs = needsOf(asking(...twenty, picture(2000, 20)));
  assert.deepEqual(
    needs.map((need) => ('part' in need ? need.part : undefined)),
    [...twenty.keys()],
  );
});

test('an image that changes in the history takes the thinking behind it with it', () => {
  const conversation = withHistory(picture(2500, 90), 20);
  const [first, answer] = conversation.turns;
  assert.deepEqual(needsOf(conversation), [
    { kind: 'shrinkImage', turn: first?.id, part: 0, maxSide: 2000, maxBytes: 7.5 * MB },
    { kind: 'thinkingLeftOut', through: answer?.id },
  ]);
});

test('more images than the window allows: the oldest stay behind', () => {
  const many = Array.from({ length: 103 }, () => picture(100, 100));
  const needs = needsOf(asking(...many), modelNamed('claude-haiku-4-5'));
  assert.deepEqual(
    needs,
    [0, 1, 2].map((part) => ({ kind: 'partLeftOut', turn: 'q', part })),
  );
  assert.deepEqual(needsOf(asking(...many)), []);
});

test('a model without eyes gets no images', () => {
  const needs = needsOf(asking(picture(20, 20), picture(9000, 20)), modelNamed('claude-quill-1'));
  assert.deepEqual(needs, [
    { kind: 'partLeftOut', turn: 'q', part: 0 },
    { kind: 'partLeftOut', turn: 'q', part: 1 },
  ]);
});

test('a request of more than 32 MB goes without its oldest images', () => {
  const five = Array.from({ length: 5 }, () => heavy(6 * MB));
  const needs = needsOf(asking(...five), MODERN, 8 * MB);
  assert.deepEqual(needs, [
    { kind: 'partLeftOut', turn: 'q', part: 0 },
    { kind: 'partLeftOut', turn: 'q', part: 1 },
  ]);
});

test('text of more than 32 MB is not the fault of the images', () => {
  const text: Part = { kind: 'text', text: 'é'.repeat(17 * MB) };
  assert.deepEqual(needsOf(asking(picture(20, 20), text)), []);
});

test('150 images in a conversation with a window of a million tokens: all are sent, none above 2,000 px', () => {
  const chat = createChat();
  const { repairs, failure } = hundredAndFifty(chat);
  assert.equal(failure, undefined);
  assert.deepEqual(countsOf(repairs), { partReplaced: 30 });
  assert.equal(imagesOf(chat), 150);
  assert.deepEqual(chat.ask(say('And then?')).repairs, []);
});

test('150 images in a conversation with a window of 200,000 tokens: the oldest 50 are left out, all at once, and it is said', () => {
  const chat = createChat(optionsFor(modelNamed('claude-haiku-4-5')));
  const { repairs, failure } = hundredAndFifty(chat);
  assert.equal(failure, undefined);
  const { partLeftOut } = countsOf(repairs);
  assert.equal(partLeftOut, 50);
  const answers = chat.conversation.turns.filter((turn) => turn.role === 'assistant');
  const told = answers.map(({ repairs: made = [] }) => countsOf(made).partLeftOut ?? 0);
  assert.deepEqual(told, [0, 0, 0, 0, 50, 0], 'with the answer to the fifth question');
  const left = repairs.flatMap((repair) => (repair.kind === 'partLeftOut' ? [repair.turn] : []));
  const questions = chat.conversation.turns.filter(({ role }) => role === 'user').map(({ id }) => id);
  assert.deepEqual(new Set(left), new Set(questions.slice(0, 2)), 'those of the first two questions');
  assert.equal(imagesOf(chat), 100);
  assert.deepEqual(chat.ask(say('And then?')).repairs, []);
});

test('a screenshot of 12,000 px that came in at full size is made smaller before it is sent', () => {
  const chat = createChat();
  const { repairs, sent, failure } = chat.ask([picture(12_000, 700), ...say('Look.')]);
  assert.equal(failure, undefined);
  assert.deepEqual(countsOf(repairs), { partReplaced: 1 });
  assert.equal(sent.length, 1, 'nothing had to be refused for that');
});

test('a model that reads no PDF gets none', () => {
  const needs = needsOf(asking(paper(2), picture(20, 20), paper(3)), modelNamed('claude-quill-1'));
  assert.deepEqual(needs, [
    { kind: 'partLeftOut', turn: 'q', part: 0 },
    { kind: 'partLeftOut', turn: 'q', part: 2 },
    { kind: 'partLeftOut', turn: 'q', part: 1 },
  ]);
});

test('a 700-page PDF is left out, and the others stay', () => {
  const needs = needsOf(asking(paper(300), paper(700), paper(300)));
  assert.deepEqual(needs, [{ kind: 'partLeftOut', turn: 'q', part: 1 }]);
});

test('more pages than the window allows: the oldest documents stay behind', () => {
  const five = asking(paper(40), paper(40), paper(40), paper(40, { shown: null }), paper(60));
  assert.deepEqual(needsOf(five), []);
  // What nobody has counted has one page at least.
  assert.deepEqual(
    needsOf(five, modelNamed('claude-haiku-4-5')),
    [0, 1, 2].map((part) => ({ kind: 'partLeftOut', turn: 'q', part })),
  );
  assert.deepEqual(needsOf(asking(paper(300), paper(300))), []);
  assert.deepEqual(needsOf(asking(paper(300), paper(301))), [{ kind: 'partLeftOut', turn: 'q', part: 0 }]);
});

test('images and pages are one limit: the oldest of both stay behind, and a PDF that is asked about goes along', () => {
  const small = modelNamed('claude-haiku-4-5');
  const chat = createChat(optionsFor(small));
  const pictures = (count: number) => Array.from({ length: count }, () => picture(20, 20));
  assert.deepEqual(chat.ask([...pictures(60), ...say('Look.')]).repairs, []);
  const refused: unknown[] = [];
  chat.onRefused = (failure) => refused.push(failure);
  const { failure, repairs } = chat.ask([paper(60), ...say('And this?')]);
  assert.deepEqual([failure, refused], [undefined, []], 'the server has to refuse nothing');
  const [first] = chat.conversation.turns;
  assert.deepEqual(
    repairs.filter(({ kind }) => kind === 'partLeftOut'),
    Array.from({ length: 45 }, (_, part) => ({ kind: 'partLeftOut', turn: first?.id, part })),
  );
  const together = asking(paper(60), ...pictures(60));
  assert.deepEqual(needsOf(together, MODERN), []);
  assert.deepEqual(
    needsOf(together, small),
    Array.from({ length: 20 }, (_, at) => ({ kind: 'partLeftOut', turn: 'q', part: at + 1 })),
    'of one question as few as possible',
  );
});

test('above the limit of images, further questions leave the cached prefix alone', () => {
  const chat = createChat(optionsFor(modelNamed('claude-haiku-4-5')));
  for (let at = 0; at < 4; at++) {
    chat.ask([...Array.from({ length: 25 }, () => picture(20, 20)), ...say('Look.')]);
  }
  let before: readonly string[] = [];
  let changes = 0;
  for (let at = 0; at < 20; at++) {
    const { sent, failure } = chat.ask([picture(20, 20), ...say('And this?')]);
    assert.equal(failure, undefined);
    assert.equal(sent.length, 1);
    const prompt = sent.flatMap(promptOf);
    if (before.some((block, index) => block !== prompt[index])) changes++;
    before = prompt;
  }
  assert.ok(changes <= 1, `${changes} changes`);
});

test('however many questions follow above a limit, each quarter of it costs the prefix at most once', () => {
  const random = createRandom(31);
  const makes: readonly [string, number, () => Part, number?][] = [
    ['images', 100, () => picture(20, 20)],
    ['pages', 100, () => paper(1 + random.below(9))],
    ['both', 100, () => random.pick([picture(20, 20), paper(1 + random.below(5))])],
    ['bytes', 32, () => random.pick([paper(1), heavy(MB)]), MB],
  ];
  for (const [name, most, make, base64 = 44] of makes) {
    let conversation = asking(make());
    let changes = 0;
    let added = 0;
    for (let at = 0; at < 150; at++) {
      const parent = conversation.turns.at(-1)?.id ?? null;
      const part = make();
      added += part.kind === 'document' && name !== 'bytes' ? (part.source.pages ?? 1) : 1;
      const turn = question(`q${at}`, parent, part, 'And this?');
      conversation = reduce(conversation, { type: 'turnAdded', turn });
      const needs = needsOf(conversation, modelNamed('claude-haiku-4-5'), base64);
      if (needs.length === 0) continue;
      changes++;
      assert.ok(needs.every((need) => need.kind === 'partLeftOut' && need.turn !== turn.id));
      conversation = met(conversation, needs);
    }
    assert.ok(
      changes >= 1 && changes <= added / (most / 4) + 1,
      `${name}: ${changes} changes, ${added} added`,
    );
  }
});

test('a request of more than 32 MB goes without its oldest files, documents and images alike', () => {
  const chat = createChat();
  chat.ask([paper(1), ...say('one')]);
  chat.ask([picture(20, 20), ...say('two')]);
  const turn = question('q', chat.conversation.turns.at(-1)?.id ?? null, paper(2), heavy(6 * MB), 'three');
  const conversation = reduce(chat.conversation, { type: 'turnAdded', turn });
  assert.deepEqual(needsOf(conversation, MODERN, 7 * MB), []);
  const [first, , second, answer] = conversation.turns.map(({ id }) => id);
  const last = { kind: 'thinkingLeftOut', through: answer } as const;
  assert.deepEqual(needsOf(conversation, MODERN, 8.5 * MB), [
    { kind: 'partLeftOut', turn: first, part: 0 },
    { kind: 'partLeftOut', turn: second, part: 0 },
    last,
  ]);
  // An image of 12 MB would be made smaller, a document of 12 MB cannot be.
  assert.deepEqual(needsOf(conversation, MODERN, 12 * MB), [
    { kind: 'partLeftOut', turn: first, part: 0 },
    { kind: 'partLeftOut', turn: second, part: 0 },
    last,
  ]);
});

test('a document is not thrown out for a body that is too large without it', () => {
  const text: Part = { kind: 'text', text: 'é'.repeat(17 * MB) };
  assert.deepEqual(needsOf(asking(paper(2), text), MODERN, 2 * MB), []);
});

test('a file that is no heavier than the sentence in its place stays', () => {
  const first = asking(picture(20, 20));
  const turn = question('q2', 'q', paper(1), paper(2), 'And these?');
  const conversation = reduce(first, { type: 'turnAdded', turn });
  const attachment = (name: string) => 'A'.repeat(name.startsWith('pdf') ? 20 * MB : 44);
  const composed = composeRequest(conversation, optionsFor(MODERN, { attachment }));
  assert.deepEqual(checkLimits(composed, conversation, infoOf(MODERN)), [
    { kind: 'partLeftOut', turn: 'q2', part: 0 },
  ]);
});

test('the sentences that take the place of files have to fit as well', () => {
  const conversation = asking(...Array.from({ length: 4 }, () => paper(1, { label: 'é'.repeat(900) })));
  const seen = new Set<number>();
  for (let size = (32 * MB) / 3 - 4000; size < (32 * MB) / 3; size += 40) {
    const base64 = Math.floor(size / 4) * 4;
    const needs = needsOf(conversation, MODERN, base64);
    seen.add(needs.length);
    assert.deepEqual(needsOf(met(conversation, needs), MODERN, base64), []);
  }
  assert.deepEqual(seen, new Set([1, 2]));
});

test('when the needs of a request are met it has none', () => {
  const random = createRandom(23);
  const kinds: Record<string, number> = {};
  for (let run = 0; run < 400; run++) {
    const model = modelNamed(random.pick(['claude-sonnet-5-5', 'claude-haiku-4-5', 'claude-quill-1']));
    const size = random.pick([44, 400_000, 3 * MB, 11 * MB]);
    const data = 'A'.repeat(size);
    const options = optionsFor(model, {
      attachment: (name) => (name.startsWith('small') ? data.slice(0, 9 * MB) : data),
    });
    const make = (): Part =>
      random.pick([
        () => picture(1 + random.below(9000), 1 + random.below(3000), random.text(9)),
        () => paper(1 + random.below(random.pick([9, 90, 900])), { label: random.text(300) }),
        () => printed(random.text(9)),
      ])();
    let conversation = asking(...Array.from({ length: random.below(random.pick([6, 40, 130])) }, make));
    const check = () => checkLimits(composeRequest(conversation, options), conversation, infoOf(model));
    const needs = check();
    for (const { kind } of needs) kinds[kind] = (kinds[kind] ?? 0) + 1;
    conversation = met(conversation, needs);
    assert.deepEqual(check(), [], `run ${run}`);
  }
  assert.ok((kinds.partLeftOut ?? 0) > 500 && (kinds.shrinkImage ?? 0) > 50, JSON.stringify(kinds));
});

/** Six questions of 25 pictures each, five of which in each are larger than many may be. The repairs are of them all. */
function hundredAndFifty(chat: ReturnType<typeof createChat>): Pick<Outcome, 'failure' | 'repairs'> {
  const of = (width: number, count: number) => Array.from({ length: count }, () => picture(width, 30));
  const outcomes = Array.from({ length: 6 }, () =>
    chat.ask([...of(2400, 5), ...of(300, 20), ...say('Look.')]),
  );
  const repairs = outcomes.flatMap((outcome) => outcome.repairs);
  const failure = outcomes.find((outcome) => outcome.failure)?.failure;
  return {
    repairs: repairs.filter(({ kind }) => kind !== 'thinkingLeftOut'),
    ...(failure ? { failure } : {}),
  };
}

function imagesOf({ conversation, options }: ReturnType<typeof createChat>): number {
  const { messages } = composeRequest(conversation, options).request;
  return messages.flatMap(({ content }) => content.filter(({ type }) => type === 'image')).length;
}

function countsOf(repairs: Outcome['repairs']): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of repairs) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function met(conversation: Conversation, needs: readonly Need[]): Conversation {
  const repairs = needs.flatMap((need): Outcome['repairs'] => {
    if (need.kind !== 'shrinkImage') return [need];
    const turn = conversation.turns.find(({ id }) => id === need.turn);
    const by = turn?.role === 'user' ? turn.parts[need.part] : undefined;
    assert.ok(by?.kind === 'image' && by.source.type === 'stored');
    const source = { ...by.source, sha256: 'small', width: 2000, height: 1, bytes: 900 };
    return [{ kind: 'partReplaced', turn: need.turn, part: need.part, by: { ...by, source } }];
  });
  return reduce(conversation, { type: 'requestRepaired', turn: 'a', repairs, attempt: { at: 1 } });
}
