import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyConversation, reduce, reduceAll } from '../../../src/core/conversation/events.ts';
import type { Compaction, Conversation } from '../../../src/core/conversation/model.ts';
import type { DocumentPart } from '../../../src/core/conversation/parts.ts';
import type { ModelInfo } from '../../../src/core/modelInfo.ts';
import { PAGES, type RequestMessage } from '../../../src/core/request/messageRequest.ts';
import {
  composeCompaction,
  composeRequest,
  questionBlocks,
  type RequestOptions,
} from '../../../src/core/request/request.ts';
import {
  answerEvents,
  code,
  conversationOf,
  image,
  openAnswer,
  question,
  randomEvents,
} from '../../support/conversations.ts';
import { createRandom } from '../../support/random.ts';

const MODERN: ModelInfo = {
  id: 'claude-sonnet-5-5',
  name: 'Claude Sonnet 5.5',
  maxOutput: 128_000,
  thinking: ['adaptive', 'between_tools'],
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  compaction: ['summarize', 'threshold'],
};
const OPTIONS: RequestOptions = {
  modelId: MODERN.id,
  model: MODERN,
  effort: 'high',
  thinking: 'on',
  showThinking: true,
  maxOutputTokens: 32_000,
  ttl: '5m',
  packTtl: '5m',
  without: new Set(),
  attachment: (sha256) => (sha256 === 'gone' ? undefined : `data of ${sha256}`),
};
const THRESHOLD: RequestOptions = { ...OPTIONS, model: { ...MODERN, compaction: ['threshold'] } };

function asked(conversation: Conversation, text = 'and now?'): Conversation {
  return reduce(conversation, {
    type: 'turnAdded',
    turn: question('last', conversation.turns.at(-1)?.id ?? null, text),
  });
}

function messagesOf(conversation: Conversation): readonly RequestMessage[] {
  return composeRequest(conversation, OPTIONS).request.messages;
}

function rolesOf(conversation: Conversation): readonly string[] {
  return messagesOf(conversation).map((message) => message.role);
}

function taken(through: string, block: Compaction['blocks'][number]): Compaction {
  const model = { id: MODERN.id, name: MODERN.name };
  return { id: 'k', at: 1, model, through, way: 'summarize', state: 'taken', blocks: [block] };
}

function paper(sha256: string, label: string, pages?: number): DocumentPart {
  const counted = pages === undefined ? {} : { pages };
  return {
    kind: 'document',
    label,
    source: { type: 'stored', sha256, mediaType: 'application/pdf', bytes: 100, ...counted },
  };
}

const SIGNED = { type: 'compaction', content: 'In short.', signature: 's', encrypted_content: 'e' };
const UNSIGNED = { type: 'compaction', content: 'In short.', encrypted_content: 'e' };

test('history goes back block by block as it came, signatures included', () => {
  assert.deepEqual(messagesOf(asked(conversationOf('Why?')))[1], {
    role: 'assistant',
    content: [
      { type: 'thinking', thinking: 'Let me see.', signature: 'sig-a0' },
      { type: 'text', text: 'Answer to Why?' },
    ],
  });
});

test('blocks of a type nobody knows go back untouched', () => {
  const block = { type: 'hologram', nested: { deep: [1, null, 'x'] } };
  const conversation = reduceAll(emptyConversation('c', 1), [
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    { type: 'turnAdded', turn: openAnswer('a', 'q') },
    { type: 'blockStarted', turn: 'a', index: 0, block, at: 1 },
    { type: 'blockEnded', turn: 'a', index: 0, at: 2 },
    { type: 'turnEnded', turn: 'a', state: 'done', at: 3, stopReason: 'end_turn' },
  ]);
  assert.deepEqual(messagesOf(asked(conversation))[1]?.content, [block]);
});

test('each request starts with the messages of the one before it', () => {
  for (let seed = 1; seed <= 100; seed++) {
    let conversation = emptyConversation('c', 1);
    let before: readonly RequestMessage[] = [];
    for (const event of randomEvents(createRandom(seed), 10)) {
      const branches =
        event.type === 'turnAdded' && event.turn.parent !== (conversation.turns.at(-1)?.id ?? null);
      conversation = reduce(conversation, event);
      if (branches) before = [];
      if (event.type !== 'turnAdded' || event.turn.role !== 'user') continue;
      const messages = messagesOf(conversation).map(withoutMarks);
      assert.deepEqual(messages.slice(0, before.length), before, `seed ${seed}`);
      before = messages;
    }
  }
});

