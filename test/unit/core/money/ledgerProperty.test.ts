import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InputSplit, Usage } from '../../../../src/core/conversation/model.ts';
import { createCacheLedger, outlineOf } from '../../../../src/core/money/ledger.ts';
import type { Thinking } from '../../../../src/core/request/capabilities.ts';
import { createRandom, type Random } from '../../../support/random.ts';
import { createSimulatedApi, type SimulatedApi } from './simulatedApi.ts';
import { answer, ask, image, prose, requestOf, type Talk, talk, text } from './talk.ts';

const MINUTE = 60_000;
const ON = { type: 'adaptive', display: 'summarized' } as const;
/** Models of different minimum, tokenizer and thinking, each with the way it does without. */
const MODELS: readonly [Model, ...Model[]] = [
  { id: 'claude-sonnet-5-5', off: { type: 'between_tools' } },
  { id: 'claude-haiku-5-5', off: { type: 'disabled' } },
  { id: 'claude-opus-4-8', off: { type: 'disabled' } },
  { id: 'claude-sonnet-4-6', off: { type: 'disabled' } },
];

interface Model {
  readonly id: string;
  readonly off: Thinking;
}

test('predictions of random conversations are right on at least 99 of 100 requests', () => {
  const random = createRandom(20261122);
  const seen = { requests: 0, wrong: [] as string[], reads: 0, misses: 0, lost: 0 };
  for (let run = 0; run < 60; run++) talkAtRandom(random, run, seen);
  assert.ok(seen.requests > 1500, `${seen.requests} requests`);
  assert.ok(seen.reads > 500 && seen.misses > 200 && seen.lost > 50, JSON.stringify({ ...seen, wrong: 0 }));
  const share = 1 - seen.wrong.length / seen.requests;
  assert.ok(
    share >= 0.99,
    `${share} right of ${seen.requests}; wrong: ${seen.wrong.slice(0, 12).join('\n')}`,
  );
});

interface Seen {
  requests: number;
  wrong: string[];
  reads: number;
  misses: number;
  lost: number;
}

/** Several conversations under one key, with one ledger, through everything that can happen to them. */
function talkAtRandom(random: Random, run: number, seen: Seen): void {
  const api = createSimulatedApi();
  const ledger = createCacheLedger();
  // From a dozen words to ten thousand, small and large alike.
  const shared = [prose(Math.floor(10 ** (1 + 3 * random.next())), `system${run}`)];
  const talks = Array.from({ length: 1 + random.below(3) }, () => newTalk(random, shared));
  for (let step = 0; step < 40; step++) {
    const talking = random.pick([talks[0] ?? talk(), ...talks]);
    happen(talking, random, api);
    ask(talking, ...question(random, `${run} ${step}`));
    const request = requestOf(talking);
    const outline = outlineOf(request);
    const total = api.count(request);
    const predicted = ledger.predict(outline, total, api.now);
    const { usage, content } = api.send(request, replyFor(random));
    ledger.note(outline, usage, api.now);
    answer(talking, content);
    seen.requests++;
    if (usage.cacheRead > 0) seen.reads++;
    else seen.misses++;
    if (predicted.lost) seen.lost++;
    if (!isRight(predicted.split, usage, total)) {
      const { usage: _, ...told } = { usage, ...predicted.split };
      seen.wrong.push(`run ${run} step ${step} ${JSON.stringify(told)} ${JSON.stringify(usage)}`);
    }
    // The answer took its time.
    api.now += random.below(MINUTE);
  }
}

function newTalk(random: Random, shared: readonly string[]): Talk {
  const { id } = random.pick(MODELS);
  const ttl = random.pick(['5m', '1h'] as const);
  const system = random.below(3) > 0 ? shared : [...shared, prose(random.below(900) + 1, 'own')];
  return talk({ model: id, ttl, system: random.below(8) === 0 ? [] : system });
}

/** What happens between two questions. */
function happen(talking: Talk, random: Random, api: SimulatedApi): void {
  const wait = random.below(10);
  if (wait === 0) api.now += (6 + random.below(50)) * MINUTE;
  else if (wait === 1) api.now += (61 + random.below(50)) * MINUTE;
  else api.now += random.below(4 * MINUTE);
  const current = MODELS.find(({ id }) => id === talking.model) ?? MODELS[0];
  switch (random.below(14)) {
    case 0:
      talking.model = random.pick(MODELS).id;
      talking.thinking = ON;
      break;
    case 1:
      talking.effort = random.pick(['low', 'medium', 'high', undefined] as const);
      break;
    case 2:
      talking.thinking = talking.thinking.type === 'adaptive' ? current.off : ON;
      break;
    case 3:
      // The same question again: the newest answer goes aside.
      talking.messages = talking.messages.slice(0, -2);
      break;
    case 4:
      talking.messages = talking.messages.slice(0, 2 * random.below(1 + talking.messages.length / 2));
      break;
    case 5:
      talking.messages = [];
      break;
  }
}

function question(random: Random, seed: string) {
  const words = random.pick([3, 12, 60, 800, 4000]);
  const asked = text(`${prose(words, seed)}?`);
  return random.below(12) === 0 ? [image(400 + random.below(2000), 700), asked] : [asked];
}

function replyFor(random: Random) {
  if (random.below(5) > 0) return undefined;
  const blocks = Array.from({ length: 5 + random.below(45) }, (_, at) => ({
    type: 'text',
    text: prose(3 + (at % 30), `part${at}`),
  }));
  return { blocks };
}

/** Each part within 1 % of the whole prompt. */
function isRight(split: InputSplit, usage: Usage, total: number): boolean {
  const parts = [
    [split.fresh, usage.input],
    [split.read, usage.cacheRead],
    [split.write1h, usage.cacheWrite1h],
    [split.write5m, usage.cacheWrite - usage.cacheWrite1h],
  ] as const;
  return parts.every(([predicted, billed]) => Math.abs(predicted - billed) <= Math.max(1, total * 0.01));
}
