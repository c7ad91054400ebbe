import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkKey, originOf, parseSecretName, secretName } from '../../../src/core/apiKey.ts';
import type { FailureKind } from '../../../src/core/conversation/model.ts';
import { adviseOn, type Translate } from '../../../src/core/failure.ts';
import { defaultModel, describeModel, findModel } from '../../../src/core/modelChoice.ts';
import type { ModelInfo } from '../../../src/core/modelInfo.ts';
import { decodeToHost, MAX_TEXT, withoutAttachedText } from '../../../src/core/protocol.ts';
import { DEFAULT_SETTINGS, endpointOf, isLoopback, readSettings } from '../../../src/core/settings.ts';
import { code, question } from '../../support/conversations.ts';

const t: Translate = (message, ...args) =>
  message.replace(/\{(\d)\}/g, (_, at: string) => String(args[Number(at)]));

test('a key is trimmed, and what cannot be one is named', () => {
  assert.deepEqual(checkKey('  sk-ant-abc\n'), { key: 'sk-ant-abc' });
  assert.deepEqual(checkKey(' \n'), { problem: 'empty' });
  assert.deepEqual(checkKey('sk-ant\nabc'), { problem: 'innerSpace' });
  assert.deepEqual(checkKey('sk-änt'), { problem: 'strangeCharacter' });
});

test('a key belongs to one profile and one origin', () => {
  const name = secretName('My Work', originOf('https://gate.example:8443/claude'));
  assert.deepEqual(parseSecretName(name), { profile: 'My Work', origin: 'https://gate.example:8443' });
  assert.equal(parseSecretName('something else'), undefined);
});

test('the address of the API is cleaned up or named as wrong', () => {
  const url = (text: string): unknown => {
    const endpoint = endpointOf(text);
    return 'url' in endpoint ? endpoint.url : 'wrong';
  };
  assert.equal(url(''), 'https://api.anthropic.com');
  assert.equal(url('https://gate.example/claude/'), 'https://gate.example/claude');
  assert.equal(url('https://gate.example/v1'), 'https://gate.example');
  assert.equal(url('https://gate.example/a/v1/'), 'https://gate.example/a');
  assert.equal(url('HTTP://LocalHost:8080'), 'http://localhost:8080');
  for (const bad of [
    'gate.example',
    'ftp://gate.example',
    'https://',
    'javascript:alert(1)',
    'https://a b',
  ]) {
    assert.equal(url(bad), 'wrong', bad);
  }
});

test('an address with credentials in it is refused: they would stand in a plain settings file', () => {
  assert.ok('problem' in endpointOf('https://me:secret@gate.example'));
});

test('only addresses of this machine count as local', () => {
  for (const local of ['http://127.0.0.1:80', 'http://localhost', 'http://[::1]:9/x'])
    assert.ok(isLoopback(local), local);
  for (const far of [
    'http://127.0.0.1.example.com',
    'https://localhost.example',
    'https://api.anthropic.com',
  ]) {
    assert.ok(!isLoopback(far), far);
  }
});

test('settings of the wrong type or range fall back to their defaults', () => {
  const raw: Record<string, unknown> = {
    effort: 'colossal',
    maxOutputTokens: -3,
    model: 7,
    sendKey: 'tab',
    'thinking.show': 'no',
  };
  assert.deepEqual(
    readSettings((key) => raw[key]),
    DEFAULT_SETTINGS,
  );
  const good: Record<string, unknown> = {
    effort: 'max',
    maxOutputTokens: 99.5,
    model: ' m ',
    sendKey: 'ctrlEnter',
    'thinking.show': false,
  };
  const read = readSettings((key) => good[key]);
  assert.deepEqual(
    [read.effort, read.maxOutputTokens, read.model, read.sendKey],
    ['max', 99, 'm', 'ctrlEnter'],
  );
});

test('the threshold of compaction is read under either name that VS Code lets through', () => {
  const read = (raw: Record<string, unknown>) => readSettings((key) => raw[key]);
  assert.equal(read({ compactionThreshold: 50 }).compactionThreshold, 50);
  const tree = read({ compaction: { threshold: 30 }, compactionThreshold: 80 });
  assert.deepEqual([tree.compaction, tree.compactionThreshold], ['ask', 30]);
  assert.equal(read({ compaction: 'auto', compactionThreshold: 5 }).compactionThreshold, 80);
});

test('of the settings of the context what cannot be used is passed over, entry by entry', () => {
  const raw: Record<string, unknown> = {
    'context.exclude': { '**/a': true, '**/b': false, '**/c': { when: '$(basename).ts' } },
    'context.sets': { parser: ['src/', 7, 'glob:**/*.md'], bad: 'src/' },
    'context.maxTokens': 999,
    'context.includeSecrets': 'true',
    'context.repack': 'always',
    'cache.keepWarm': -1,
  };
  const read = readSettings((key) => raw[key]);
  assert.deepEqual(read, {
    ...DEFAULT_SETTINGS,
    'context.exclude': { '**/a': true, '**/b': false },
    'context.sets': { parser: ['src/', 'glob:**/*.md'] },
  });
  const lists = readSettings((key) => (key === 'context.exclude' || key === 'context.sets' ? ['x'] : null));
  assert.deepEqual(lists, DEFAULT_SETTINGS);
});

