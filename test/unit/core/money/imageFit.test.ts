import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitWithin, imageTokens, mostImageTokens } from '../../../../src/core/money/imageFit.ts';
import type { ImageSize } from '../../../../src/core/ports.ts';
import { fitFor } from '../../../../src/core/request/attachments.ts';
import { countImage } from '../../../support/fakeClaude/prompt/tokens.ts';
import { createRandom, type Random } from '../../../support/random.ts';

const TIERS = ['high', 'standard'] as const;

test('an image costs a token for each 28 by 28 px', () => {
  assert.equal(imageTokens({ width: 28, height: 28 }, 'high'), 1);
  assert.equal(imageTokens({ width: 29, height: 28 }, 'high'), 2);
  assert.equal(imageTokens({ width: 1, height: 1 }, 'high'), 1);
  assert.equal(imageTokens({ width: 1000, height: 1000 }, 'high'), 36 * 36);
  assert.equal(imageTokens({ width: 2576, height: 100 }, 'high'), 92 * 4);
});

test('sizes and tokens are those that the API documents', () => {
  for (const [width, height, standard, standardSize, high, highSize] of [
    [200, 200, 64, [200, 200], 64, [200, 200]],
    [1000, 1000, 1296, [1000, 1000], 1296, [1000, 1000]],
    [1092, 1092, 1521, [1092, 1092], 1521, [1092, 1092]],
    [1920, 1080, 1560, [1456, 819], 2691, [1920, 1080]],
    [2000, 1500, 1564, [1270, 952], 3888, [2000, 1500]],
    [3840, 2160, 1560, [1456, 819], 4784, [2576, 1449]],
    [1075, 1520, 1551, [924, 1307], 2145, [1075, 1520]],
  ] as const) {
    const size = { width, height };
    assert.equal(imageTokens(size, 'standard'), standard);
    assert.equal(imageTokens(size, 'high'), high);
    assert.deepEqual(Object.values(fitWithin(size, 'standard')), standardSize);
    assert.deepEqual(Object.values(fitWithin(size, 'high')), highSize);
  }
});

test('a middle between two sizes is rounded to the even one, as the API does', () => {
  assert.deepEqual(fitWithin({ width: 5152, height: 2577 * 2 - 1 }, undefined, 2576), {
    width: 2576,
    height: 2576,
  });
  assert.deepEqual(fitWithin({ width: 6000, height: 5 }, undefined, 3000), { width: 3000, height: 2 });
  assert.deepEqual(fitWithin({ width: 7, height: 6000 }, undefined, 3000), { width: 4, height: 3000 });
});

test('on any size the tokens are those that the server counts', () => {
  const random = createRandom(5);
  for (let run = 0; run < 3000; run++) {
    const size = anySize(random);
    for (const tier of TIERS) {
      assert.equal(imageTokens(size, tier), countImage(size, tier), `${JSON.stringify(size)} ${tier}`);
      assert.ok(imageTokens(size, tier) <= mostImageTokens(tier));
    }
  }
});

test('a picture that is made as small as the model sees it costs what the original does, and is the largest such', () => {
  const random = createRandom(6);
  for (let run = 0; run < 600; run++) {
    const size = anySize(random);
    for (const tier of TIERS) {
      const fit = fitFor(size, { detail: 'auto', tier, images: 20 });
      const what = `${JSON.stringify(size)} ${tier} ${JSON.stringify(fit)}`;
      assert.equal(imageTokens(fit, tier), imageTokens(size, tier), what);
      assert.deepEqual(fit, largestByTrying(size, tier, 8000), what);
      assert.deepEqual(fitFor(fit, { detail: 'auto', tier, images: 20 }), fit, what);
    }
  }
});

test('with more than twenty images no side is above 2,000 px, whatever the detail', () => {
  const random = createRandom(7);
  for (let run = 0; run < 300; run++) {
    const size = anySize(random);
    const detail = random.pick(['auto', 'full', 'fit'] as const);
    const tier = random.pick(TIERS);
    const fit = fitFor(size, { detail, tier, images: 21 });
    const seen = detail === 'full' ? undefined : detail === 'fit' ? 'standard' : tier;
    assert.deepEqual(fit, largestByTrying(size, seen, 2000), `${JSON.stringify(size)} ${detail}`);
  }
  const wide = { width: 2576, height: 1000 };
  assert.deepEqual(fitFor(wide, { detail: 'auto', tier: 'high', images: 20 }), wide);
  assert.deepEqual(fitFor(wide, { detail: 'auto', tier: 'high', images: 21 }), { width: 2000, height: 776 });
});

test('full detail is what the API takes at all, and fit is the small tier on every model', () => {
  const screenshot = { width: 12_000, height: 3000 };
  assert.deepEqual(fitFor(screenshot, { detail: 'full', tier: 'high', images: 1 }), {
    width: 8000,
    height: 2000,
  });
  assert.deepEqual(fitFor(screenshot, { detail: 'auto', tier: 'high', images: 1 }), {
    width: 2576,
    height: 644,
  });
  for (const tier of TIERS) {
    const fit = fitFor(screenshot, { detail: 'fit', tier, images: 1 });
    assert.deepEqual(fit, { width: 1568, height: 392 });
  }
});

test('nothing is ever made larger, and something is always left', () => {
  for (const size of [
    { width: 1, height: 1 },
    { width: 1, height: 100_000 },
    { width: 65_535, height: 1 },
    { width: 4_294_967_295, height: 3 },
  ]) {
    const fit = fitFor(size, { detail: 'auto', tier: 'standard', images: 1 });
    assert.ok(fit.width >= 1 && fit.height >= 1 && fit.width <= size.width && fit.height <= size.height);
    assert.ok(Math.max(fit.width, fit.height) <= 1568);
  }
});

/** Every long side from the largest down, the short one in proportion. */
function largestByTrying(
  { width, height }: ImageSize,
  tier: (typeof TIERS)[number] | undefined,
  maxSide: number,
): ImageSize {
  const [edge, most] = tier === 'high' ? [2576, 4784] : tier === 'standard' ? [1568, 1568] : [8000, 1e9];
  const long = Math.max(width, height);
  for (let side = long; ; side--) {
    const exact = (side * Math.min(width, height)) / long;
    const near =
      Math.round(exact) - Math.floor(exact) === 1 && exact % 1 === 0.5 ? evenOf(exact) : Math.round(exact);
    const short = side === long ? Math.min(width, height) : Math.max(1, near);
    const tokens = Math.ceil(side / 28) * Math.ceil(short / 28);
    if (side > Math.min(edge, maxSide) || tokens > most) continue;
    return width >= height ? { width: side, height: short } : { width: short, height: side };
  }
}

function evenOf(exact: number): number {
  return 2 * Math.round(exact / 2);
}

/** Squares, screenshots, scrolls and stamps. */
function anySize(random: Random): ImageSize {
  const most = random.pick([40, 700, 3000, 9000]);
  const width = 1 + random.below(most);
  const height = random.below(3) === 0 ? width : 1 + random.below(random.pick([10, most]));
  return random.below(2) === 0 ? { width, height } : { width: height, height: width };
}
