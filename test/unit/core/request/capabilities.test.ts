import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelInfo } from '../../../../src/core/modelInfo.ts';
import {
  effortFor,
  maxTokensFor,
  settingsFor,
  thinkingChoice,
  type Wishes,
} from '../../../../src/core/request/capabilities.ts';
import { composeCompaction } from '../../../../src/core/request/request.ts';
import { DEFAULT_MODELS } from '../../../support/fakeClaude/defaultModels.ts';
import { createChat, infoOf, modelNamed, optionsFor, say } from './chat.ts';

const WISHES: Wishes = {
  effort: 'high',
  thinking: 'on',
  showThinking: true,
  maxOutputTokens: 32_000,
  without: new Set(),
};
const of = (id: string, over: Partial<Wishes> = {}) =>
  settingsFor(infoOf(modelNamed(id)), { ...WISHES, ...over });
const BINDING = { block_binding: { prefix_mismatch_behavior: 'drop_block' } } as const;
const LIVE = DEFAULT_MODELS.filter(({ info }) => info.lifecycle !== 'retired');

test('every model takes whatever is wished of it, and says so by answering', () => {
  for (const model of LIVE) {
    for (const effort of ['low', 'medium', 'high', 'xhigh', 'max']) {
      for (const thinking of ['on', 'off'] as const) {
        for (const showThinking of [true, false]) {
          const chat = createChat(optionsFor(model, { effort, thinking, showThinking, ttl: '1h' }));
          chat.onRefused = (failure) => assert.fail(`${model.info.id}: ${failure.message}`);
          assert.equal(chat.ask(say('one')).failure, undefined);
          assert.equal(chat.ask(say('two')).failure, undefined);
        }
      }
    }
  }
});

test('every model that can summarize is asked in the way it knows', () => {
  const ways = LIVE.map((model) => {
    const chat = createChat(optionsFor(model));
    chat.ask(say('one'));
    const composed = composeCompaction(chat.conversation, chat.options, { instructions: '' });
    return [
      model.info.id,
      composed?.request.compaction?.type ?? composed?.request.context_management?.edits[0]?.type,
    ];
  });
  assert.deepEqual(Object.fromEntries(ways), {
    'claude-fable-5-2': 'summarize',
    'claude-quill-1': undefined,
    'claude-haiku-5-5': 'summarize',
    'claude-sonnet-5-5': 'summarize',
    'claude-opus-5-5': 'summarize',
    'claude-opus-5': 'summarize',
    'claude-sonnet-5': 'summarize',
    'claude-opus-4-8': 'compact_20260112',
    'claude-sonnet-4-6': 'compact_20260112',
    'claude-haiku-4-5-20251001': undefined,
    'claude-sonnet-4-5-20250929': undefined,
  });
});

test('thinking is asked for in the way the model has', () => {
  assert.deepEqual(of('claude-sonnet-5-5').thinking, { type: 'adaptive', display: 'summarized', ...BINDING });
  assert.deepEqual(of('claude-haiku-4-5').thinking, {
    type: 'enabled',
    budget_tokens: 16_000,
    display: 'summarized',
    ...BINDING,
  });
  assert.equal(of('claude-quill-1').thinking, undefined);
  assert.deepEqual(of('claude-fable-5-2', { showThinking: false }).thinking, {
    type: 'adaptive',
    display: 'omitted',
    ...BINDING,
  });
});

test('thinking is off where that is possible, and stays on where it is not', () => {
  const off = (id: string) => of(id, { thinking: 'off' }).thinking;
  assert.deepEqual(off('claude-haiku-5-5'), { type: 'disabled' });
  assert.deepEqual(off('claude-sonnet-5-5'), { type: 'between_tools' });
  assert.deepEqual(off('claude-quill-1'), { type: 'disabled' });
  assert.equal(off('claude-opus-5-5')?.type, 'adaptive');
});

test('there is a choice where the model can think and can be without it', () => {
  const choices = LIVE.filter((model) => thinkingChoice(infoOf(model))).map(({ info }) => info.id);
  const fixed = ['claude-fable-5-2', 'claude-quill-1', 'claude-opus-5-5'];
  assert.deepEqual(
    LIVE.map(({ info }) => info.id).filter((id) => !choices.includes(id)),
    fixed,
  );
  assert.equal(thinkingChoice(undefined), false);
});

test('without thinking the effort is at most high', () => {
  assert.equal(of('claude-haiku-5-5', { thinking: 'off', effort: 'max' }).effort, 'high');
  assert.equal(of('claude-haiku-5-5', { thinking: 'off', effort: 'low' }).effort, 'low');
  assert.equal(of('claude-haiku-5-5', { effort: 'max' }).effort, 'max');
  assert.equal(of('claude-opus-5-5', { thinking: 'off', effort: 'xhigh' }).effort, 'xhigh');
});

test('what the endpoint has refused is left out, and only that', () => {
  const without = (...fields: readonly (Wishes['without'] extends ReadonlySet<infer F> ? F : never)[]) =>
    of('claude-sonnet-5-5', { without: new Set(fields) });
  assert.deepEqual(without('thinking'), { effort: 'high', maxTokens: 32_000 });
  assert.deepEqual(without('thinking.display').thinking, { type: 'adaptive', ...BINDING });
  assert.deepEqual(without('block_binding').thinking, { type: 'adaptive', display: 'summarized' });
  assert.equal(without('effort').effort, undefined);
});

test('of an unknown model nothing is asked but an answer', () => {
  assert.deepEqual(settingsFor(undefined, WISHES), { maxTokens: 32_000 });
});

test('a thinking budget is at least 1,024 tokens and always below the answer length', () => {
  for (const maxOutputTokens of [1, 1024, 1025, 1500, 4096, 60_000, 200_000]) {
    const { thinking, maxTokens } = of('claude-haiku-4-5', { maxOutputTokens });
    if (thinking?.type !== 'enabled') {
      assert.ok(maxTokens <= 1024);
      continue;
    }
    assert.ok(thinking.budget_tokens >= 1024 && thinking.budget_tokens < maxTokens, `${maxOutputTokens}`);
  }
});

test('an effort the model lacks becomes the next lower one it has', () => {
  const some: ModelInfo = { id: 's', name: 'S', efforts: ['low', 'medium', 'high', 'max'] };
  assert.equal(effortFor(some, 'xhigh'), 'high');
  assert.equal(effortFor(some, 'max'), 'max');
  assert.equal(effortFor({ ...some, efforts: ['max'] }, 'low'), 'max');
  assert.equal(effortFor({ ...some, efforts: [] }, 'high'), undefined);
  assert.equal(effortFor(undefined, 'high'), undefined);
});

test('the answer length never passes what the model can write', () => {
  assert.equal(maxTokensFor(infoOf(modelNamed('claude-haiku-4-5')), 100_000), 64_000);
  assert.equal(maxTokensFor(undefined, 100_000), 100_000);
});
