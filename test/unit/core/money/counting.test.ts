import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countable } from '../../../../src/core/request/counting.ts';
import { BETAS, type MessageRequest } from '../../../../src/core/request/messageRequest.ts';
import { createSimulatedApi } from './simulatedApi.ts';
import { answer, ask, image, imageByAddress, prose, requestOf, talk, text } from './talk.ts';

test('a request without anything special goes as it is, byte for byte', () => {
  const talking = talk({ system: ['You help.'] });
  ask(talking, image(100, 100), text('What is this?'));
  const request = requestOf(talking);
  const { request: counted, added, guessed } = countable(request, 'high');
  assert.equal(JSON.stringify(counted), JSON.stringify(request));
  assert.equal(counted.messages, request.messages);
  assert.deepEqual({ added, guessed }, { added: 0, guessed: 0 });
});

test('images by address are taken out and added at the most an image can cost', () => {
  const api = createSimulatedApi();
  const talking = talk();
  ask(talking, imageByAddress(), text('What is this?'), imageByAddress());
  const request = requestOf(talking);
  assert.throws(() => api.count(request), /url/);
  const { request: counted, added, guessed } = countable(request, 'high');
  assert.ok(api.count(counted) > 0);
  assert.deepEqual({ added, guessed }, { added: 2 * 4784, guessed: 2 });
  assert.equal(countable(request, 'standard').added, 2 * 1568);
});

test('a message of which nothing is left says a word', () => {
  const api = createSimulatedApi();
  const talking = talk();
  ask(talking, imageByAddress());
  const { request } = countable(requestOf(talking), 'high');
  assert.deepEqual(request.messages, [{ role: 'user', content: [{ type: 'text', text: 'Image' }] }]);
  assert.ok(api.count(request) < 10);
});

test('a conversation with an image by address and thinking behind it can still be counted', () => {
  const api = createSimulatedApi();
  const talking = talk();
  ask(talking, text('Before.'));
  answer(talking, api.send(requestOf(talking)).content);
  ask(talking, imageByAddress(), text('And this?'));
  answer(talking, api.send(requestOf(talking)).content);
  ask(talking, text('Thanks.'));
  const request = requestOf(talking);
  const { request: counted, added } = countable(request, 'high');
  const total = api.count(counted) + added;
  const { usage } = api.send(request);
  const billed = usage.input + usage.cacheRead + usage.cacheWrite;
  assert.ok(Math.abs(total - billed) <= billed * 0.02, `${total} for ${billed}`);
  const types = counted.messages.map(({ content }) => content.map(({ type }) => type));
  assert.deepEqual(types[1], ['thinking', 'text'], 'what stands before the image stays');
  assert.deepEqual(types[3], ['text']);
});

test('what asks for something else than a prompt is dropped, with the betas that only it needs', () => {
  const api = createSimulatedApi();
  const talking = talk();
  ask(talking, text(prose(20)));
  const request: MessageRequest = {
    ...requestOf(talking),
    diagnostics: { previous_message_id: 'msg_1' },
    compaction: { type: 'summarize' },
    betas: [BETAS.summarize, BETAS.binding],
  };
  const { request: counted } = countable(request, 'high');
  assert.equal('diagnostics' in counted || 'compaction' in counted || 'betas' in counted, false);
  assert.ok(api.count(counted) > 0);
  const edits = [
    {
      type: 'compact_20260112',
      trigger: { type: 'input_tokens', value: 50_000 },
      pause_after_compaction: true,
    },
  ] as const;
  const edited = countable(
    { ...requestOf(talking), context_management: { edits }, betas: [BETAS.threshold] },
    'high',
  );
  assert.equal('context_management' in edited.request || 'betas' in edited.request, false);
});

test('betas stay for what is still in the request', () => {
  const api = createSimulatedApi();
  const talking = talk();
  ask(talking, text(prose(20)));
  const summary = api.send({
    ...requestOf(talking),
    compaction: { type: 'summarize' },
    betas: [BETAS.summarize],
  });
  const after = talk({
    thinking: {
      type: 'adaptive',
      display: 'summarized',
      block_binding: { prefix_mismatch_behavior: 'drop_block' },
    },
  });
  answer(after, summary.content);
  ask(after, text('Go on.'));
  const betas = [BETAS.binding, BETAS.summarize];
  const { request } = countable({ ...requestOf(after), betas }, 'high');
  assert.deepEqual(request.betas, betas);
  assert.ok(api.count(request) > 0);
  const unknown = countable({ ...requestOf(talking), betas: ['something-new-2027-01-01'] }, 'high');
  assert.deepEqual(unknown.request.betas, ['something-new-2027-01-01']);
});
