import assert from 'node:assert/strict';
import { test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { imageSize } from '../../support/fakeClaude/prompt/imageSize.ts';
import { type MediaType, PICTURES, picture } from './pictures.ts';
import { assertRefused, params, setup } from './setup.ts';

const ask = (...blocks: object[]) => ({
  ...params(),
  messages: [{ role: 'user', content: [...blocks, { type: 'text', text: 'Look.' }] }],
});

test('the tokens of an image come from the pixels in its header', async (t) => {
  const { client } = await setup(t);
  const count = async (media: MediaType, width: number, height: number, model = 'claude-sonnet-5-5') => {
    const content = [picture(width, height, media)];
    const counted = await client.beta.messages.countTokens({ model, messages: [{ role: 'user', content }] });
    return counted.input_tokens - 4;
  };
  for (const media of Object.keys(PICTURES)) {
    assert.equal(await count(media as MediaType, 280, 57), 30, media);
    assert.deepEqual(imageSize(picture(280, 57, media as MediaType).source), { width: 280, height: 57 });
  }
  assert.equal(await count('image/png', 8000, 8000), 69 * 69);
  assert.equal(await count('image/png', 8000, 8000, 'claude-haiku-4-5'), 39 * 39);
});

test('an image is scaled as the API documents it', async (t) => {
  const { client } = await setup(t);
  const count = async (width: number, height: number, model: string) => {
    const content = [picture(width, height)];
    const counted = await client.beta.messages.countTokens({ model, messages: [{ role: 'user', content }] });
    return counted.input_tokens - 4;
  };
  for (const [width, height, standard, high] of [
    [200, 200, 64, 64],
    [1092, 1092, 1521, 1521],
    [1920, 1080, 1560, 2691],
    [2000, 1500, 1564, 3888],
    [3840, 2160, 1560, 4784],
    [1075, 1520, 33 * 47, 2145],
  ] as const) {
    assert.equal(await count(width, height, 'claude-haiku-4-5'), standard);
    assert.equal(await count(width, height, 'claude-sonnet-5-5'), high);
  }
});

test('an image must be what it says, and readable', async (t) => {
  const { fake } = await setup(t);
  const image = (over: object) => ask({ type: 'image', source: { ...picture(9, 9).source, ...over } });
  await assertRefused(fake, image({ media_type: 'image/bmp' }), {
    says: /messages\.0\.content\.0.*media_type/,
  });
  await assertRefused(fake, image({ media_type: 'image/gif' }), { says: /appears to be a image\/png/ });
  await assertRefused(fake, image({ data: 'not base64!' }), { says: /invalid base64/ });
  await assertRefused(fake, image({ data: 'AAAA' }), { says: /Could not process image/ });
  await assertRefused(fake, image({ data: 'A'.repeat(10 * 1024 * 1024 + 4) }), { says: /10 MB maximum/ });
});

test('a model without eyes takes no images', async (t) => {
  const { fake } = await setup(t);
  await assertRefused(
    fake,
    { ...ask(picture(9, 9)), model: 'claude-quill-1' },
    { says: /^messages\.0\.content\.0: image input is not supported/ },
  );
});

test('sides over 8000 pixels are refused, and over 2000 when there are more than 20 images', async (t) => {
  const { fake, client } = await setup(t);
  await assertRefused(fake, ask(picture(8001, 10)), {
    says: /8000 pixels/,
    code: 'image_dimensions_too_large',
  });
  const nested = {
    role: 'user' as const,
    content: [{ type: 'tool_result' as const, tool_use_id: 't1', content: [picture(30, 2001)] }],
  };
  const many = Array.from({ length: 20 }, () => picture(20, 20));
  const messages = [
    { role: 'user' as const, content: [picture(2001, 1), ...many] },
    {
      role: 'assistant' as const,
      content: [{ type: 'tool_use' as const, id: 't1', name: 'see', input: {} }],
    },
    nested,
  ];
  await assert.rejects(client.beta.messages.create(params({ messages })), (error) => {
    assert.ok(error instanceof Anthropic.APIError);
    assert.deepEqual(error.details, {
      error_code: 'image_dimensions_too_large',
      max_side_length_pixels: 2000,
      paths: ['messages.0.content.0', 'messages.2.content.0.content.0'],
    });
    return error.constructor.name === 'ImageDimensionsTooLargeError';
  });
});

test('a small window takes 100 images and a large one more', async (t) => {
  const { fake, client } = await setup(t);
  const content = Array.from({ length: 101 }, () => picture(20, 20));
  const messages = [{ role: 'user' as const, content }];
  assert.ok(await client.beta.messages.create(params({ messages })));
  await assertRefused(fake, params({ messages, model: 'claude-haiku-4-5' }), {
    says: /^messages: Too much media: 0 document pages \+ 101 images > 100/,
  });
});
