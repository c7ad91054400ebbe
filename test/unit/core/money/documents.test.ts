import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentTokens } from '../../../../src/core/money/documentTokens.ts';
import {
  type Calibration,
  calibrate,
  estimateRequest,
  reckon,
  UNCALIBRATED,
} from '../../../../src/core/money/estimate.ts';
import { createTokenCounter } from '../../../../src/core/money/tokenCounter.ts';
import { estimatePart } from '../../../../src/core/request/attachments.ts';
import { countable } from '../../../../src/core/request/counting.ts';
import type { ComposedRequest, MessageRequest } from '../../../../src/core/request/messageRequest.ts';
import { createSimulatedApi } from './simulatedApi.ts';
import { answer, ask, image, paper, prose, requestOf, talk, text } from './talk.ts';

/** What a server says whose pages have so many tokens and whose text has `factor` times ours. */
function counted(
  request: MessageRequest,
  { page, factor }: { readonly page: number; readonly factor: number },
) {
  const reckoned = reckon(request, 'high');
  return Math.round(reckoned.text * factor + (reckoned.documents / 2000) * page + reckoned.images);
}

function learned(calibration: Calibration, request: MessageRequest, tokens: number): Calibration {
  return calibrate(calibration, reckon(request, 'high'), tokens);
}

test('a document is reckoned by its pages, apart from text and images', () => {
  const talking = talk();
  ask(talking, paper(3), paper(4), image(280, 280), text('What do they say?'));
  const { text: words, documents, images } = reckon(requestOf(talking), 'high');
  assert.deepEqual([documents, images], [14_000, 100]);
  assert.ok(words > 4 && words < 15);
  assert.equal(estimateRequest(requestOf(talking), 'high', UNCALIBRATED), Math.round(14_100 + words));
});

test('pages that nobody has counted follow from the weight of the file', () => {
  assert.equal(documentTokens(undefined, 0), 2000);
  assert.equal(documentTokens(undefined, 120_000), 6000);
  assert.equal(documentTokens(undefined, 1e9), 1_200_000);
  assert.equal(documentTokens(5, 1e9), 10_000);
  const talking = talk();
  ask(talking, paper(1500, null));
  const { documents } = reckon(requestOf(talking), 'high');
  assert.equal(
    documents,
    documentTokens(undefined, Buffer.from(dataOf(requestOf(talking)), 'base64').length),
  );
});

test('the estimate of a PDF is marked as one and lies, as the figure of the server does, within what is documented', () => {
  const api = createSimulatedApi();
  for (const pages of [1, 12, 90]) {
    const source = { type: 'stored', sha256: 'a', mediaType: 'application/pdf', bytes: 900, pages } as const;
    const { tokens, exact } = estimatePart({ kind: 'document', label: 'a.pdf', source }, 'claude-sonnet-5-5');
    assert.equal(exact, false);
    const talking = talk();
    ask(talking, paper(pages), text('What does it say?'));
    for (const figure of [tokens, api.count(requestOf(talking)) - api.count(requestOf(wordsOnly()))]) {
      assert.ok(figure >= 1500 * pages && figure <= 3000 * pages + 20, `${figure} for ${pages} pages`);
    }
  }
});

function wordsOnly(): ReturnType<typeof talk> {
  const talking = talk();
  ask(talking, text('What does it say?'));
  return talking;
}

test('after a count the request is estimated exactly, however dense its pages are', () => {
  for (const page of [600, 2000, 3400]) {
    const talking = talk();
    ask(talking, paper(20), image(900, 900), text(prose(500)));
    const exact = counted(requestOf(talking), { page, factor: 1.1 });
    const calibration = learned(UNCALIBRATED, requestOf(talking), exact);
    assert.equal(estimateRequest(requestOf(talking), 'high', calibration), exact);
  }
});

test('dense pages do not spoil what was learned of the text', () => {
  for (const page of [700, 3400]) {
    const server = { page, factor: 1.2 };
    const talking = talk();
    ask(talking, text(prose(3000)));
    let calibration = learned(UNCALIBRATED, requestOf(talking), counted(requestOf(talking), server));
    const { factor } = calibration;
    ask(talking, paper(30), text(prose(100)));
    calibration = learned(calibration, requestOf(talking), counted(requestOf(talking), server));
    assert.equal(calibration.factor, factor);
    ask(talking, text(prose(3000, 'b')));
    const exact = counted(requestOf(talking), server);
    const estimated = estimateRequest(requestOf(talking), 'high', calibration);
    assert.ok(Math.abs(estimated - exact) <= exact * 0.002, `${estimated} for ${exact}`);
  }
});

