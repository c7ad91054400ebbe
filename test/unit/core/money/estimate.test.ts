import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { calibrate, estimateRequest, reckon, UNCALIBRATED } from '../../../../src/core/money/estimate.ts';
import { imageTokens, mostImageTokens } from '../../../../src/core/money/imageFit.ts';
import { imageSizeOf } from '../../../../src/core/money/imageSize.ts';
import type { MessageRequest } from '../../../../src/core/request/messageRequest.ts';
import { createRandom } from '../../../support/random.ts';
import { PICTURES } from '../../fakeClaude/pictures.ts';
import { createSimulatedApi } from './simulatedApi.ts';
import { answer, ask, image, imageByAddress, prose, requestOf, talk, text } from './talk.ts';

/** A prompt of nothing but words. */
const words = (text: number) => ({ text, documents: 0, images: 0 });

const CODE = readFileSync(new URL(import.meta.url), 'utf8');
const SAMPLES = {
  english: (
    'The cache is valid by construction: every request starts with the one before it, byte for byte. ' +
    'What changes, such as the open file or the date, goes into the newest question. '
  ).repeat(12),
  code: CODE,
  german: 'Größere Änderungen müssen überprüft werden, bevor sie übernommen werden. '.repeat(20),
  russian: 'Каждый разработчик проверяет изменения перед отправкой. '.repeat(20),
  chinese: '在发送之前检查每一个更改，然后运行所有的测试。'.repeat(20),
  korean: '모든 변경 사항을 보내기 전에 확인합니다. '.repeat(20),
  emoji: '🙂👍🏽🚀'.repeat(50),
  json: JSON.stringify(Array.from({ length: 90 }, (_, id) => ({ id, name: `n${id}`, ok: true }))),
} as const;

test('after one exact count a growing conversation is estimated within 2 %', () => {
  for (const [name, sample] of Object.entries(SAMPLES)) {
    const api = createSimulatedApi();
    const talking = talk({ system: ['You help.'] });
    let calibration = UNCALIBRATED;
    for (let turn = 0; turn < 12; turn++) {
      ask(talking, text(`${turn}: ${sample}`));
      const request = requestOf(talking);
      const exact = api.count(request);
      if (turn > 0) {
        const estimated = estimateRequest(request, 'high', calibration);
        assert.ok(Math.abs(estimated - exact) <= exact * 0.02, `${name} ${turn}: ${estimated} for ${exact}`);
      }
      calibration = calibrate(calibration, reckon(request, 'high'), exact);
      answer(talking, [{ type: 'text', text: sample.slice(0, 200) }]);
    }
  }
});

test('with a calibration the request that was counted is estimated exactly, images and all', () => {
  const talking = talk();
  ask(talking, image(1000, 1000), text(prose(300)));
  const request = requestOf(talking);
  const { images } = reckon(request, 'high');
  const calibration = calibrate(UNCALIBRATED, reckon(request, 'high'), images + 777);
  assert.equal(estimateRequest(request, 'high', calibration), images + 777);
});

test('images are added by rule and not by what texts have taught', () => {
  const talking = talk();
  ask(talking, text(prose(300)));
  const request = requestOf(talking);
  const raw = estimateRequest(request, 'high', UNCALIBRATED);
  const calibration = calibrate(UNCALIBRATED, reckon(request, 'high'), raw * 2);
  ask(talking, image(2000, 1500));
  const more = estimateRequest(requestOf(talking), 'high', calibration) - raw * 2;
  const size = imageTokens({ width: 2000, height: 1500 }, 'high');
  assert.ok(more >= size && more <= size + 10, `${more} for ${size}`);
});

test('counts that can not be teach nothing, and a few words teach little', () => {
  for (const [estimated, exact] of [
    [0, 5],
    [5, 0],
    [-1, 5],
    [5, Number.NaN],
    [Number.NaN, 5],
  ] as const) {
    assert.deepEqual(calibrate(UNCALIBRATED, words(estimated), exact), UNCALIBRATED);
  }
  assert.ok(calibrate(UNCALIBRATED, words(4), 12).factor < 1.2);
  assert.ok(calibrate(UNCALIBRATED, words(4000), 12_000).factor > 2.5);
});

test('an estimate rises with the prompt, whatever was counted before', () => {
  const calibration = calibrate(UNCALIBRATED, words(1000), 1700);
  let before = 0;
  for (let length = 1; length < 2000; length += 50) {
    const talking = talk();
    ask(talking, text(prose(length)));
    const estimated = estimateRequest(requestOf(talking), 'high', calibration);
    assert.ok(estimated > before);
    before = estimated;
  }
});

