import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  billedUsd,
  estimateError,
  quoteError,
  rightPredictions,
  usdOf,
} from '../../../support/sessions/figures.ts';
import { idealUsd } from '../../../support/sessions/ideal.ts';
import { updatePart } from '../../../support/sessions/pack.ts';
import { runParley } from '../../../support/sessions/parley.ts';
import { replay } from '../../../support/sessions/replay.ts';
import type { SessionScript } from '../../../support/sessions/script.ts';
import {
  codeChat,
  linkedChat,
  packedChat,
  picturedChat,
  slowChat,
  switchedChat,
} from '../../../support/sessions/scripts.ts';
import { lastTwoQuestions, repackedChunks, uncached } from '../../../support/sessions/strategies.ts';

const packed = packedChat({ turns: 7, packTokens: 20_000 });

/** More blocks in one question than the API looks back from a cache point. */
function crowdedChat(): SessionScript {
  const script = codeChat({ turns: 8 });
  const pieces = Array.from({ length: 25 }, (_, at) => updatePart({ path: `src/${at}.ts`, text: 'x();\n' }));
  const turns = script.turns.map((turn, at) =>
    at === 4 ? { ...turn, parts: [...pieces, ...turn.parts] } : turn,
  );
  return { ...script, name: '8 turns, one with 25 pieces of code', turns };
}

const SHORT: readonly SessionScript[] = [
  codeChat({ turns: 8 }),
  packed,
  crowdedChat(),
  switchedChat({ turns: 8 }),
  // The first picture makes all cached messages unreadable, but not the files before them.
  { ...picturedChat({ turns: 9 }), pack: packed.pack },
];

for (const script of SHORT) {
  test(`a session costs what it has to and what was promised: ${script.name}`, async () => {
    const sent = await runParley(script);
    const [billed, ideal] = [billedUsd(sent), idealUsd(sent)];
    assert.equal(sent.length, script.turns.length);
    assert.ok(billed <= ideal * 1.03, `${billed} USD, where ${ideal} would do`);
    assert.ok(quoteError(sent).largest <= 0.01, `a quote was off by ${quoteError(sent).largest}`);
    assert.ok(rightPredictions(sent) >= 0.99, `right: ${rightPredictions(sent)}`);
  });
}

test('a slow session pays for the wrong lifetime only until its pace shows', async () => {
  const sent = await runParley(slowChat());
  assert.ok(billedUsd(sent) <= idealUsd(sent) * 1.03, `${billedUsd(sent)} USD for ${idealUsd(sent)}`);
  assert.ok(rightPredictions(sent) >= 0.99);
});

test('a picture by address is quoted as a guess, which is off by a few percent at most', async () => {
  const sent = await runParley(linkedChat({ turns: 8 }));
  assert.deepEqual(
    sent.map(({ quote }) => quote.state),
    ['exact', 'exact', ...Array(6).fill('estimate')],
  );
  assert.ok(quoteError(sent).largest <= 0.05, `a quote was off by ${quoteError(sent).largest}`);
});

test('estimates are close once a prompt has been counted', async () => {
  const sent = await runParley(codeChat({ turns: 8 }));
  assert.ok(estimateError(sent.slice(2)).largest <= 0.05, `off by ${estimateError(sent.slice(2)).largest}`);
});

test('the ways of others cost more where they cache less, and the ideal is no dearer than any', async () => {
  const sent = await runParley(packed);
  const [ideal, none, two, chunks] = [
    idealUsd(sent),
    ...[uncached, lastTwoQuestions, repackedChunks].map((way) => usdOf(replay(packed, sent, way), sent)),
  ];
  assert.ok(none !== undefined && two !== undefined && chunks !== undefined);
  assert.ok(ideal <= two && two < chunks && chunks < none, JSON.stringify({ ideal, two, chunks, none }));
});
