import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Conversation, compactionInForce } from '../../../../src/core/conversation/model.ts';
import type { Part } from '../../../../src/core/conversation/parts.ts';
import type { ComposedRequest } from '../../../../src/core/request/messageRequest.ts';
import { code } from '../../../support/conversations.ts';
import type { Reply } from '../../../support/fakeClaude/reply.ts';
import { createRandom, type Random } from '../../../support/random.ts';
import {
  type Chat,
  createChat,
  infoOf,
  type Manner,
  modelNamed,
  type Outcome,
  paper,
  picture,
  printed,
  promptOf,
  say,
} from './chat.ts';

const MODELS = [
  'claude-sonnet-5-5',
  'claude-fable-5-2',
  'claude-opus-5-5',
  'claude-haiku-5-5',
  'claude-opus-5',
  'claude-opus-4-8',
  'claude-haiku-4-5',
] as const;

/** What one run has come across, so that a test cannot pass because nothing happened. */
interface Seen {
  requests: number;
  continued: number;
  breaks: number;
  thinking: number;
  underSummary: number;
  repaired: number;
  documents: number;
  excerpts: number;
  updates: number;
  repacked: number;
}

test('each request starts with the one before it, and thinking only goes out with its prefix', () => {
  const seen: Seen = {
    requests: 0,
    continued: 0,
    breaks: 0,
    thinking: 0,
    underSummary: 0,
    repaired: 0,
    documents: 0,
    excerpts: 0,
    updates: 0,
    repacked: 0,
  };
  for (let seed = 1; seed <= 120; seed++) {
    try {
      live(createRandom(seed), seen);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  const least = {
    requests: 1400,
    continued: 60,
    breaks: 250,
    thinking: 1500,
    underSummary: 100,
    repaired: 60,
    documents: 500,
    excerpts: 500,
    updates: 500,
    repacked: 60,
  };
  for (const [what, figure] of Object.entries(least)) {
    assert.ok(seen[what as keyof Seen] >= figure, `${what}: ${JSON.stringify(seen)}`);
  }
});

/** A conversation of random wishes and mishaps; the simulated server answers and judges. */
function live(random: Random, seen: Seen): void {
  const chat = createChat({ modelId: 'claude-sonnet-5-5' }, undefined);
  // Long enough for a summary at the threshold.
  if (random.below(4) === 0) {
    const texts = ['A long preface with many words in it. '.repeat(6000)];
    chat.record({ type: 'systemFrozen', system: { format: 1, texts } });
  }
  if (random.below(2) === 0) pack(chat, random);
  let before: readonly string[] = [];
  let known: readonly string[] = [];
  chat.onRequest = (composed) => {
    const now = breaksOf(chat.conversation);
    const isBroken = known.some((entry, index) => entry !== now[index]);
    // What the server paused in is part of a request, and gone when its question is asked anew.
    const isAskedAnew =
      composed.request.messages.at(-1)?.role === 'user' && before.at(-1)?.startsWith('assistant');
    check(composed, isBroken || isAskedAnew ? [] : before, seen);
    before = promptOf(composed);
    known = now;
  };
  chat.onRefused = (failure) => assert.fail(`${failure.message}\n${describe(chat.conversation)}`);
  for (let step = 0; step < 20; step++) {
    const packed = chat.conversation.system?.pack;
    const outcome = act(chat, random);
    if (outcome) note(outcome, seen);
    if (chat.conversation.system?.pack !== packed) seen.repacked++;
  }
}

/** The turns in short, for the one who has to find out. */
function describe({ turns, compactions, thinkingLeftOutThrough }: Conversation): string {
  const lines = turns.map((turn) => {
    if (turn.role === 'user') return `${turn.id} ${turn.withdrawn ?? ''} ${turn.leftOut ?? ''}`;
    const blocks = turn.blocks.map(({ content, endedAt, leftOut }) =>
      [content.type, endedAt, leftOut].join('/'),
    );
    const { id, model, state, stopReason, compaction, repairs } = turn;
    return [id, model.id, state, stopReason, compaction, blocks, JSON.stringify(repairs)].join(' ');
  });
  const summaries = compactions.map(({ id, state, through, way }) => `${id} ${state} ${through} ${way}`);
  return [...lines, ...summaries, `no thinking through ${thinkingLeftOutThrough}`].join('\n');
}

/** What may not change from one request to the next, except at their end, without a break. */
function breaksOf(conversation: Conversation): readonly string[] {
  const { turns, thinkingLeftOutThrough } = conversation;
  const refused = turns.flatMap((turn) =>
    turn.role === 'assistant' && turn.stopReason === 'refusal' ? turn.parent : [],
  );
  const asked = turns.findLast((turn) => turn.role === 'user');
  const questions = turns.flatMap((turn) => {
    if (turn.role !== 'user') return [];
    // A withdrawn question goes out once more when it is asked anew, and only then.
    const gone = turn.withdrawn && (turn === asked ? 'asked anew' : 'withdrawn');
    return [[turn.id, turn.leftOut, gone, refused.includes(turn.id), turn.superseded]];
  });
  const leftOut = turns.flatMap((turn) =>
    turn.role === 'assistant' ? turn.blocks.map((block, at) => block.leftOut && [turn.id, at]) : [],
  );
  const marks = [
    compactionInForce(conversation)?.id,
    conversation.system?.pack?.sha256,
    thinkingLeftOutThrough,
    leftOut.filter(Boolean),
  ];
  return [...marks, ...questions].map((entry) => JSON.stringify(entry) ?? '');
}

function check(composed: ComposedRequest, before: readonly string[], seen: Seen): void {
  const prompt = promptOf(composed);
  assert.deepEqual(prompt.slice(0, before.length), before);
  seen.requests++;
  if (before.length === 0) seen.breaks++;
  if (composed.request.messages.at(-1)?.role === 'assistant') seen.continued++;
  if (composed.compaction !== undefined) seen.underSummary++;
  seen.thinking += prompt.filter((block) => block.includes('"type":"thinking"')).length;
  seen.documents += prompt.filter((block) => block.includes('"type":"document"')).length;
  seen.updates += prompt.filter((block) => block.includes('The file src/kept.ts now reads')).length;
  seen.excerpts += prompt.filter((block) => block.includes('"Terminal: zsh:')).length;
  for (const [index, message] of composed.request.messages.entries()) {
    assert.equal(composed.origins[index]?.length, message.content.length);
  }
}

function note(outcome: Outcome, seen: Seen): void {
  seen.repaired += outcome.repairs.length > 0 ? 1 : 0;
  assert.ok(
    outcome.failure === undefined || FAILURES.has(outcome.failure.kind),
    JSON.stringify(outcome.failure),
  );
}

const FAILURES = new Set(['overloaded', 'invalidRequest']);

/** One thing that the user does. Undefined when it asks for no answer. */
function act(chat: Chat, random: Random): Outcome | undefined {
  const { turns } = chat.conversation;
  const questions = turns.filter((turn) => turn.role === 'user');
  switch (random.below(16)) {
    case 0:
      return switchSettings(chat, random);
    case 1:
      return questions.length > 0 ? chat.retry(manner(chat, random)) : undefined;
    case 2: {
      const question = questions[random.below(questions.length)];
      return question && chat.edit(question.id, parts(random), manner(chat, random));
    }
    case 3:
      return goBack(chat, random);
    case 4:
    case 5:
      chat.compact();
      return undefined;
    case 6:
    case 7:
      return decide(chat, random);
    case 8:
      // A summary is bound to the pack that it was made with.
      return compactionInForce(chat.conversation) ? undefined : pack(chat, random);
    default:
      return chat.ask(parts(random), manner(chat, random));
  }
}

/** Gives a conversation its first context pack, or a fresh one. */
function pack(chat: Chat, random: Random): undefined {
  const { system, turns } = chat.conversation;
  const sha256 = String(random.below(1_000_000));
  const fresh = { at: 1, sha256, manifest: '', files: 1, tokens: 1 };
  if (!system || (!system.pack && turns.length > 0)) return;
  chat.options = { ...chat.options, packText: `The files as of ${sha256}. `.repeat(400) };
  if (turns.length > 0) chat.record({ type: 'contextRepacked', pack: fresh });
  else chat.record({ type: 'systemFrozen', system: { ...system, pack: fresh } });
}

function switchSettings(chat: Chat, random: Random): undefined {
  const model = modelNamed(random.pick(MODELS));
  const { without, attachment, maxOutputTokens, packText } = chat.options;
  const ttl = random.pick(['5m', '1h'] as const);
  chat.options = {
    modelId: model.info.id,
    model: infoOf(model),
    effort: random.pick(['low', 'medium', 'high', 'xhigh', 'max']),
    thinking: random.pick(['on', 'on', 'off']),
    showThinking: random.below(2) === 0,
    maxOutputTokens,
    ttl,
    packTtl: ttl,
    without: random.below(3) === 0 ? new Set() : without,
    attachment,
    ...(packText === undefined ? {} : { packText }),
  };
}

function goBack(chat: Chat, random: Random): undefined {
  const { turns, aside } = chat.conversation;
  const end = Math.min(turns.length, 1 + random.below(turns.length + 1));
  chat.conversation = {
    ...chat.conversation,
    turns: turns.slice(0, end),
    aside: [...aside, ...turns.slice(end)],
  };
}

function decide(chat: Chat, random: Random): undefined {
  const { compactions } = chat.conversation;
  const compaction = compactions[random.below(compactions.length)];
  if (!compaction || compaction.state === 'dropped') return;
  const state =
    compaction.state === 'taken' ? 'undone' : random.pick(['taken', 'taken', 'declined'] as const);
  chat.record({ type: 'compactionDecided', compaction: compaction.id, state });
}

function parts(random: Random): readonly Part[] {
  const text = say(`${random.text(30)}?`);
  switch (random.below(16)) {
    case 7:
    case 8:
      return [update(random), ...text];
    case 0:
      return [code(random.text(20)), ...text];
    case 1:
      return [...text, code(random.text(20), { scope: random.pick(['file', 'symbol']), symbol: 'parse' })];
    case 2:
      return [picture(100 + random.below(900), 90), ...text];
    case 3:
      return [...text, paper(1 + random.below(30))];
    case 4:
      return [printed(random.text(40)), ...text];
    case 5:
      return [
        printed(random.text(9)),
        picture(90, 90),
        code('x'),
        paper(2),
        paper(3, { shown: null }),
        ...text,
      ];
    case 6:
      // A question may be nothing but what is attached.
      return [paper(1)];
    default:
      return text;
  }
}

function update(random: Random): Part {
  const text = random.text(20);
  return { kind: 'update', path: 'src/kept.ts', change: 'changed', form: 'whole', text, hash: text };
}

/** What becomes of an answer: mostly something whole, sometimes less, sometimes a server that finds fault. */
function manner(chat: Chat, random: Random): Manner {
  const { script } = chat.account;
  script.clear();
  switch (random.below(14)) {
    case 0:
      return { fails: { kind: 'overloaded', status: 529 } };
    case 1:
      script.enqueue({ blocks: [], stopReason: 'refusal' });
      return {};
    case 2:
      script.enqueue(paused(random));
      if (random.below(2) === 0) script.enqueue(paused(random));
      script.enqueue(reply(random));
      return {};
    case 3:
      script.enqueue({ thinking: 'Hm. '.repeat(40), text: '', stopReason: 'max_tokens' });
      return {};
    case 4:
    case 5:
      script.enqueue(reply(random));
      return { stopAfter: 1 + random.below(4), half: random.below(2) === 0 };
    case 6:
      return { refuse: faultFinder(random) };
    default:
      script.enqueue(reply(random));
      return {};
  }
}

const thought = (text: string) => ({ type: 'thinking', thinking: text });
const words = (text: string) => ({ type: 'text', text });

function reply(random: Random): Reply {
  switch (random.below(5)) {
    case 0:
      return { blocks: [thought('One.'), words('First.'), thought('Two.'), words('Second.')] };
    case 1:
      return { blocks: [{ type: 'redacted_thinking' }, words('Nothing to see.')] };
    case 2:
      return { blocks: [thought('Odd.'), { type: 'hologram', depth: random.below(9) }, words('Done.')] };
    case 3:
      return { blocks: Array.from({ length: 24 }, (_, at) => words(`Line ${at}.`)) };
    default:
      return { thinking: 'Let me see.', text: `Answer ${random.below(1000)}.` };
  }
}

function paused(random: Random): Reply {
  const block = { type: 'server_tool_use', id: `s${random.below(99)}`, name: 'search', input: {} };
  return { blocks: [thought('Looking.'), words('Let me look.'), block], stopReason: 'pause_turn' };
}

/** Complains of some place in the request, once. */
function faultFinder(random: Random): NonNullable<Manner['refuse']> {
  let isDone = false;
  return ({ request }) => {
    if (isDone) return undefined;
    isDone = true;
    const message = random.below(request.messages.length);
    const block = random.below(request.messages[message]?.content.length ?? 1);
    const place = random.pick([`messages.${message}.content.${block}: `, `messages.${message}: `, '']);
    const what = random.pick(['Could not be read', 'Extra inputs are not permitted', 'Invalid `signature`']);
    return { kind: 'invalidRequest', status: 400, type: 'invalid_request_error', message: `${place}${what}` };
  };
}
