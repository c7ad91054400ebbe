import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClaude } from '../../../../src/claude/gateway.ts';
import { reduce } from '../../../../src/core/conversation/events.ts';
import type { Repair } from '../../../../src/core/conversation/model.ts';
import type { CodePart, Part } from '../../../../src/core/conversation/parts.ts';
import type { AnswerPiece } from '../../../../src/core/ports.ts';
import { composeCompaction, composeRequest } from '../../../../src/core/request/request.ts';
import { question } from '../../../support/conversations.ts';
import { startFakeClaude } from '../../../support/fakeClaude/main.ts';
import { pdfOf } from '../../../support/pdf.ts';
import {
  bytesOf,
  type Chat,
  createChat,
  modelNamed,
  type Outcome,
  optionsFor,
  paper,
  picture,
  say,
} from './chat.ts';

/** Here nothing is put on: the simulated server refuses by the API's own rules. */

test('an image whose type was renamed is left out, and the question is answered', () => {
  const image = picture(30, 20);
  assert.ok(image.kind === 'image' && image.source.type === 'stored');
  const renamed: Part = { ...image, source: { ...image.source, mediaType: 'image/jpeg' } };
  const chat = createChat();
  assertRepaired(chat, chat.ask([renamed, ...say('Look.')]), [{ kind: 'partLeftOut', turn: 'q1', part: 0 }]);
  assert.match(sentText(chat), /Image \\"shot\.png\\" is no longer sent/);
});

test('an image without a single byte never goes out', () => {
  const chat = createChat({ attachment: () => '' });
  assertRepaired(chat, chat.ask([picture(30, 20), ...say('Look.')]), []);
  assert.match(sentText(chat), /its file is gone/);
});

test('bytes that are no image are left out', () => {
  const chat = createChat({ attachment: () => 'AAAA' });
  assertRepaired(chat, chat.ask([picture(30, 20), ...say('Look.')]), [
    { kind: 'partLeftOut', turn: 'q1', part: 0 },
  ]);
});

test('a PDF with a password, or one that is none, is left out, and the question is answered', () => {
  const locked = pdfOf(2, { encrypted: true }).toString('base64');
  const web = Buffer.from('<html>Not found</html>').toString('base64');
  for (const data of [locked, web, 'AAAA']) {
    const chat = createChat({ attachment: () => data });
    const outcome = chat.ask([paper(2), ...say('What does it say?')]);
    assertRepaired(chat, outcome, [{ kind: 'partLeftOut', turn: 'q1', part: 0 }]);
    assert.match(sentText(chat), /Document \\"paper\.pdf\\" is no longer sent/);
  }
});

test('of several documents only the one that cannot be opened is left out, also from the history', () => {
  const chat = createChat({
    attachment: (name) => (name === 'pdf3' ? 'AAAA' : bytesOf(name)),
  });
  chat.ask(say('one'));
  assertRepaired(chat, chat.ask([picture(30, 20), paper(2), paper(3), paper(4), ...say('Look.')]), [
    { kind: 'partLeftOut', turn: 'q3', part: 2 },
  ]);
});

test('pages that were counted wrong or not at all do not end the conversation', () => {
  for (const shown of [1, null]) {
    const chat = createChat(optionsFor(modelNamed('claude-haiku-4-5')));
    chat.ask([paper(40), ...say('one')]);
    assertAnswered(chat, chat.ask([paper(90, { shown }), ...say('two')]));
    assertAnswered(chat, chat.ask([paper(50, { shown }), paper(60, { shown }), ...say('three')]));
  }
});