test('images come first, then attached code with path, lines and language, then the words', () => {
  const part = code('let a = 1;', { startLine: 7, endLine: 7, unsaved: true });
  const shot = image('abc');
  const turn = question('q', null, 'What is a?', part, shot);
  const conversation = reduce(emptyConversation('c', 1), { type: 'turnAdded', turn });
  const { request, origins } = composeRequest(conversation, OPTIONS);
  assert.deepEqual(withoutMarks(request.messages[0] as RequestMessage).content, [
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'data of abc' } },
    { type: 'text', text: 'src/a.ts, line 7, with unsaved changes:\n```typescript\nlet a = 1;\n```' },
    { type: 'text', text: 'What is a?' },
  ]);
  assert.deepEqual(origins, [
    [
      { turn: 'q', index: 2 },
      { turn: 'q', index: 1 },
      { turn: 'q', index: 0 },
    ],
  ]);
});

test('documents go before images, then code and excerpts in their order, then the words', () => {
  const printed = {
    kind: 'excerpt',
    origin: 'terminal',
    label: 'Terminal: zsh',
    languageId: 'shellscript',
  } as const;
  const parts = [
    { ...printed, text: '$ ls' },
    { kind: 'text', text: 'Why?' },
    image('abc'),
    code('let a;'),
    paper('first', 'a.pdf'),
    { ...printed, text: 'a\n', languageId: 'plaintext', label: 'Staged changes' },
    paper('second', 'b.pdf'),
  ] as const;
  const file = (data: string, title: string) => ({
    type: 'document',
    source: { type: 'base64', media_type: 'application/pdf', data: `data of ${data}` },
    title,
  });
  const blocks = questionBlocks(parts, OPTIONS.attachment);
  assert.deepEqual(JSON.parse(JSON.stringify(blocks)), [
    file('first', 'a.pdf'),
    file('second', 'b.pdf'),
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'data of abc' } },
    { type: 'text', text: 'Terminal: zsh:\n```shellscript\n$ ls\n```' },
    { type: 'text', text: 'src/a.ts, lines 1-2:\n```typescript\nlet a;\n```' },
    { type: 'text', text: 'Staged changes:\n```\na\n```' },
    { type: 'text', text: 'Why?' },
  ]);
});

test('a whole file has no lines, and a symbol its name and its lines', () => {
  const say = (more: Parameters<typeof code>[1]) => {
    const [block] = questionBlocks([code('let a;\n', more)]);
    return block?.type === 'text' ? block.text.split('\n')[0] : undefined;
  };
  assert.equal(say({ scope: 'file', unsaved: true }), 'src/a.ts, with unsaved changes:');
  assert.equal(
    say({ scope: 'symbol', symbol: 'parse', startLine: 4, endLine: 9 }),
    'src/a.ts, parse, lines 4-9:',
  );
  assert.equal(say({ scope: 'symbol', startLine: 4, endLine: 4 }), 'src/a.ts, line 4:');
  assert.equal(say({}), 'src/a.ts, lines 1-2:');
});

test('an excerpt that holds fences is fenced with a longer one, and half characters are mended', () => {
  const text = '```\nnested \ud83d\n```';
  const part = {
    kind: 'excerpt',
    origin: 'file',
    label: 'notes \udc00.md',
    languageId: 'markdown',
    text,
  } as const;
  assert.deepEqual(questionBlocks([part]), [
    { type: 'text', text: 'notes \ufffd.md:\n````markdown\n```\nnested \ufffd\n```\n````' },
  ]);
});

test('a document knows its pages, which are no part of what is sent', () => {
  const [known, unknown] = questionBlocks([paper('a', 'a.pdf', 12), paper('b', 'b.pdf')], OPTIONS.attachment);
  assert.ok(known?.type === 'document' && unknown?.type === 'document');
  assert.equal({ ...known, cache_control: { type: 'ephemeral' } }[PAGES], 12);
  assert.equal(PAGES in unknown, false);
  assert.doesNotMatch(JSON.stringify(known), /12/);
  assert.deepEqual(Object.keys(known), Object.keys(unknown));
});

