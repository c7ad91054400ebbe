import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContextFacts, ContextFile } from '../../../../src/core/context/facts.ts';
import { saySame } from '../../../../src/host/context/tree/sameFacts.ts';

const LEFT_OUT: ContextFacts['leftOut'] = [];

function facts(more: Partial<ContextFacts> = {}, file: Partial<ContextFile> = {}): ContextFacts {
  return {
    pins: [{ kind: 'workspace' }],
    files: [{ path: 'a.ts', uri: 'file:///w/a.ts', tokens: 7, state: 'inPack', ...file }],
    removed: [],
    leftOut: LEFT_OUT,
    tokens: 7,
    exact: true,
    pendingTokens: 0,
    cache: { state: 'none', tokens: 0 },
    ...more,
  };
}

test('facts that say the same leave the tree alone, also while more files are looked at', () => {
  assert.ok(saySame(facts(), facts()));
  assert.ok(saySame(facts({ looking: { files: 1 } }), facts({ looking: { files: 2 } })));
});

test('whatever a row would show differently is seen', () => {
  const others: readonly ContextFacts[] = [
    facts({}, { state: 'updatePending' }),
    facts({}, { tokens: 8 }),
    facts({}, { path: 'b.ts' }),
    facts({}, { by: 'glob' }),
    facts({ files: [] }),
    facts({ pins: [{ kind: 'branch' }] }),
    facts({ removed: [{ path: 'b.ts', files: 1 }] }),
    facts({ leftOut: [{ path: 'b', uri: '', kind: 'file', reason: 'empty' }] }),
    facts({ exact: false }),
    facts({ cache: { state: 'warm', tokens: 7, expires: 5 } }),
    facts({ price: { warm: 1, cold: 2 } }),
    facts({ looking: { files: 0 } }),
  ];
  assert.deepEqual(
    others.filter((other) => saySame(facts(), other)),
    [],
  );
});
