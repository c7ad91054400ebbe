import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as vscode from 'vscode';
import type { SpendingEntry } from '../../src/core/money/money.ts';
import { succeed } from '../../src/core/ports.ts';
import { createUsageView, type UsageView } from '../../src/host/usage/usageView.ts';

interface Setup {
  readonly view: UsageView;
  readonly changed: vscode.EventEmitter<void>;
  /** Resolves when the facts have been gathered so often. */
  gathered(times: number): Promise<void>;
}

function setUp(entries: readonly SpendingEntry[] = []): Setup {
  const extension = vscode.extensions.getExtension('parley.parley');
  assert.ok(extension);
  const changed = new vscode.EventEmitter<void>();
  let reads = 0;
  let wake: () => void = () => undefined;
  const view = createUsageView({
    extension: extension.extensionUri,
    log: {
      append: async () => succeed(undefined),
      since: async () => {
        reads++;
        wake();
        return entries;
      },
    },
    prices: () => ({}),
    titles: async () => new Map(),
    rateLimits: () => undefined,
    openConversation: () => undefined,
    onChanged: changed.event,
  });
  return {
    view,
    changed,
    async gathered(times) {
      while (reads < times) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

function tabs(): readonly vscode.Tab[] {
  const all = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return all.filter(
    ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('parley.usage'),
  );
}

test('the page starts in its tab, asks for the facts, and again after a change', async () => {
  const { view, changed, gathered } = setUp();
  try {
    await view.show();
    await gathered(1);
    assert.deepEqual(
      tabs().map(({ label }) => label),
      ['Parley: Usage and Cost'],
    );
    for (let n = 0; n < 50; n++) changed.fire();
    await gathered(2);
  } finally {
    view.dispose();
  }
});

test('there is one tab however often it is asked for, and it can be opened again', async () => {
  const { view, gathered } = setUp();
  try {
    await view.show();
    await gathered(1);
    await view.show();
    assert.equal(tabs().length, 1);
    await vscode.window.tabGroups.close(tabs());
    await view.show();
    await gathered(2);
    assert.equal(tabs().length, 1);
  } finally {
    view.dispose();
  }
});
