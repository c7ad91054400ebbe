import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeToUsageHost } from '../../../src/core/usageProtocol.ts';

test('wishes of the usage page are understood', () => {
  for (const wish of [
    { type: 'ready', version: 1 },
    { type: 'openConversation', conversation: 'c1' },
    { type: 'exportCsv' },
    { type: 'report', message: 'x' },
  ]) {
    assert.deepEqual(decodeToUsageHost(wish), wish);
  }
});

test('everything else is none', () => {
  for (const message of [
    undefined,
    null,
    'exportCsv',
    {},
    { type: 'toString' },
    { type: 'ready' },
    { type: 'ready', version: '1' },
    { type: 'ready', version: 1, more: true },
    { type: 'exportCsv', to: '/etc/passwd' },
    { type: 'openConversation', conversation: 7 },
    { type: 'openConversation', conversation: 'x'.repeat(201) },
    { type: 'report', message: 'x'.repeat(10_001) },
  ]) {
    assert.equal(decodeToUsageHost(message), undefined, JSON.stringify(message)?.slice(0, 100));
  }
});
