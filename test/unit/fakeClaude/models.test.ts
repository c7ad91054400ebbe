import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeModel } from '../../support/fakeClaude/catalogue.ts';
import { params, setup } from './setup.ts';

const COMPACTION = 'compact-2026-09-04';

test('models are listed over all pages, newest first and without retired ones', async (t) => {
  const { fake, client } = await setup(t);
  const listed = [];
  for await (const model of client.beta.models.list({ limit: 4 })) listed.push(model);
  assert.equal(fake.requests.length, 3);
  assert.equal(listed.length, 11);
  assert.equal(listed[0]?.id, 'claude-fable-5-2');
  const dates = listed.map((model) => model.created_at);
  assert.deepEqual(dates, dates.toSorted().reverse());
  assert.ok(listed.every((model) => model.lifecycle !== 'retired'));
});

test('a page knows its ends and whether there is more, in both directions', async (t) => {
  const { client } = await setup(t);
  const first = await client.beta.models.list({ limit: 3 });
  assert.equal(first.has_more, true);
  assert.equal(first.first_id, first.data[0]?.id);
  assert.equal(first.last_id, first.data[2]?.id);
  const second = await client.beta.models.list({ limit: 3, after_id: first.last_id ?? '' });
  const back = await client.beta.models.list({ limit: 2, before_id: second.first_id ?? '' });
  assert.deepEqual(
    back.data.map((model) => model.id),
    first.data.slice(1).map((model) => model.id),
  );
  assert.equal(back.has_more, true);
  await assert.rejects(client.beta.models.list({ limit: 0 }), /limit: /);
  await assert.rejects(client.beta.models.list({ after_id: 'nobody' }), /after_id: /);
});

test('lifecycles can be chosen', async (t) => {
  const { client } = await setup(t);
  const retired = await client.beta.models.list({ lifecycle: ['retired', 'deprecated'] });
  assert.deepEqual(
    retired.data.map((model) => model.lifecycle),
    ['deprecated', 'retired'],
  );
  assert.ok(retired.data.every((model) => model.retires_at && model.deprecated_at));
});

test('an alias gives its model, and an unknown or retired one does not answer', async (t) => {
  const { client } = await setup(t);
  assert.equal((await client.beta.models.retrieve('claude-haiku-4-5')).id, 'claude-haiku-4-5-20251001');
  await assert.rejects(client.beta.models.retrieve('claude-none'), /model: claude-none/);
  await assert.rejects(
    client.beta.messages.create(params({ model: 'claude-3-7-sonnet-20250219' })),
    /not_found_error/,
  );
});

test('capabilities have the shape of the SDK, and compaction shows only to those who ask', async (t) => {
  const { client } = await setup(t);
  const model = await client.beta.models.retrieve('claude-opus-5-5');
  const asked = await client.beta.models.retrieve('claude-opus-5-5', { betas: [COMPACTION] });
  assert.equal(model.capabilities?.compaction, null);
  assert.deepEqual(asked.capabilities?.compaction, { supported: true, summarize: { supported: true } });
  assert.deepEqual(model.capabilities?.thinking.types, {
    adaptive: { supported: true },
    between_tools: { supported: false },
    disabled: { supported: false },
    enabled: { supported: false },
  });
  assert.equal(model.capabilities?.effort.xhigh?.supported, true);
});

test('a catalogue of ones own may hold a model without description', async (t) => {
  const bare = fakeModel({
    id: 'bare',
    name: 'Bare',
    released: '2026-01-01',
    window: null,
    maxTokens: null,
    shape: null,
  });
  const { client } = await setup(t, { models: [bare], pace: 'human' });
  const [model] = (await client.beta.models.list()).data;
  assert.equal(model?.display_name, 'Bare (simulated)');
  assert.equal(model?.capabilities, null);
  assert.equal(model?.max_tokens, null);
});
