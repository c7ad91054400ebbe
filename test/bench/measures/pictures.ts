import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { ImageSize } from '../../../src/core/ports.ts';
import type { Purpose } from '../../../src/webview/attaching/picturing.ts';
import { openBrowserPage } from '../../support/browserPage.ts';
import type { PaintedText } from '../../support/pictures/inPage.ts';
import {
  type Gray,
  grayOf,
  learnLetters,
  legibility,
  scaledByReference,
  scrambled,
} from '../../support/pictures/legibility.ts';
import { plainPng } from '../../support/png.ts';
import { repository } from '../../support/vscode/paths.ts';
import { compare, type Figure } from '../figures.ts';

const AREA = 'Pictures';
const REPETITIONS = 5;
/** Ms from which on browsers speak of a long task; those below count as 0. */
const LONG = 50;
const PURPOSE: Purpose = { tier: 'high', detail: 'auto', images: 1 };

/** The work on pictures alone, in an empty page: from the file to what its chip shows, and to what is attached. */
export async function measurePictures(): Promise<readonly Figure[]> {
  const { page, close } = await openBrowserPage(join(repository, 'test/support/pictures/inPage.ts'));
  try {
    return [
      ...(await measure(page, 'photo of 12 megapixels', await photo(page), 'image/jpeg')),
      ...(await measureLegibility(page)),
      ...(await measure(page, 'PNG of 12,000 × 8,000 px', huge(), 'image/png')),
    ];
  } finally {
    await close();
  }
}

async function measure(page: Page, what: string, base64: string, type: string): Promise<readonly Figure[]> {
  const facts: number[] = [];
  const prepared: number[] = [];
  const busy: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < REPETITIONS; run++) {
    const outcome = await page.evaluate(([base64, purpose]) => window.pictures.prepare(base64, purpose), [
      base64,
      PURPOSE,
    ] as const);
    if ('problem' in outcome.result) throw new Error(outcome.result.problem);
    facts.push(outcome.factsAfter);
    prepared.push(outcome.preparedAfter);
    busy.push(outcome.longestTask);
    bare.push((await bareOf(page, base64, outcome.result, type)).ms);
  }
  return [
    compare(AREA, `${what}: what its chip shows`, 'ms', facts),
    compare(AREA, `${what}: ready`, 'ms', prepared, {
      what: "createImageBitmap and convertToBlob, the browser's own scaling",
      values: bare,
    }),
    compare(AREA, `${what}: longest task of the page`, 'ms', busy, { what: 'limit', values: [LONG] }),
  ];
}

/** The share of letters of 11 px that can be told apart in a screenshot made small enough for older models. */
async function measureLegibility(page: Page): Promise<readonly Figure[]> {
  const [known, text] = [await letters(page, 1), await letters(page, 2)];
  const { result } = await page.evaluate(([base64, purpose]) => window.pictures.prepare(base64, purpose), [
    text.base64,
    { ...PURPOSE, tier: 'standard' },
  ] as const);
  if ('problem' in result) throw new Error(result.problem);
  const decode = async (base64: string) =>
    grayOf(await page.evaluate((base64) => window.pictures.decodeGray(base64), base64));
  const reference = async ({ base64 }: PaintedText) =>
    scaledByReference(await decode(base64), result.width, result.height);
  const scale = result.width / 2560;
  const templates = learnLetters(await reference(known), known, scale);
  const share = (gray: Gray): number => 100 * legibility(gray, text, scale, templates);
  const what = 'letters of 11 px told apart, 2560 px made 1456';
  const parley = [share(await decode(result.base64))];
  const own = await bareOf(page, text.base64, result, 'image/png');
  return [
    compare(AREA, what, '%', parley, {
      what: 'scaled by the textbook (Lanczos)',
      values: [share(await reference(text))],
    }),
    compare(AREA, what, '%', parley, {
      what: "the browser's own scaling",
      values: [share(await decode(own.base64))],
    }),
  ];
}

function bareOf(page: Page, base64: string, { width, height }: ImageSize, type: string) {
  return page.evaluate(([base64, size, type]) => window.pictures.bare(base64, size, type), [
    base64,
    { width, height },
    type,
  ] as const);
}

function letters(page: Page, seed: number): Promise<PaintedText> {
  return page.evaluate(
    (order) => window.pictures.paintText('11px sans-serif', ['#1e1e1e', '#cccccc'], order),
    scrambled(seed),
  );
}

function photo(page: Page): Promise<string> {
  return page.evaluate(() => window.pictures.paintPhoto(4032, 3024, 'image/jpeg'));
}

function huge(): string {
  return plainPng(12_000, 8_000).toString('base64');
}
