import type { FakeModel } from '../catalogue.ts';
import { textOf, type Wire } from '../wire.ts';
import { messageSettings } from './promptCache.ts';
import { chain, hash, type PromptBlock } from './render.ts';

/** What is remembered of a request, to tell later why another one could not reuse its prefix. */
export interface Fingerprint {
  readonly model: string;
  readonly tools: string;
  readonly system: string;
  /** One hash per message block, each over everything before it. */
  readonly messages: readonly string[];
  readonly settings: string;
}

/** Answers `diagnostics.previous_message_id`. */
export interface Diagnostics {
  /** Remembers the request that a message answered; `cachedTokens` is what could be read next time. */
  remember(messageId: string, fingerprint: Fingerprint, cachedTokens: number): void;
  /** The `diagnostics` of a response: null when nothing was asked or nothing diverged. */
  explain(asked: Wire | undefined, fingerprint: Fingerprint, readTokens: number): Wire | null;
  clear(): void;
}

/** Requests that are remembered; the oldest go first. */
const MOST = 1000;

export function createDiagnostics(): Diagnostics {
  const known = new Map<string, { fingerprint: Fingerprint; cachedTokens: number }>();
  return {
    remember: (messageId, fingerprint, cachedTokens) => {
      known.set(messageId, { fingerprint, cachedTokens });
      const oldest = known.keys().next();
      if (known.size > MOST && !oldest.done) known.delete(oldest.value);
    },
    explain: (asked, now, readTokens) => {
      const id = textOf(asked?.previous_message_id);
      if (id === '') return null;
      const before = known.get(id);
      if (!before) return { cache_miss_reason: { type: 'previous_message_not_found' } };
      const type = divergence(before.fingerprint, now);
      if (!type) return null;
      if (type === 'unavailable') return { cache_miss_reason: { type } };
      const missed = Math.max(0, before.cachedTokens - readTokens);
      return { cache_miss_reason: { type, cache_missed_input_tokens: missed } };
    },
    clear: () => known.clear(),
  };
}

export function fingerprintOf(request: Wire, model: FakeModel, blocks: readonly PromptBlock[]): Fingerprint {
  const hashOf = (part: PromptBlock['part']) =>
    blocks.filter((entry) => entry.part === part).reduce((before, { block }) => chain(before, '', block), '');
  let key = '';
  const messages = blocks
    .filter((entry) => entry.part === 'messages')
    .map(({ role, block }) => {
      key = chain(key, role, block);
      return key;
    });
  return {
    model: hash(model.info.id, textOf(request.speed) || 'standard'),
    tools: hashOf('tools'),
    system: hashOf('system'),
    messages,
    settings: messageSettings(request, model, blocks),
  };
}

function divergence(before: Fingerprint, now: Fingerprint): string | undefined {
  if (before.model !== now.model) return 'model_changed';
  if (before.tools !== now.tools) return 'tools_changed';
  if (before.system !== now.system) return 'system_changed';
  if (before.messages.at(-1) !== now.messages[before.messages.length - 1]) return 'messages_changed';
  return before.settings === now.settings ? undefined : 'unavailable';
}