test('documents and excerpts that were left out, or are gone, are replaced by a sentence', () => {
  const excerpt = {
    kind: 'excerpt',
    origin: 'folder',
    label: 'src/',
    languageId: 'plaintext',
    text: 'a',
  } as const;
  const parts = [paper('abc', 'a.pdf'), paper('gone', 'b.pdf'), excerpt, 'Look.'];
  const turn = { ...question('q', null, ...parts), leftOut: [0, 2] };
  const conversation = reduce(emptyConversation('c', 1), { type: 'turnAdded', turn });
  const content = messagesOf(conversation)[0]?.content ?? [];
  assert.deepEqual(
    content.map((block) => ('text' in block ? block.text : block)),
    [
      '[Document "a.pdf" is no longer sent: the API did not accept it.]',
      '[Document "b.pdf" is no longer sent: its file is gone.]',
      '[src/ is no longer sent: the API did not accept it.]',
      'Look.',
    ],
  );
});

test('an image with an address is fetched by the API', () => {
  const source = { type: 'url', url: 'https://example.com/a.png' } as const;
  assert.deepEqual(questionBlocks([{ kind: 'image', label: 'a', source }]), [{ type: 'image', source }]);
});

test('code that holds fences is fenced with a longer one', () => {
  const [block] = questionBlocks([code('````\nnested\n````\n')]);
  assert.match(block?.type === 'text' ? block.text : '', /\n`````typescript\n````\nnested\n````\n`````$/);
});

test('what was left out, or is gone, is replaced by a sentence that stays the same', () => {
  const parts = [image('abc', 'shot.png'), image('gone', 'old.png'), code('let a;'), 'Look.'];
  const turn = { ...question('q', null, ...parts), leftOut: [0, 2] };
  const conversation = reduce(emptyConversation('c', 1), { type: 'turnAdded', turn });
  const content = messagesOf(conversation)[0]?.content ?? [];
  assert.deepEqual(
    content.map((block) => ('text' in block ? block.text : block)),
    [
      '[Image "shot.png" is no longer sent: the API did not accept it.]',
      '[Image "old.png" is no longer sent: its file is gone.]',
      '[Code from src/a.ts is no longer sent: the API did not accept it.]',
      'Look.',
    ],
  );
});

test('a withdrawn question leaves with its answer, unless it is the one being asked', () => {
  const [first, ...rest] = conversationOf('one', 'two').turns;
  assert.ok(first?.role === 'user');
  const repairs = [{ kind: 'turnWithdrawn', turn: 'q0' }] as const;
  const turns = [{ ...first, withdrawn: true }, ...rest].map((turn) =>
    turn.id === 'a1' ? { ...turn, repairs } : turn,
  );
  const conversation: Conversation = { ...conversationOf(), turns };
  const text = JSON.stringify(messagesOf(asked(conversation)));
  assert.doesNotMatch(text, /one/);
  assert.match(text, /two/);
  assert.match(JSON.stringify(messagesOf({ ...conversation, turns: turns.slice(0, 1) })), /one/);
});

test('of an answer that was cut short, text goes back and half a thought does not', () => {
  const [added, started, ...rest] = answerEvents('a', 'q', 'Half an answer');
  const cutInText = reduceAll(emptyConversation('c', 1), [
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    ...[added, started, ...rest.slice(0, 6)].filter((event) => event !== undefined),
    { type: 'turnEnded', turn: 'a', state: 'stopped', at: 9 },
  ]);
  assert.deepEqual(
    messagesOf(asked(cutInText))[1]?.content.map((block) => block.type),
    ['thinking', 'text'],
  );
  const cutInThought = reduceAll(emptyConversation('c', 1), [
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    ...[added, started, ...rest.slice(0, 2)].filter((event) => event !== undefined),
    { type: 'turnEnded', turn: 'a', state: 'interrupted', at: 9 },
  ]);
  assert.deepEqual(rolesOf(asked(cutInThought)), ['user', 'user']);
});

test('an answer whose length limit fell into its first thought does not go back', () => {
  const thinkingOnly = reduceAll(emptyConversation('c', 1), [
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    ...answerEvents('a', 'q', 'x').slice(0, 6),
    { type: 'turnEnded', turn: 'a', state: 'done', at: 9, stopReason: 'max_tokens' },
  ]);
  assert.deepEqual(rolesOf(asked(thinkingOnly)), ['user', 'user']);
});