test('a switch to a model with a small window leaves out the oldest documents before it is refused', () => {
  const chat = createChat();
  for (const pages of [60, 60, 30]) chat.ask([paper(pages), ...say('Look.')]);
  const { conversation } = chat;
  chat.options = optionsFor(modelNamed('claude-haiku-4-5'));
  const refused: unknown[] = [];
  chat.onRefused = (failure) => refused.push(failure);
  const { repairs, failure } = chat.ask(say('And now?'));
  assert.deepEqual([failure, refused], [undefined, []]);
  const [first, , second] = conversation.turns;
  assert.deepEqual(
    repairs.filter(({ kind }) => kind === 'partLeftOut'),
    [first, second].map((turn) => ({ kind: 'partLeftOut', turn: turn?.id, part: 0 })),
  );
});

test('images and pages that turn out to be too many together: the oldest go, not what was asked about', () => {
  const { model } = optionsFor(modelNamed('claude-haiku-4-5'));
  assert.ok(model);
  const { maxInput: _, ...unknown } = model;
  for (const shown of [60, null]) {
    const chat = createChat({ ...optionsFor(modelNamed('claude-haiku-4-5')), model: unknown });
    chat.ask([...Array.from({ length: 60 }, () => picture(20, 20)), ...say('Look.')]);
    const said: unknown[] = [];
    chat.onRefused = ({ message }) => said.push(message);
    const { failure, repairs } = chat.ask([paper(60, { shown }), ...say('And this?')]);
    assert.equal(failure, undefined);
    assert.deepEqual(said, ['messages: Too much media: 60 document pages + 60 images > 100']);
    const [first] = chat.conversation.turns;
    const left = repairs.filter(({ kind }) => kind === 'partLeftOut');
    assert.deepEqual(
      left,
      Array.from({ length: 45 }, (_, part) => ({ kind: 'partLeftOut', turn: first?.id, part })),
    );
    assert.deepEqual(chat.ask(say('And then?')).repairs, []);
  }
});

test('documents are left out for a model that turns out to read none', () => {
  const chat = createChat();
  chat.ask([paper(2), picture(40, 20), paper(3), ...say('Look.')]);
  const { model } = optionsFor(modelNamed('claude-quill-1'));
  assert.ok(model);
  const { pdf: _, images: __, ...unknown } = model;
  chat.options = { ...chat.options, modelId: 'claude-quill-1', model: unknown };
  const outcome = chat.ask(say('And now?'));
  const left = outcome.repairs.flatMap((repair) => (repair.kind === 'partLeftOut' ? [repair.part] : []));
  assert.deepEqual(left.sort(), [0, 1, 2]);
  assertAnswered(chat, outcome);
});

test('an image of 9000 px that was taken for a small one is made smaller', () => {
  const large = picture(9000, 20);
  assert.ok(large.kind === 'image' && large.source.type === 'stored');
  const misread: Part = { ...large, source: { ...large.source, width: 90 } };
  const chat = createChat();
  const { repairs, failure } = chat.ask([misread, ...say('Look.')]);
  assert.equal(failure, undefined);
  assert.deepEqual(
    repairs.map(({ kind }) => kind),
    ['partReplaced'],
  );
});

test('the twenty-first image makes all that are too large for so many smaller, and the thinking goes', () => {
  const chat = createChat();
  const pictures = (count: number) => Array.from({ length: count }, () => picture(2500, 20));
  assertRepaired(chat, chat.ask([...pictures(20), ...say('Look.')]), []);
  const { repairs, failure } = chat.ask([...pictures(1), ...say('And this?')]);
  assert.equal(failure, undefined);
  assert.equal(repairs.filter(({ kind }) => kind === 'partReplaced').length, 21);
  assert.deepEqual(repairs.at(-1), { kind: 'thinkingLeftOut', through: 'a4' });
});

test('thinking of another conversation is left out', () => {
  const chat = createChat();
  chat.ask(say('one'));
  const { turns } = chat.conversation;
  const foreign = turns.map((turn) => (turn.id === 'q1' ? question('q1', null, 'another one') : turn));
  chat.conversation = { ...chat.conversation, turns: foreign };
  assertRepaired(chat, chat.ask(say('two')), [{ kind: 'thinkingLeftOut', through: 'a2' }]);
});

