import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pdfOf } from '../../support/pdf.ts';
import { picture } from './pictures.ts';
import { assertRefused, params, setup } from './setup.ts';

const WORDS = { type: 'text', text: 'What does it say?' } as const;

function document(data: string | Buffer, more: object = {}) {
  const base64 = typeof data === 'string' ? data : data.toString('base64');
  const source = { type: 'base64', media_type: 'application/pdf', data: base64, ...more } as const;
  return { type: 'document', source, title: 'paper.pdf' } as const;
}

const ask = (...blocks: readonly object[]) => ({
  ...params(),
  messages: [{ role: 'user', content: [...blocks, WORDS] }],
});

test('a PDF costs its pages, each of which has its own tokens within what is documented', async (t) => {
  const { client } = await setup(t);
  const count = async (...blocks: readonly ReturnType<typeof document>[]) => {
    const messages = [{ role: 'user' as const, content: [...blocks, WORDS] }];
    return (await client.beta.messages.countTokens({ model: 'claude-sonnet-5-5', messages })).input_tokens;
  };
  const none = await count();
  const of = async (pages: number) => (await count(document(pdfOf(pages)))) - none;
  const title = 10;
  const perPage = new Set<number>();
  for (const pages of [1, 2, 3, 12]) {
    const tokens = await of(pages);
    assert.equal(await of(pages), tokens);
    assert.ok(tokens >= 1500 * pages && tokens <= 3000 * pages + title, `${tokens} for ${pages} pages`);
    perPage.add(Math.round(tokens / pages));
  }
  assert.equal(perPage.size, 4, 'no figure that a client could know');
  assert.equal((await count(document(pdfOf(2)), document(pdfOf(3)))) - none, (await of(2)) + (await of(3)));
});

test('a PDF must be one that can be opened', async (t) => {
  const { fake } = await setup(t);
  const where = String.raw`^messages\.0\.content\.0\.pdf\.source\.base64\.`;
  for (const [block, says] of [
    [document(Buffer.from('<html>no</html>')), 'data: The PDF specified was not valid'],
    [document(pdfOf(1, { encrypted: true })), 'data: The PDF specified is password protected'],
    [document(''), 'data: PDF cannot be empty'],
    [document('not base64!'), 'data: invalid base64'],
    [document(pdfOf(1), { media_type: 'text/html' }), "media_type: Input should be 'application/pdf'"],
  ] as const) {
    await assertRefused(fake, ask(block), { says: new RegExp(where + says) });
  }
});

test('pages are limited by the window, over the whole request', async (t) => {
  const { fake, client } = await setup(t);
  const small = { model: 'claude-haiku-4-5', max_tokens: 100 };
  await assertRefused(
    fake,
    { ...ask(document(pdfOf(2)), document(pdfOf(101))), ...small },
    { says: /^messages\.0\.content\.1\.pdf.*A maximum of 100 PDF pages may be provided/ },
  );
  await assertRefused(
    fake,
    { ...ask(document(pdfOf(60)), document(pdfOf(41))), ...small },
    { says: /^messages: Too much media: 101 document pages \+ 0 images > 100/ },
  );
  await assertRefused(fake, ask(document(pdfOf(601))), { says: /A maximum of 600 PDF pages/ });
  const content = [document(pdfOf(60)), document(pdfOf(35)), WORDS];
  const messages = [{ role: 'user' as const, content }];
  assert.ok(await client.beta.messages.create({ ...params({ messages }), ...small }));
});

test('pages and images are limited together', async (t) => {
  const { fake, client } = await setup(t);
  const small = { model: 'claude-haiku-4-5', max_tokens: 100 };
  const content = [document(pdfOf(60)), ...Array.from({ length: 40 }, () => picture(20, 20)), WORDS];
  const messages = [{ role: 'user' as const, content }];
  assert.ok(await client.beta.messages.create({ ...params({ messages }), ...small }));
  await assertRefused(
    fake,
    { ...ask(...content, picture(20, 20)), ...small },
    { says: /^messages: Too much media: 60 document pages \+ 41 images > 100/ },
  );
});

test('a model that reads no PDF refuses it, and an answer holds none', async (t) => {
  const { fake } = await setup(t);
  await assertRefused(
    fake,
    { ...ask(document(pdfOf(1))), model: 'claude-quill-1' },
    { says: /^messages\.0\.content\.0: PDF input is not supported on claude-quill-1/ },
  );
  const messages = [
    { role: 'user', content: [WORDS] },
    { role: 'assistant', content: [document(pdfOf(1))] },
    { role: 'user', content: [WORDS] },
  ];
  await assertRefused(
    fake,
    { ...params(), messages },
    { says: /^messages\.1\.content\.0: `document` blocks are not allowed in assistant messages/ },
  );
});

test('documents inside tool results are looked at as well, and texts must have some', async (t) => {
  const { fake } = await setup(t);
  const call = { type: 'tool_use', id: 't1', name: 'read', input: {} };
  const result = { type: 'tool_result', tool_use_id: 't1', content: [document('AAAA')] };
  const messages = [
    { role: 'user', content: [WORDS] },
    { role: 'assistant', content: [call] },
    { role: 'user', content: [result] },
  ];
  await assertRefused(fake, { ...params(), messages }, { says: /^messages\.2\.content\.0\.content\.0\.pdf/ });
  const empty = { type: 'document', source: { type: 'text', media_type: 'text/plain', data: '' } };
  await assertRefused(fake, ask(empty), { says: /must be non-empty/ });
  await assertRefused(fake, ask({ type: 'document' }), { says: /document\.source: Field required/ });
});

test('a PDF by address can be asked about and not counted', async (t) => {
  const { fake, client } = await setup(t);
  const source = { type: 'url', url: 'https://example.com/a.pdf' } as const;
  const messages = [{ role: 'user' as const, content: [{ type: 'document' as const, source }, WORDS] }];
  assert.ok(await client.beta.messages.create(params({ messages })));
  await assertRefused(
    fake,
    { model: 'claude-sonnet-5-5', messages },
    { says: /'url' sources are not supported by count_tokens/, path: 'messages/count_tokens' },
  );
});
