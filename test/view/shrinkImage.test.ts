import './dom.ts';

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToHost } from '../../src/core/protocol.ts';
import { shrinkImage } from '../../src/webview/pictures/shrinkImage.ts';
import { dom } from './dom.ts';
import { openPage } from './support.ts';

interface Canvas {
  readonly width: number;
  readonly height: number;
}

/** A browser whose encoder makes files of the size that the test says. */
function browser(
  image: { readonly width: number; readonly height: number },
  bytesOf: (canvas: Canvas, type: string, quality: number | undefined) => number,
  writes: readonly string[] = ['image/png', 'image/jpeg', 'image/webp'],
): typeof dom {
  class OffscreenCanvas {
    readonly width: number;
    readonly height: number;
    constructor(width: number, height: number) {
      this.width = width;
      this.height = height;
    }
    getContext(): object {
      const dataOf = (width: number, height: number) => ({
        width,
        height,
        data: new Uint8ClampedArray(width * height * 4),
      });
      const nothing = () => {};
      return {
        drawImage: nothing,
        clearRect: nothing,
        putImageData: nothing,
        createImageData: dataOf,
        getImageData: (_x: number, _y: number, width: number, height: number) => dataOf(width, height),
      };
    }
    async convertToBlob({ type, quality }: { type: string; quality?: number }): Promise<Blob> {
      const written = writes.includes(type) ? type : 'image/png';
      return new dom.Blob([new dom.Uint8Array(bytesOf(this, type, quality))], { type: written });
    }
  }
  return Object.assign(Object.create(dom), {
    OffscreenCanvas,
    Blob: dom.Blob,
    FileReader: dom.FileReader,
    setTimeout: (work: () => void) => dom.setTimeout(work),
    atob: (text: string) => dom.atob(text),
    createImageBitmap: async () => ({ ...image, close: () => {} }),
  }) as typeof dom;
}

const ASKED = {
  seq: 1,
  type: 'imageShrinkAsked',
  id: 'i',
  data: 'AAAA',
  mediaType: 'image/png',
  maxSide: 2000,
  maxBytes: 1000,
} as const;

test('An image is scaled to the largest side and keeps its shape and its format', async () => {
  const made = await shrinkImage(
    browser({ width: 4000, height: 1000 }, () => 3),
    ASKED,
  );
  assert.deepEqual(made, {
    type: 'imageShrunk',
    id: 'i',
    data: 'AAAA',
    mediaType: 'image/png',
    width: 2000,
    height: 500,
  });
});

test('An image is never made larger', async () => {
  const made = await shrinkImage(
    browser({ width: 10, height: 20 }, () => 3),
    ASKED,
  );
  assert.deepEqual([made.width, made.height], [10, 20]);
});

test('A PNG with too many bytes becomes a WebP of falling quality', async () => {
  const window = browser({ width: 100, height: 100 }, (_, type, quality = 1) =>
    type === 'image/webp' && quality <= 0.75 ? 999 : 1001,
  );
  const made = await shrinkImage(window, ASKED);
  assert.deepEqual([made.mediaType, made.width], ['image/webp', 100]);
  assert.notEqual(made.data, '');
});

test('A browser that writes no WebP writes a JPEG, and a JPEG stays one', async () => {
  const small = (_: Canvas, type: string): number => (type === 'image/png' ? 1001 : 10);
  const image = { width: 100, height: 100 };
  const fallback = await shrinkImage(browser(image, small, ['image/png', 'image/jpeg']), ASKED);
  assert.equal(fallback.mediaType, 'image/jpeg');
  const jpeg = await shrinkImage(browser(image, small), { ...ASKED, mediaType: 'image/jpeg' });
  assert.equal(jpeg.mediaType, 'image/jpeg');
});

test('When no quality fits, the image gets smaller', async () => {
  const window = browser({ width: 2000, height: 2000 }, ({ width }) => (width < 1200 ? 10 : 2000));
  const made = await shrinkImage(window, ASKED);
  assert.deepEqual([made.width, made.height], [1125, 1125]);
});

test('What cannot be read or made to fit is answered with nothing', async () => {
  const nothing = { type: 'imageShrunk', id: 'i', data: '', mediaType: 'image/png', width: 0, height: 0 };
  const huge = browser({ width: 500, height: 500 }, () => 5000);
  assert.deepEqual(await shrinkImage(huge, ASKED), nothing);
  const broken = Object.assign(
    browser({ width: 1, height: 1 }, () => 1),
    {
      createImageBitmap: () => Promise.reject(new Error('no image')),
    },
  );
  assert.deepEqual(await shrinkImage(broken, ASKED), nothing);
  assert.deepEqual(await shrinkImage(huge, { ...ASKED, data: '%%%' }), nothing);
});

test('The page answers what the host asks, whatever comes of it', async () => {
  const page = openPage();
  const { seq: _, ...message } = ASKED;
  page.tell(message);
  let answer: ToHost | undefined;
  for (let turns = 0; turns < 50 && !answer; turns += 1) {
    await Promise.resolve();
    answer = page.wishes.find(({ type }) => type === 'imageShrunk');
  }
  assert.deepEqual(answer, {
    type: 'imageShrunk',
    id: 'i',
    data: '',
    mediaType: 'image/png',
    width: 0,
    height: 0,
  });
  page.close();
});
