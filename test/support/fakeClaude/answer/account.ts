import type { FakeModel } from '../catalogue.ts';
import { createDiagnostics, type Diagnostics } from '../prompt/diagnostics.ts';
import { createPromptCache, type PromptCache } from '../prompt/promptCache.ts';
import { createScript, type Script } from './script.ts';

/** Everything that requests share: the models, the clock, the prompt cache, what tests have queued. */
export interface Account {
  readonly models: readonly FakeModel[];
  readonly keys: readonly string[] | undefined;
  readonly pace: 'instant' | 'human';
  readonly script: Script;
  readonly cache: PromptCache;
  readonly diagnostics: Diagnostics;
  /** Types of the content blocks that were ever sent. */
  readonly issuedTypes: Set<string>;
  /** The contents, as JSON, of answers that paused and may be sent back as the last message. */
  readonly unfinished: Set<string>;
  /** Milliseconds. */
  now(): number;
  /** A new id such as `msg_000001`. */
  newId(prefix: string): string;
  /** Forgets caches and what is queued; ids go on. */
  reset(): void;
}

export function createAccount(options: {
  readonly models: readonly FakeModel[];
  readonly keys: readonly string[] | undefined;
  readonly pace: 'instant' | 'human';
  readonly now: () => number;
}): Account {
  const script = createScript();
  const cache = createPromptCache();
  const diagnostics = createDiagnostics();
  // Ids of two runs must not meet: a client keeps them across restarts of this server.
  const run = Math.trunc(options.now()).toString(36);
  let count = 0;
  return {
    ...options,
    script,
    cache,
    diagnostics,
    issuedTypes: new Set(),
    unfinished: new Set(),
    newId: (prefix) => {
      count += 1;
      return `${prefix}_sim${run}${String(count).padStart(5, '0')}`;
    },
    reset: () => {
      script.clear();
      cache.clear();
      diagnostics.clear();
    },
  };
}