test('older tokenizers make fewer tokens of the same text', () => {
  const talking = talk();
  ask(talking, text(prose(1000)));
  const request = requestOf(talking);
  const old = { ...request, model: 'claude-haiku-4-5-20251001' };
  const ratio = estimateRequest(request, 'high', UNCALIBRATED) / estimateRequest(old, 'high', UNCALIBRATED);
  assert.ok(Math.abs(ratio - 1.3) < 0.01);
});

test('a thousand turns are reckoned once, and then at the speed of typing', () => {
  const talking = talk();
  for (let turn = 0; turn < 1000; turn++) {
    ask(talking, text(prose(200, `q${turn}`)));
    answer(talking, [{ type: 'text', text: prose(300, `a${turn}`) }]);
  }
  const timed = (request: MessageRequest) => {
    const started = performance.now();
    estimateRequest(request, 'high', UNCALIBRATED);
    return performance.now() - started;
  };
  const best = (make: () => MessageRequest) => Math.min(...Array.from({ length: 10 }, () => timed(make())));
  const anew = best(() => structuredClone(requestOf(talking)));
  const again = best(() => requestOf(talking));
  assert.ok(again < anew / 4, `${anew} ms for new blocks, ${again} ms for known ones`);
});

test('images are counted as the server counts them, on both tiers', () => {
  const random = createRandom(3);
  const api = createSimulatedApi();
  for (const [model, tier] of [
    ['claude-sonnet-5-5', 'high'],
    ['claude-sonnet-4-6', 'standard'],
  ] as const) {
    for (let run = 0; run < 20; run++) {
      const [width, height] = [1 + random.below(6000), 1 + random.below(6000)];
      const without = talk({ model });
      ask(without, text('What is this?'));
      const within = talk({ model });
      ask(within, image(width, height), text('What is this?'));
      const tokens = api.count(requestOf(within)) - api.count(requestOf(without));
      assert.equal(reckon(requestOf(within), tier).images, tokens, `${width} x ${height}`);
    }
  }
});

test('the size of every kind of image is read from its header', () => {
  for (const [type, make] of Object.entries(PICTURES)) {
    assert.deepEqual(imageSizeOf(make(1234, 567)), { width: 1234, height: 567 }, type);
  }
});

test('the other forms of WebP and JPEG are read too', () => {
  const webp = (kind: string, bytes: readonly number[]) =>
    Buffer.concat([Buffer.from(`RIFF....WEBP${kind}....`, 'latin1'), Buffer.from(bytes)]).toString('base64');
  const bits = 99 | (49 << 14);
  const lossless = [0x2f, bits & 255, (bits >> 8) & 255, (bits >> 16) & 255, bits >> 24];
  assert.deepEqual(imageSizeOf(webp('VP8L', lossless)), { width: 100, height: 50 });
  assert.deepEqual(imageSizeOf(webp('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a, 0x2c, 0x41, 0xc8, 0x40])), {
    width: 0x12c,
    height: 0xc8,
  });
  const exif = Buffer.alloc(60_000, 1);
  exif.writeUInt32BE(0xffe1ea5e, 0);
  const frame = Buffer.from('ffffc20011080030004003012200021100', 'hex');
  const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8]), exif, frame]);
  assert.deepEqual(imageSizeOf(jpeg.toString('base64')), { width: 64, height: 48 });
});

test('what is no image or cut off has no size, whatever it is, and never hangs', () => {
  const random = createRandom(11);
  for (const make of Object.values(PICTURES)) {
    const whole = make(640, 480);
    for (let length = 0; length < 13; length++) assert.equal(imageSizeOf(whole.slice(0, length)), undefined);
    for (let run = 0; run < 200; run++) {
      const bytes = Buffer.from(whole, 'base64');
      bytes[random.below(bytes.length)] = random.below(256);
      const size = imageSizeOf(bytes.toString('base64'));
      assert.ok(size === undefined || (size.width > 0 && size.height > 0));
    }
  }
  for (const junk of ['', '====', '!!!!', 'hello', 'iVBORw0KGgo=', '/9j/4AAA', '/9j/']) {
    assert.equal(imageSizeOf(junk), undefined, junk);
  }
});

test('an image that nobody knows the size of counts as the largest', () => {
  const talking = talk();
  ask(talking, imageByAddress());
  assert.equal(reckon(requestOf(talking), 'high').images, mostImageTokens('high'));
  assert.equal(reckon(requestOf(talking), 'standard').images, 1568);
});
