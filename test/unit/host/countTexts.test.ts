import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure } from '../../../src/core/conversation/model.ts';
import { estimateText } from '../../../src/core/money/estimateText.ts';
import { type Claude, type Counting, fail, type Result, succeed } from '../../../src/core/ports.ts';
import type { MessageRequest } from '../../../src/core/request/messageRequest.ts';
import {
  type CountedText,
  type CountWatch,
  createCountTexts,
  type TextCounts,
} from '../../../src/host/counting/countTexts.ts';
import { createScriptedClaude } from '../../support/memoryPorts.ts';
import { createRandom } from '../../support/random.ts';

/** A message costs 7 tokens, each further block 2, and a text one token for each of its words. */
const MESSAGE = 7;
const BLOCK = 2;
const words = (text: string): number => text.split(/\s+/).filter(Boolean).length;

function textsOf({ messages }: MessageRequest): readonly string[] {
  return messages.flatMap(({ content }) =>
    content.map((block) => ('text' in block ? String(block.text) : '')),
  );
}

interface CountingClaude extends Claude {
  /** The texts of each count, in their order. */
  readonly counted: readonly (readonly string[])[];
}

function countingClaude(
  answer: (texts: readonly string[], at: number) => Failure | undefined = () => undefined,
) {
  const counted: (readonly string[])[] = [];
  const claude: CountingClaude = {
    ...createScriptedClaude(),
    counted,
    countTokens(request): Counting {
      const texts = textsOf(request);
      const failure = answer(texts, counted.push(texts) - 1);
      const tokens = texts.reduce((sum, text) => sum + words(text), MESSAGE + BLOCK * (texts.length - 1));
      const result: Result<number> = failure ? fail(failure) : succeed(tokens);
      return { tokens: Promise.resolve(result), cancel: () => undefined };
    },
  };
  return claude;
}

function textOf(text: string): CountedText {
  return { estimate: estimateText(text), bytes: Buffer.byteLength(text), text: async () => text };
}

const quiet: CountWatch = { onCancelled: () => undefined };

function count(claude: Claude, texts: readonly CountedText[], watch = quiet): Promise<TextCounts> {
  return createCountTexts(async () => succeed(claude))('m', texts, watch);
}

const tokensOf = ({ figures }: TextCounts): readonly number[] => figures.map(({ tokens }) => tokens);
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

test('one text takes two counts, the second text one: the frame is known by then', async () => {
  const claude = countingClaude();
  const countTexts = createCountTexts(async () => succeed(claude));
  const first = await countTexts('m', [textOf('one two three')], quiet);
  assert.deepEqual(first.figures, [{ tokens: 3, exactness: 'exact' }]);
  assert.equal(claude.counted.length, 2);
  await countTexts('m', [textOf('four')], quiet);
  assert.equal(claude.counted.length, 3);
});

test('each model has a frame of its own', async () => {
  const claude = countingClaude();
  const countTexts = createCountTexts(async () => succeed(claude));
  await countTexts('m', [textOf('x')], quiet);
  await countTexts('n', [textOf('x')], quiet);
  assert.equal(claude.counted.length, 4);
});

test('few texts are exact each', async () => {
  const counts = await count(countingClaude(), [textOf('a b'), textOf(''), textOf('c d e')]);
  assert.deepEqual(counts.figures, [
    { tokens: 2, exactness: 'exact' },
    { tokens: 0, exactness: 'exact' },
    { tokens: 3, exactness: 'exact' },
  ]);
  assert.equal(counts.failure, undefined);
});

test('any number of texts: the sum is exact, in at most thirteen counts', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = createRandom(seed);
    const texts = Array.from({ length: 13 + random.below(60) }, () => `x${'y z '.repeat(random.below(40))}`);
    const claude = countingClaude();
    const counts = await count(claude, texts.map(textOf));
    assert.equal(sum(tokensOf(counts)), sum(texts.map(words)), `seed ${seed}`);
    assert.ok(claude.counted.length <= 13);
    assert.ok(counts.figures.every(({ exactness }) => exactness !== 'estimated'));
  }
});

test('a share is marked as one, and a text alone in its bundle as exact', async () => {
  const large = textOf('word '.repeat(100_000));
  const counts = await count(countingClaude(), [large, ...Array.from({ length: 30 }, () => textOf('a b c'))]);
  assert.deepEqual(counts.figures[0], { tokens: 100_000, exactness: 'exact' });
  assert.equal(counts.figures[1]?.exactness, 'shared');
});

test('white space alone is not sent, nor what cannot be read any more; both stay estimates', async () => {
  const claude = countingClaude();
  const gone: CountedText = { estimate: 50, bytes: 10, text: async () => undefined };
  const counts = await count(claude, [textOf(' \n\t '), gone, textOf('a')]);
  assert.deepEqual(
    counts.figures.map(({ exactness }) => exactness),
    ['estimated', 'estimated', 'exact'],
  );
  assert.equal(counts.figures[1]?.tokens, 50);
  assert.ok(claude.counted.flat().every((text) => text.trim() !== ''));
});