test('a block that this server never wrote is left out of the answer that has it', () => {
  const chat = createChat();
  chat.account.script.enqueue({
    blocks: [
      { type: 'hologram', depth: 1 },
      { type: 'text', text: 'One.' },
      { type: 'hologram', depth: 2 },
      { type: 'text', text: 'Two.' },
    ],
  });
  chat.ask(say('one'));
  chat.account.issuedTypes.clear();
  const outcome = chat.ask(say('two'));
  assert.equal(outcome.sent.length, 2, 'All blocks of the type leave together.');
  assertRepaired(chat, outcome, [
    { kind: 'blockLeftOut', turn: 'a2', index: 0 },
    { kind: 'blockLeftOut', turn: 'a2', index: 2 },
  ]);
});

test('fields that a model does not have are dropped where its description was wrong', () => {
  const { model } = optionsFor(modelNamed('claude-sonnet-5-5'));
  assert.ok(model);
  const chat = createChat({ modelId: 'claude-haiku-4-5', model });
  assertRepaired(chat, chat.ask(say('one')), [
    { kind: 'fieldDropped', field: 'thinking' },
    { kind: 'fieldDropped', field: 'effort' },
  ]);
});

test('an answer length beyond the model is lowered to what it can write', () => {
  const { model } = optionsFor(modelNamed('claude-quill-1'));
  assert.ok(model);
  const { maxOutput: _, ...unlimited } = model;
  const chat = createChat({ modelId: 'claude-quill-1', model: unlimited, maxOutputTokens: 64_000 });
  assertRepaired(chat, chat.ask(say('one')), [{ kind: 'maxTokensLowered', tokens: 32_000 }]);
});

test('images are left out for a model that turns out to take none', () => {
  const chat = createChat();
  chat.ask([picture(30, 20), picture(40, 20), ...say('Look.')]);
  const { model } = optionsFor(modelNamed('claude-quill-1'));
  assert.ok(model);
  const { images: _, ...blind } = model;
  chat.options = { ...chat.options, modelId: 'claude-quill-1', model: blind };
  assertRepaired(chat, chat.ask(say('And now?')), [
    { kind: 'partLeftOut', turn: 'q1', part: 0 },
    { kind: 'partLeftOut', turn: 'q1', part: 1 },
    { kind: 'thinkingLeftOut', through: 'a2' },
  ]);
});

test('a summary that was tampered with gives way to the history', () => {
  const chat = createChat();
  chat.ask(say('one'));
  const made = chat.compact();
  assert.ok(made);
  const { compactions } = chat.conversation;
  const forged = compactions.map((one) => ({
    ...one,
    state: 'taken' as const,
    blocks: one.blocks.map((block) => ({ ...block, content: 'Nothing happened.' })),
  }));
  chat.conversation = { ...chat.conversation, compactions: forged };
  assertRepaired(chat, chat.ask(say('two')), [{ kind: 'compactionDropped', compaction: made.id }]);
  assert.match(sentText(chat), /"one"/);
});

test('a question that alone is longer than the window is given up, so that the next one goes through', () => {
  const chat = createChat(optionsFor(modelNamed('claude-haiku-4-5')));
  chat.ask(say('one'));
  const code: CodePart = {
    kind: 'code',
    path: 'a.ts',
    uri: 'file:///a.ts',
    languageId: 'typescript',
    startLine: 1,
    endLine: 9,
    unsaved: false,
    text: 'const name = 12;\n'.repeat(80_000),
  };
  const { failure, repairs } = chat.ask([code, ...say('What is this?')]);
  assert.equal(failure?.kind, 'tooLong');
  assert.deepEqual(repairs, [{ kind: 'turnWithdrawn', turn: 'q3' }]);
  assertRepaired(chat, chat.ask(say('two')), []);
});

