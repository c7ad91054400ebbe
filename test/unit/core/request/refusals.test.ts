import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kindOf } from '../../../../src/claude/errorKinds.ts';
import type { Failure, Repair } from '../../../../src/core/conversation/model.ts';
import type { ImagePart } from '../../../../src/core/conversation/parts.ts';
import type { ComposedRequest } from '../../../../src/core/request/messageRequest.ts';
import { composeRequest } from '../../../../src/core/request/request.ts';
import { code } from '../../../support/conversations.ts';
import { SMALL_PICTURE } from '../../../support/requests400/places.ts';
import {
  type ConversationKind,
  REFUSALS,
  type RecordedRefusal,
} from '../../../support/requests400/refusals.ts';
import { bytesOf, type Chat, createChat, paper, picture, say } from './chat.ts';

test('there are enough recorded refusals, of every kind of conversation', () => {
  assert.ok(REFUSALS.length >= 25);
  assert.equal(new Set(REFUSALS.map(({ name }) => name)).size, REFUSALS.length);
});

for (const refusal of REFUSALS) {
  test(`after ${refusal.name}, the conversation goes on`, () => {
    const chat = buildConversation(refusal.strikes);
    const strike = strikeOf(refusal);
    assert.ok(strike(composeRequest(pending(chat), chat.options)), 'It strikes this conversation.');
    const first = chat.ask(lastQuestion(refusal.strikes), { refuse: strike });
    assert.equal(first.failure !== undefined, refusal.isLost === true, JSON.stringify(first.failure));
    assert.equal(first.sent.length, refusal.requests);
    assert.deepEqual(summaryOf(first.repairs), refusal.repairs);
    const next = chat.ask(say('What comes next?'), { refuse: strike });
    assert.equal(next.failure, undefined, JSON.stringify(next.failure));
    const sent = JSON.stringify(next.sent.at(-1)?.request.messages);
    assert.match(sent, /What comes next\?/);
    assert.equal(sent.includes('the last straw'), !refusal.isLost);
    assert.equal(next.repairs.length, 0, 'What was repaired stays repaired.');
  });
}

/** How often each repair was made, without saying where: `{ partLeftOut: 2, 'fieldDropped effort': 1 }`. */
function summaryOf(repairs: readonly Repair[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const repair of repairs) {
    const detail = repair.kind === 'fieldDropped' ? ` ${repair.field}` : '';
    const figure = repair.kind === 'maxTokensLowered' ? ` ${repair.tokens}` : '';
    const name = `${repair.kind}${detail}${figure}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** The conversation with the question that is about to be asked, to see whether the refusal strikes it. */
function pending(chat: Chat) {
  const parent = chat.conversation.turns.at(-1)?.id ?? null;
  const turn = {
    role: 'user',
    id: 'q',
    parent,
    at: 1,
    parts: [...say('the last straw'), picture(3000, 90), paper(1)],
  } as const;
  return { ...chat.conversation, turns: [...chat.conversation.turns, turn] };
}

function lastQuestion(kind: ConversationKind) {
  const words = say('the last straw');
  if (kind === 'freshPaper') return [paper(2), ...words];
  return kind === 'freshPicture' ? [picture(3000, 900), ...words] : words;
}

function buildConversation(kind: ConversationKind): Chat {
  const chat = createChat({
    attachment: (sha256) => {
      if (sha256.startsWith('pdf')) return bytesOf(sha256);
      return sha256.startsWith('small') ? SMALL_PICTURE : LARGE;
    },
    ...(kind === 'hourLongCache' ? { ttl: '1h' } : {}),
  });
  chat.ask(say('Question 0'));
  switch (kind) {
    case 'picture':
      chat.ask([picture(3000, 900), ...say('Question 1')]);
      break;
    case 'manyPictures':
      for (let at = 0; at < 5; at++) {
        chat.ask([...Array.from({ length: 5 }, () => picture(1999, 900)), ...say('Look.')]);
      }
      break;
    case 'paper':
      chat.ask([paper(2), ...say('Question 1')]);
      break;
    case 'papers':
      chat.ask([paper(40), ...say('Question 1')]);
      chat.ask([paper(40), paper(40), ...say('And these?')]);
      break;
    case 'paperAndPicture':
      chat.ask([picture(300, 90), paper(2), ...say('Question 1')]);
      break;
    case 'pictureByAddress':
      chat.ask([BY_ADDRESS, ...say('Question 1')]);
      break;
    case 'attachedCode':
      chat.ask([code('let a;'), ...say('Question 1')]);
      break;
    case 'oddBlock':
      chat.account.script.enqueue({
        blocks: [
          { type: 'hologram', depth: 3 },
          { type: 'text', text: 'There.' },
        ],
      });
      chat.ask(say('Question 1'));
      break;
    case 'unanswered':
      chat.ask(say('Nobody heard this.'), { fails: { kind: 'network' } });
      break;
    default:
      chat.ask(say('Question 1'));
  }
  chat.ask(say('Question 2'));
  if (kind === 'summarized') summarize(chat);
  if (kind === 'summarizedAtThreshold') {
    const text = 'A long preface with many words in it. '.repeat(6000);
    chat.conversation = { ...chat.conversation, system: { format: 1, texts: [text] }, turns: [] };
    chat.ask(say('Question 1'));
    const { options } = chat;
    const model = { id: 'claude-opus-4-8', name: 'Claude Opus 4.8', compaction: ['threshold'] } as const;
    chat.options = { ...options, modelId: 'claude-opus-4-8', model: { ...options.model, ...model } };
    summarize(chat);
  }
  return chat;
}

function summarize(chat: Chat): void {
  const compaction = chat.compact();
  assert.ok(compaction);
  chat.record({ type: 'compactionDecided', compaction: compaction.id, state: 'taken' });
  chat.ask(say('Question after the summary'));
}

const BY_ADDRESS: ImagePart = {
  kind: 'image',
  label: 'https://example.com/a.png',
  source: { type: 'url', url: 'https://example.com/a.png' },
};

/** A PNG of 1999 × 900 px, as far as its header goes, whatever the part says. */
const LARGE = 'iVBORwAAAAAAAAAAAAAAAAAAB88AAAOEAAAAAAAAAAAA';

/** The server that refuses: words, code and places as they were recorded. */
function strikeOf(refusal: RecordedRefusal): (composed: ComposedRequest) => Failure | undefined {
  return ({ request }) => {
    const places = refusal.refuses(request);
    if (!places) return undefined;
    const { status, type, code: errorCode, details } = refusal;
    const message = refusal.message.replaceAll('{path}', places[0] ?? '');
    const kind = kindOf({ status, type, code: errorCode, message });
    const limit = details?.max_side_length_pixels;
    return {
      kind,
      status,
      type,
      message,
      ...(errorCode === undefined ? {} : { code: errorCode }),
      ...(details?.paths ? { paths: places } : {}),
      ...(limit === undefined ? {} : { limit }),
    };
  };
}