test('a conversation that grows behind a PDF is estimated within 2 %, whatever its pages and its language cost', () => {
  for (const page of [500, 1400, 3400]) {
    for (const factor of [0.85, 1.2]) {
      const talking = talk();
      let calibration = UNCALIBRATED;
      ask(talking, paper(10), text(prose(30)));
      for (let turn = 0; turn < 12; turn++) {
        const exact = counted(requestOf(talking), { page, factor });
        // What a new document adds, or a language before it was seen beside one, nobody can know.
        if (turn > 1 && turn !== 7) {
          const estimated = estimateRequest(requestOf(talking), 'high', calibration);
          const what = `${page} ${factor} ${turn}: ${estimated} for ${exact}`;
          assert.ok(Math.abs(estimated - exact) <= exact * 0.02, what);
        }
        calibration = learned(calibration, requestOf(talking), exact);
        assert.equal(estimateRequest(requestOf(talking), 'high', calibration), exact);
        answer(talking, [{ type: 'text', text: prose(200, `a${turn}`) }]);
        ask(talking, text(prose(200, `q${turn}`)), ...(turn === 6 ? [paper(2)] : []));
      }
    }
  }
});

test('another PDF of as many pages is not taken for the one that was counted', () => {
  const talking = talk();
  ask(talking, paper(20), text(prose(300)));
  const sparse = counted(requestOf(talking), { page: 1000, factor: 1 });
  const calibration = learned(UNCALIBRATED, requestOf(talking), sparse);
  const other = talk();
  ask(other, paper(20), text(prose(300, 'b')));
  const dense = counted(requestOf(other), { page: 3000, factor: 1 });
  const after = learned(calibration, requestOf(other), dense);
  assert.equal(after.factor, calibration.factor);
  assert.equal(estimateRequest(requestOf(other), 'high', after), dense);
});

test('text behind a PDF teaches as much as text alone, once the PDF was counted', () => {
  const server = { page: 3000, factor: 1.3 };
  const talking = talk();
  ask(talking, paper(5), text('?'));
  let calibration = learned(UNCALIBRATED, requestOf(talking), counted(requestOf(talking), server));
  for (let turn = 0; turn < 4; turn++) {
    answer(talking, [{ type: 'text', text: prose(800, `a${turn}`) }]);
    ask(talking, text(prose(50, `q${turn}`)));
    calibration = learned(calibration, requestOf(talking), counted(requestOf(talking), server));
  }
  assert.ok(Math.abs(calibration.factor - 1.3) < 0.03, String(calibration.factor));
});

test('without its documents a conversation is estimated as if they had never been', () => {
  const server = { page: 3400, factor: 1 };
  const talking = talk();
  ask(talking, paper(40), text(prose(400)));
  const calibration = learned(UNCALIBRATED, requestOf(talking), counted(requestOf(talking), server));
  const without = talk();
  ask(without, text(prose(400)));
  const exact = counted(requestOf(without), server);
  assert.ok(Math.abs(estimateRequest(requestOf(without), 'high', calibration) - exact) <= 2);
});

test('a count that has no room for the documents teaches nothing', () => {
  const talking = talk();
  ask(talking, paper(40), text(prose(400)));
  assert.deepEqual(learned(UNCALIBRATED, requestOf(talking), 300), UNCALIBRATED);
  assert.deepEqual(learned(UNCALIBRATED, requestOf(talking), Number.NaN), UNCALIBRATED);
});

test('a PDF can be counted: nothing is taken out for that, and the counter remembers what it had', async () => {
  const api = createSimulatedApi();
  const talking = talk();
  ask(talking, paper(3), text('What does it say?'));
  const request = requestOf(talking);
  assert.equal(JSON.stringify(countable(request, 'high').request), JSON.stringify(request));
  assert.deepEqual([countable(request, 'high').added, countable(request, 'high').guessed], [0, 0]);
  const composed: ComposedRequest = { request, origins: [] };
  const counter = createTokenCounter();
  const exact = api.count(request) + 2500;
  counter.learn(composed, exact);
  assert.equal(counter.known(composed), exact);
  assert.equal(counter.estimate({ request: requestOf(talking), origins: [] }), exact);
});

function dataOf({ messages }: MessageRequest): string {
  const block = messages[0]?.content[0];
  const source = block && 'source' in block ? block.source : undefined;
  return JSON.parse(JSON.stringify(source)).data;
}
