import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_WORKSPACE } from '../../../src/core/conversation/askContext.ts';
import type { Part } from '../../../src/core/conversation/parts.ts';
import { createSession } from '../../../src/core/conversation/session.ts';
import { createTokenCounter } from '../../../src/core/money/tokenCounter.ts';
import { succeed } from '../../../src/core/ports.ts';
import type { Asking } from '../../../src/host/asking.ts';
import type { Unnumbered } from '../../../src/host/chat/outbox.ts';
import { createPageQuote, restFor } from '../../../src/host/chat/pageQuote.ts';
import { image } from '../../support/conversations.ts';
import {
  askContext,
  createMemoryAttachments,
  createScriptedClaude,
  createTestClock,
  openInMemory,
} from '../../support/memoryPorts.ts';

test('the more there is to upload, the longer a draft must rest, within a few seconds', () => {
  assert.equal(restFor(0), 80);
  assert.ok(restFor(5_000) < 81);
  assert.ok(restFor(27_000_000) > 2_000);
  assert.equal(restFor(1e9), 4_000);
});

for (const [what, files, states, isPending] of [
  ['what the API takes is estimated, then exact', [image('small')], ['estimate', 'exact'], false],
  ['what would be changed before it is sent stays an estimate', [tooWide()], ['estimate'], false],
  ['while pinned files are being looked at it stays an estimate', [image('small')], ['estimate'], true],
] as const) {
  test(what, async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const clock = createTestClock();
    const posted: Unnumbered[] = [];
    let counts = 0;
    const scripted = createScriptedClaude();
    const claude = {
      ...scripted,
      countTokens: () => {
        counts++;
        return { tokens: Promise.resolve(succeed(50)), cancel: () => undefined };
      },
    };
    const attachments = createMemoryAttachments({ small: 'AAAA', wide: 'AAAA' });
    const context = askContext(claude, {
      attachments,
      workspace: { ...NO_WORKSPACE, ...(isPending ? { pending: 'stale' } : {}) },
    });
    const parts: readonly Part[] = files;
    const quote = createPageQuote({
      asking: {
        contextNow: async () => context,
        counter: createTokenCounter(),
        prices: () => ({}),
      } as Partial<Asking> as Asking,
      clock,
      session: () => session,
      before: async () => undefined,
      draft: async () => ({
        text: 'Look.',
        caret: 0,
        attachments: parts.map((part) => ({ id: 'x', part })),
      }),
      post: (message) => posted.push(message),
    });
    const session = createSession(openInMemory(), clock, () => undefined);
    const settle = async (): Promise<void> => {
      for (let round = 0; round < 20; round++) await Promise.resolve();
    };
    quote.refresh();
    await settle();
    t.mock.timers.tick(4_000);
    await settle();
    assert.deepEqual(
      posted.map((message) => message.type === 'quoteChanged' && message.quote?.state),
      states,
    );
    assert.equal(counts, states.length - 1);
    quote.stop();
  });
}

function tooWide(): Part {
  const wide = image('wide');
  assert.equal(wide.source.type, 'stored');
  return { ...wide, source: { ...wide.source, width: 9_000 } };
}