test('a text that fails to be read stays an estimate and harms no other', async () => {
  const broken: CountedText = { estimate: 50, bytes: 10, text: () => Promise.reject(new Error('gone')) };
  const counts = await count(countingClaude(), [broken, textOf('a b')]);
  assert.deepEqual(counts.figures, [
    { tokens: 50, exactness: 'estimated' },
    { tokens: 2, exactness: 'exact' },
  ]);
});

test('half of a pair is replaced, as in every request', async () => {
  const claude = countingClaude();
  await count(claude, [textOf('a \ud83d b')]);
  assert.ok(claude.counted.flat().includes('a \ufffd b'));
});

test('nothing but empty texts asks nobody', async () => {
  const counts = await createCountTexts(() => assert.fail('nobody is asked'))('m', [textOf('')], quiet);
  assert.deepEqual(counts, { figures: [{ tokens: 0, exactness: 'exact' }] });
});

test('without a key the estimates stay, and the reason is given', async () => {
  const texts = [textOf('some words'), textOf('more')];
  const counts = await createCountTexts(async () => fail({ kind: 'noKey' }))('m', texts, quiet);
  assert.deepEqual(counts.failure, { kind: 'noKey' });
  assert.deepEqual(tokensOf(counts), [estimateText('some words'), estimateText('more')]);
});

test('a frame that cannot be counted is asked for again the next time', async () => {
  const claude = countingClaude((_, at) => (at === 0 ? { kind: 'rateLimit' } : undefined));
  const countTexts = createCountTexts(async () => succeed(claude));
  assert.equal((await countTexts('m', [textOf('a')], quiet)).failure?.kind, 'rateLimit');
  assert.deepEqual((await countTexts('m', [textOf('a')], quiet)).figures, [
    { tokens: 1, exactness: 'exact' },
  ]);
});

test('after too many requests no further ones are made, and what was counted stays', async () => {
  const claude = countingClaude((_, at) => (at >= 2 ? { kind: 'rateLimit' } : undefined));
  const texts = Array.from({ length: 12 }, (_, at) => textOf(`a ${at}`));
  const counts = await count(claude, texts);
  assert.equal(counts.failure?.kind, 'rateLimit');
  assert.ok(claude.counted.length < 8, `${claude.counted.length} counts`);
  assert.equal(counts.figures[0]?.exactness, 'exact');
  assert.equal(counts.figures[11]?.exactness, 'estimated');
});

test('a text that the API does not take leaves the others alone', async () => {
  const claude = countingClaude((texts) => (texts.includes('bad') ? { kind: 'tooLong' } : undefined));
  const texts = ['bad', ...Array.from({ length: 9 }, (_, at) => `a ${at}`)].map(textOf);
  const counts = await count(claude, texts);
  assert.equal(counts.failure?.kind, 'tooLong');
  assert.deepEqual(counts.figures.filter(({ exactness }) => exactness === 'estimated').length, 1);
});

test('calling off cancels what is on its way and asks for nothing more', async () => {
  let cancel = (): void => undefined;
  const cancelled: string[] = [];
  const base = countingClaude();
  const claude: Claude = {
    ...base,
    countTokens(request) {
      const texts = textsOf(request);
      if (texts[0] === 'a') return base.countTokens(request);
      let end: (result: Result<number>) => void = () => undefined;
      const tokens = new Promise<Result<number>>((resolve) => {
        end = resolve;
      });
      cancel();
      return {
        tokens,
        cancel() {
          cancelled.push(...texts);
          end(fail({ kind: 'timeout' }));
        },
      };
    },
  };
  const listeners: (() => void)[] = [];
  cancel = () =>
    queueMicrotask(() => {
      for (const listener of listeners) listener();
    });
  const texts = Array.from({ length: 12 }, (_, at) => textOf(`t${at}`));
  const counts = await count(claude, texts, { onCancelled: (listener) => listeners.push(listener) });
  assert.ok(cancelled.length > 0 && cancelled.length <= 4, String(cancelled));
  assert.ok(counts.figures.every(({ exactness }) => exactness === 'estimated'));
});

test('what is called off before it begins asks nobody', async () => {
  const claude = countingClaude();
  const counts = await count(claude, [textOf('a b')], { onCancelled: (listener) => listener() });
  assert.equal(claude.counted.length, 0);
  assert.equal(counts.figures[0]?.exactness, 'estimated');
});

test('progress tells how many of how many requests are through', async () => {
  const told: string[] = [];
  const onProgress = (done: number, all: number): void => void told.push(`${done}/${all}`);
  await count(countingClaude(), [textOf('a'), textOf('b')], { ...quiet, onProgress });
  assert.deepEqual(told, ['1/2', '2/2']);
});