test('a block that is neither text nor whole does not go back, nor does one that was left out', () => {
  const cut = reduceAll(emptyConversation('c', 1), [
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    { type: 'turnAdded', turn: openAnswer('a', 'q') },
    { type: 'blockStarted', turn: 'a', index: 0, block: { type: 'text', text: 'Let me look.' }, at: 1 },
    { type: 'blockEnded', turn: 'a', index: 0, at: 2 },
    { type: 'blockStarted', turn: 'a', index: 1, block: { type: 'text', text: 'Well.' }, at: 3 },
    { type: 'blockStarted', turn: 'a', index: 2, block: { type: 'tool', id: 's' }, at: 3 },
    { type: 'turnEnded', turn: 'a', state: 'stopped', at: 4 },
    {
      type: 'requestRepaired',
      turn: 'a',
      repairs: [{ kind: 'blockLeftOut', turn: 'a', index: 0 }],
      attempt: { at: 5 },
    },
  ]);
  const { request, origins } = composeRequest(asked(cut), OPTIONS);
  assert.deepEqual(request.messages[1]?.content, [{ type: 'text', text: 'Well.' }]);
  assert.deepEqual(origins[1], [{ turn: 'a', index: 1 }]);
});

test('an answer in which the server paused goes back as it came and ends the request', () => {
  const paused = reduceAll(emptyConversation('c', 1), [
    { type: 'turnAdded', turn: question('q', null, 'hi') },
    ...answerEvents('a', 'q', 'Let me look.').slice(0, 10),
  ]);
  assert.deepEqual(rolesOf(paused), ['user']);
  const attempt = { at: 9, stopReason: 'pause_turn' };
  const goingOn = reduce(paused, { type: 'answerPaused', turn: 'a', attempt });
  assert.deepEqual(rolesOf(goingOn), ['user', 'assistant']);
  assert.deepEqual(
    messagesOf(goingOn)[1]?.content.map((block) => block.type),
    ['thinking', 'text'],
  );
});

test('a refused exchange leaves the history, question and answer both', () => {
  const refused = reduceAll(conversationOf('one'), [
    { type: 'turnAdded', turn: question('q9', 'a0', 'something forbidden') },
    { type: 'turnAdded', turn: openAnswer('a9', 'q9') },
    {
      type: 'turnEnded',
      turn: 'a9',
      state: 'failed',
      at: 9,
      stopReason: 'refusal',
      failure: { kind: 'refusal' },
    },
  ]);
  const text = JSON.stringify(messagesOf(asked(refused)));
  assert.doesNotMatch(text, /forbidden/);
  assert.match(text, /and now\?/);
});

test('nothing blank is ever sent', () => {
  assert.deepEqual(questionBlocks([{ kind: 'text', text: '  \n' }]), []);
});

test('the API is asked to compare with the newest message of the same model', () => {
  const conversation = asked(conversationOf('one', 'two'));
  const compare = (over: object) =>
    composeRequest(conversation, { ...OPTIONS, ...over }).request.diagnostics?.previous_message_id;
  assert.equal(compare({}), 'msg_a1');
  assert.equal(compare({ modelId: 'another' }), null);
  assert.equal(compare({ without: new Set(['diagnostics']) }), undefined);
});

test('a model that nobody knows gets neither thinking nor effort, and no beta', () => {
  const { model: _, ...unknown } = OPTIONS;
  const { request } = composeRequest(asked(conversationOf()), unknown);
  assert.deepEqual(Object.keys(request).sort(), ['diagnostics', 'max_tokens', 'messages', 'model']);
});

test('a summary that was taken stands first, byte for byte, and only what follows it goes with it', () => {
  const conversation = {
    ...asked(conversationOf('one', 'two', 'three')),
    compactions: [taken('a1', SIGNED)],
  };
  const { request, origins, compaction } = composeRequest(conversation, OPTIONS);
  assert.equal(compaction, 'k');
  assert.deepEqual(request.messages[0], { role: 'assistant', content: [SIGNED] });
  assert.deepEqual(origins[0], [{ turn: 'k', index: 0 }]);
  assert.deepEqual(
    origins.slice(1).map((blocks) => blocks[0]?.turn),
    ['q2', 'a2', 'last'],
  );
  assert.deepEqual(request.betas, ['thinking-binding-controls-2026-08-01', 'compact-2026-09-04']);
});

test('thinking from before a summary goes with a signed one, and not with an unsigned one', () => {
  const conversation = asked(conversationOf('one', 'two'));
  const thinks = (block: Compaction['blocks'][number]): boolean =>
    JSON.stringify(messagesOf({ ...conversation, compactions: [taken('a0', block)] })).includes('sig-a1');
  assert.equal(thinks(SIGNED), true);
  assert.equal(thinks(UNSIGNED), false);
  const { request } = composeRequest({ ...conversation, compactions: [taken('a0', UNSIGNED)] }, OPTIONS);
  assert.deepEqual(request.betas?.slice(1), ['compact-2026-01-12']);
});

