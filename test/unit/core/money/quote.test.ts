import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssistantTurn } from '../../../../src/core/conversation/model.ts';
import { createCacheLedger, outlineOf } from '../../../../src/core/money/ledger.ts';
import { costOf, priceOf, pricesWith } from '../../../../src/core/money/prices.ts';
import { lostUsd, quotedOf, quotedUsd, quoteOf, worstCase } from '../../../../src/core/money/quote.ts';
import { createSimulatedApi } from './simulatedApi.ts';
import { answer, ask, prose, requestOf, type Talk, talk, text } from './talk.ts';

const { prices } = pricesWith({});
const price = priceOf(prices, 'claude-sonnet-5-5');
assert.ok(price);

function lab() {
  const api = createSimulatedApi();
  const ledger = createCacheLedger();
  const quote = (talking: Talk) => {
    const request = requestOf(talking);
    const outline = outlineOf(request);
    const input = api.count(request);
    const prediction = ledger.predict(outline, input, api.now);
    return quoteOf({
      outline,
      input,
      exact: true,
      maxOutput: request.max_tokens,
      price,
      prediction,
      guessedImages: 0,
    });
  };
  const send = (talking: Talk) => {
    const request = requestOf(talking);
    const { usage, content } = api.send(request);
    ledger.note(outlineOf(request), usage, api.now);
    answer(talking, content);
    return usage;
  };
  return { api, quote, send };
}

test('the bill lies between the two ends of the quote, warm or cold', () => {
  const { api, quote, send } = lab();
  const talking = talk({ system: [prose(1500)], ttl: '1h' });
  for (let turn = 0; turn < 6; turn++) {
    ask(talking, text(prose(100, `q${turn}`)));
    const quoted = quote(talking);
    const usage = send(talking);
    const billed = costOf(
      {
        fresh: usage.input,
        read: usage.cacheRead,
        write5m: usage.cacheWrite - usage.cacheWrite1h,
        write1h: usage.cacheWrite1h,
        output: usage.output,
      },
      price,
    );
    assert.ok(quoted.usdLow !== undefined && quoted.usdHigh !== undefined);
    assert.ok(
      quoted.usdLow <= billed && billed <= quoted.usdHigh,
      `${quoted.usdLow} ${billed} ${quoted.usdHigh}`,
    );
    assert.equal(quoted.fresh + quoted.read + quoted.write5m + quoted.write1h, quoted.input);
    api.now += (turn % 2 ? 70 : 3) * 60_000;
  }
});

test('the worst case writes the whole prompt at the dearest lifetime and answers at full length', () => {
  const { quote, send } = lab();
  const talking = talk({ system: [prose(1500)], ttl: '1h' });
  ask(talking, text('One?'));
  send(talking);
  ask(talking, text('Two?'));
  const warm = quote(talking);
  assert.ok(warm.read > 1000);
  const worst = { fresh: 0, read: 0, write5m: 0, write1h: warm.input, output: 8000 };
  assert.deepEqual(worstCase(warm), worst);
  assert.equal(warm.usdHigh, costOf(worst, price));
});

test('without cache points the worst case is the full price', () => {
  const talking = talk();
  ask(talking, text('Hello?'));
  const request = { ...requestOf(talking), messages: [{ role: 'user' as const, content: [text('Hello?')] }] };
  const outline = outlineOf(request);
  const prediction = createCacheLedger().predict(outline, 9000, 0);
  const quote = quoteOf({
    outline,
    input: 9000,
    exact: false,
    maxOutput: 10,
    price,
    prediction,
    guessedImages: 1,
  });
  assert.equal(quote.state, 'estimate');
  assert.equal(quote.guessedImages, 1);
  assert.equal(quote.usdHigh, costOf({ fresh: 9000, read: 0, write5m: 0, write1h: 0, output: 10 }, price));
  assert.deepEqual(worstCase(quote), worstCase(quote, outline));
});

test('a worst case that has to be inferred is never below the true one', () => {
  const split = { fresh: 0, read: 0, write5m: 0, write1h: 0 };
  const quote = { ...split, state: 'exact', input: 100, maxOutput: 5, guessedImages: 0 } as const;
  assert.deepEqual(worstCase({ ...quote, fresh: 100 }), { ...split, fresh: 100, output: 5 });
  assert.deepEqual(worstCase({ ...quote, read: 90, write5m: 10 }), { ...split, write5m: 100, output: 5 });
  assert.deepEqual(worstCase({ ...quote, write5m: 90, write1h: 10 }), { ...split, write1h: 100, output: 5 });
  assert.deepEqual(worstCase({ ...quote, read: 100 }), { ...split, write1h: 100, output: 5 });
});

test('an unknown price gives tokens and no dollars', () => {
  const talking = talk();
  ask(talking, text('Hello?'));
  const outline = outlineOf(requestOf(talking));
  const prediction = createCacheLedger().predict(outline, 9, 0);
  const quote = quoteOf({ outline, input: 9, exact: true, maxOutput: 10, prediction, guessedImages: 0 });
  assert.equal('usdLow' in quote || 'usdHigh' in quote, false);
  assert.deepEqual(quotedOf(quote), {
    fresh: 9,
    read: 0,
    write5m: 0,
    write1h: 0,
    exact: true,
    maxOutput: 10,
  });
});

test('quoted and billed compare the same output', () => {
  const quoted = { fresh: 10, read: 1000, write5m: 100, write1h: 0, exact: true, maxOutput: 32_000 };
  const turn: AssistantTurn = {
    role: 'assistant',
    id: 'a',
    parent: null,
    at: 1,
    model: { id: 'claude-sonnet-5-5', name: '' },
    state: 'done',
    blocks: [],
    usage: { input: 1110, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 70 },
    sent: { at: 1, points: [], quoted },
  };
  assert.equal(
    quotedUsd(turn, prices),
    costOf({ fresh: 10, read: 1000, write5m: 100, write1h: 0, output: 70 }, price),
  );
  assert.equal(quotedUsd({ ...turn, sent: { at: 1, points: [] } }, prices), undefined);
  assert.equal(quotedUsd({ ...turn, model: { id: 'unheard-of', name: '' } }, prices), undefined);
  const { usage: _, ...unbilled } = turn;
  assert.equal(quotedUsd(unbilled, prices), undefined);
});

test('a miss costs the difference between writing and reading', () => {
  const close = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-12);
  close(lostUsd({ tokens: 1_000_000 }, price), 2.4);
  close(lostUsd({ tokens: 1_000_000 }, price, '1h'), 3.9);
});