test('every wish passes the gate as it is and no further field does', () => {
  const wishes = [
    { type: 'ready', version: 1 },
    { type: 'ask', conversation: 'c1', text: 'hi' },
    { type: 'stop' },
    { type: 'run', command: 'parley.setApiKey' },
    { type: 'openPart', turn: 'q', part: 0 },
  ];
  for (const wish of wishes) {
    assert.equal(decodeToHost(wish), wish);
    assert.equal(decodeToHost({ ...wish, extra: 1 }), undefined);
  }
});

test('whatever is no wish is dropped', () => {
  const bad = [
    null,
    undefined,
    'stop',
    42,
    [],
    {},
    { type: 'constructor' },
    { type: '__proto__' },
    { type: 'ask' },
    { type: 'ask', text: 'hi' },
    { type: 'ask', conversation: 'c1', text: 7 },
    { type: 'ask', conversation: 'c1', text: 'x'.repeat(MAX_TEXT + 1) },
    { type: 'run', command: 'workbench.action.terminal.sendSequence' },
    { type: 'openPart', turn: 'q', part: -1 },
    { type: 'openPart', turn: 'q', part: 0.5 },
    { type: 'ready', version: Number.NaN },
    { type: 'removeAttachment', id: '' },
  ];
  for (const message of bad)
    assert.equal(decodeToHost(message), undefined, JSON.stringify(message)?.slice(0, 60));
});

test('the page never gets the text of an attachment', () => {
  const turn = withoutAttachedText(question('q', null, 'look', code('secret()')));
  assert.doesNotMatch(JSON.stringify(turn), /secret/);
  assert.match(JSON.stringify(turn), /look/);
});

test('every kind of failure has one sentence and one action', () => {
  const kinds: Record<FailureKind, true> = {
    noKey: true,
    badKey: true,
    forbidden: true,
    billing: true,
    spendLimit: true,
    rateLimit: true,
    overloaded: true,
    server: true,
    invalidRequest: true,
    unknownModel: true,
    noEndpoint: true,
    tooLarge: true,
    tooLong: true,
    onHold: true,
    compaction: true,
    badAddress: true,
    network: true,
    proxy: true,
    certificate: true,
    timeout: true,
    stalled: true,
    cutOff: true,
    malformed: true,
    captivePortal: true,
    refusal: true,
    empty: true,
    storage: true,
    unexpected: true,
  };
  for (const kind of Object.keys(kinds) as FailureKind[]) {
    const advice = adviseOn({ kind, message: 'DETAIL' }, t);
    assert.match(advice.sentence, /^[A-Z].*[.)]$|DETAIL$/, kind);
    assert.notEqual(advice.action, '', kind);
  }
  assert.match(adviseOn({ kind: 'rateLimit', retryAfter: 1500 }, t).sentence, /wait 2 s/);
});

test('the model for a new conversation is the wished one, the last one, or the newest of the middle line', () => {
  const models: ModelInfo[] = [
    { id: 'fable', name: 'Fable', line: 'fable' },
    { id: 'sonnet-old', name: 'Old Sonnet', line: 'sonnet', lifecycle: 'deprecated' },
    { id: 'sonnet', name: 'Sonnet', line: 'sonnet', lifecycle: 'active' },
  ];
  assert.equal(defaultModel(models, 'unheard-of', undefined).id, 'unheard-of');
  assert.equal(defaultModel(models, '', { id: 'fable', name: 'Fable' }).id, 'fable');
  assert.equal(defaultModel(models, '', { id: 'gone', name: 'Gone' }).id, 'sonnet');
  assert.equal(defaultModel([{ id: 'only', name: 'Only' }], '', undefined).id, 'only');
  assert.equal(defaultModel([], '', { id: 'gone', name: 'Gone' }).id, 'gone');
});

test('a model is described by what is known of it, and its end is said', () => {
  const model = {
    id: 'm',
    name: 'M',
    maxInput: 1_000_000,
    maxOutput: 64_000,
    lifecycle: 'deprecated',
    retiresAt: '2026-11-30T00:00:00Z',
  };
  assert.equal(describeModel(model), 'm · 1M context · 64k answer · deprecated · until 2026-11-30');
  assert.equal(describeModel({ id: 'x', name: 'X' }), 'x');
});

test('a model id without its date stands for the one with it, and for nothing longer', () => {
  const models: readonly ModelInfo[] = [
    { id: 'claude-haiku-4-5-20251001', name: 'Claude Haiku 4.5' },
    { id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5' },
  ];
  assert.equal(findModel(models, 'claude-haiku-4-5')?.name, 'Claude Haiku 4.5');
  assert.equal(findModel(models, 'claude-sonnet-5-5')?.name, 'Claude Sonnet 5.5');
  assert.equal(findModel(models, 'claude-sonnet-5'), undefined);
});