test('of the answers asked without a summary only those before the first one with it keep their thinking', () => {
  const asking = conversationOf('one', 'two', 'three', 'four');
  const turns = asking.turns.map((turn) => (turn.id === 'a2' ? { ...turn, compaction: 'k' } : turn));
  const signatures = (compactions: Conversation['compactions']): readonly string[] =>
    JSON.stringify(messagesOf(asked({ ...asking, turns, compactions }))).match(/sig-a\d/g) ?? [];
  const summary = taken('a0', SIGNED);
  assert.deepEqual(signatures([summary]), ['sig-a1', 'sig-a2']);
  assert.deepEqual(signatures([{ ...summary, state: 'undone' }]), ['sig-a0', 'sig-a1', 'sig-a3']);
});

test('a summary of turns that were repaired since does not fit the thinking that came after them', () => {
  const conversation = asked(conversationOf('one', 'two'));
  const repairs = [{ kind: 'partLeftOut', turn: 'q0', part: 0 }] as const;
  const thinks = (compactions: Conversation['compactions'], aside: Conversation['aside']): boolean =>
    JSON.stringify(messagesOf({ ...conversation, compactions, aside })).includes('sig-a1');
  assert.equal(thinks([taken('a0', SIGNED)], [{ ...openAnswer('a9', 'q1'), repairs }]), false);
  assert.equal(thinks([taken('a0', SIGNED)], [openAnswer('a9', 'q1')]), true);
});

test('thinking is left out up to the turn that was named, also when that lies aside', () => {
  const signatures = (conversation: Conversation): readonly string[] =>
    JSON.stringify(messagesOf(conversation)).match(/sig-a\d/g) ?? [];
  const through = { ...conversationOf('one', 'two', 'three'), thinkingLeftOutThrough: 'a1' };
  assert.deepEqual(signatures(asked(through)), ['sig-a2']);
  const branched = reduce(through, { type: 'turnAdded', turn: question('q9', 'a0', 'again') });
  assert.deepEqual(signatures(branched), []);
});

test('a summary is asked for with the messages and settings of the next question', () => {
  const conversation = conversationOf('one', 'two');
  const next = composeRequest(asked(conversation), OPTIONS).request;
  const summary = composeCompaction(conversation, OPTIONS, { instructions: 'x'.repeat(20_000) })?.request;
  assert.ok(summary);
  assert.deepEqual(summary.messages.map(withoutMarks), next.messages.slice(0, -1).map(withoutMarks));
  const { thinking, output_config, system, model } = next;
  assert.deepEqual({ ...summary, thinking, output_config, model }, summary);
  assert.equal(summary.system, system);
  assert.equal(summary.compaction?.instructions?.length, 16_384);
  assert.ok(summary.betas?.includes('compact-2026-09-04'));
  const [short] = [composeCompaction(conversation, { ...OPTIONS, maxOutputTokens: 100 }, {})];
  assert.equal(short?.request.max_tokens, 8192);
});

test('a model that only summarizes at a threshold is asked so, with a question at the end', () => {
  const composed = composeCompaction(conversationOf('one'), THRESHOLD, { instructions: '' });
  assert.deepEqual(composed?.request.context_management?.edits, [
    {
      type: 'compact_20260112',
      trigger: { type: 'input_tokens', value: 50_000 },
      pause_after_compaction: true,
    },
  ]);
  assert.equal(composed.request.compaction, undefined);
  assert.equal(composed.request.messages.at(-1)?.role, 'user');
  assert.deepEqual(composed.origins.at(-1), [{ turn: '', index: 0 }]);
});

test('nothing is summarized where nothing was said or the model cannot', () => {
  const summary = (conversation: Conversation, options: RequestOptions) =>
    composeCompaction(conversation, options, { instructions: '' });
  assert.equal(summary(conversationOf(), OPTIONS), undefined);
  assert.equal(summary({ ...conversationOf('one'), compactions: [taken('a0', SIGNED)] }, OPTIONS), undefined);
  assert.equal(
    summary(conversationOf('one'), { ...OPTIONS, model: { ...MODERN, compaction: [] } }),
    undefined,
  );
});

/** Marks move from turn to turn and are no part of the prompt. */
function withoutMarks(message: RequestMessage): RequestMessage {
  const text = JSON.stringify(message).replaceAll(/,"cache_control":\{[^}]*\}/g, '');
  return JSON.parse(text) as RequestMessage;
}