test('a conversation that has grown too long loses nothing: it is the user who decides', () => {
  const chat = createChat(optionsFor(modelNamed('claude-haiku-4-5'), { maxOutputTokens: 1000 }));
  const text = `${'const name = 12; '.repeat(25_000)}?`;
  for (let turn = 0; turn < 2; turn++) chat.ask(say(text));
  const { failure, repairs } = chat.ask(say(text));
  assert.equal(failure?.kind, 'tooLong');
  assert.deepEqual(repairs, []);
});

test('half a character in a question or an answer does not end the conversation', () => {
  const chat = createChat();
  chat.account.script.enqueue({ text: 'A smile: \ud83d' });
  chat.ask(say('cut here: \ud83d'));
  chat.ask(say('two'));
  assert.doesNotMatch(
    JSON.stringify(composeRequest(chat.conversation, chat.options).request),
    /\\ud[89a-f]/i,
  );
});

test('a question that was given up, asked again and answered is part of the history again', () => {
  const chat = createChat();
  const refuse = () => ({ kind: 'invalidRequest', status: 400, message: 'Error' }) as const;
  assert.ok(chat.ask(say('stubborn'), { refuse }).failure);
  assert.ok(chat.retry().failure === undefined);
  chat.ask(say('two'));
  assert.match(sentText(chat), /stubborn/);
});

test('over HTTP the real client sends what was composed, and the server finds nothing to drop', async (t) => {
  const server = await startFakeClaude();
  t.after(() => server.close());
  const claude = createClaude({
    baseUrl: server.url,
    key: async () => 'key',
    keyOptional: false,
    idleTimeout: 10_000,
    headersTimeout: 10_000,
  });
  const chat = createChat();
  chat.ask([picture(30, 20), ...say('one')]);
  chat.account.script.enqueue({
    blocks: [
      { type: 'thinking', thinking: 'Hm.' },
      { type: 'text', text: 'Two.' },
    ],
  });
  chat.ask(say('two'));
  const made = chat.compact();
  assert.ok(made);
  const next = reduce(chat.conversation, {
    type: 'turnAdded',
    turn: question('q', chat.conversation.turns.at(-1)?.id ?? null, 'three'),
  });
  const taken = reduce(next, { type: 'compactionDecided', compaction: made.id, state: 'taken' });
  const summary = composeCompaction(chat.conversation, chat.options, { instructions: 'Keep names.' });
  for (const composed of [composeRequest(next, chat.options), composeRequest(taken, chat.options), summary]) {
    assert.ok(composed);
    const pieces: AnswerPiece[] = [];
    for await (const piece of claude.start(composed.request).pieces) pieces.push(piece);
    const end = pieces.at(-1);
    assert.ok(end?.type === 'end' && end.outcome === 'done', JSON.stringify(end));
    const [started] = pieces;
    assert.ok(started?.type === 'started' && started.thinkingDropped === undefined);
    const { betas = [], ...body } = composed.request;
    const arrived = server.requests.at(-1);
    assert.deepEqual(arrived?.body, { ...body, stream: true });
    assert.equal(arrived?.headers['anthropic-beta'], betas.join(','));
  }
});

function assertRepaired(chat: Chat, outcome: Outcome, repairs: readonly Repair[]): void {
  assert.equal(outcome.failure, undefined, JSON.stringify(outcome.failure));
  assert.deepEqual(outcome.repairs, repairs);
  const next = chat.ask(say('And then?'));
  assert.equal(next.failure, undefined, JSON.stringify(next.failure));
  assert.deepEqual(next.repairs, [], 'What was repaired stays repaired.');
}

function assertAnswered(chat: Chat, { failure }: Outcome): void {
  assert.equal(failure, undefined, JSON.stringify(failure));
  const next = chat.ask(say('And then?'));
  assert.deepEqual([next.failure, next.repairs], [undefined, []]);
}

function sentText(chat: Chat): string {
  return JSON.stringify(composeRequest(chat.conversation, chat.options).request.messages);
}
