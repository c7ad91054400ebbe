import * as vscode from 'vscode';
import type { ContextFacts } from '../../src/core/context/facts.ts';
import type { Pin } from '../../src/core/context/pinned.ts';
import { samePin } from '../../src/core/context/pinText.ts';
import type { PinnedFiles } from '../../src/host/context/pinning/pinnedFiles.ts';

/** Pins that are kept nowhere, and find no files. */
export interface MemoryPins extends PinnedFiles {
  looking: { readonly files: number } | undefined;
  /** Says that something has changed. */
  tell(): void;
}

export function memoryPins(first: readonly Pin[] = []): MemoryPins {
  const changed = new vscode.EventEmitter<void>();
  let pins = first;
  const take = async (next: readonly Pin[]): Promise<void> => {
    pins = next;
    changed.fire();
  };
  return {
    get pins() {
      return pins;
    },
    known: undefined,
    looking: undefined,
    ready: async () => undefined,
    current: async () => ({ files: [], leftOut: [] }),
    pin: (added) => take([...pins, ...added.filter((pin) => !pins.some((other) => samePin(pin, other)))]),
    unpin: (removed) => take(pins.filter((pin) => !removed.some((other) => samePin(pin, other)))),
    onChanged: changed.event,
    tell: () => changed.fire(),
    dispose: () => changed.dispose(),
  };
}

export function contextFacts(more: Partial<ContextFacts> = {}): ContextFacts {
  return {
    pins: [],
    files: [],
    removed: [],
    leftOut: [],
    tokens: 0,
    exact: true,
    pendingTokens: 0,
    cache: { state: 'none', tokens: 0 },
    ...more,
  };
}
