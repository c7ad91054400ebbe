import { type FakeModel, fakeModel } from './catalogue.ts';

/**
 * The models of the simulated account, newest first: today's, some of each older capability shape, a deprecated one,
 * a retired one, and one that no client can have heard of.
 */
export const DEFAULT_MODELS: readonly FakeModel[] = [
  fakeModel({
    id: 'claude-fable-5-2',
    name: 'Claude Fable 5.2',
    line: 'fable',
    released: '2026-11-05',
    rules: { fastMode: 'yes', reads: ['claude-opus-5-5', 'claude-opus-5'] },
  }),
  fakeModel({
    id: 'claude-quill-1',
    name: 'Claude Quill 1',
    released: '2026-10-20',
    window: 400_000,
    maxTokens: 32_000,
    shape: {
      thinking: ['disabled', 'between_tools'],
      effort: ['low', 'high'],
      edits: [],
      compaction: false,
      images: false,
      pdfs: false,
      serverTools: false,
    },
    rules: { minCacheTokens: 1024, thinksByDefault: false, prefixCheck: false, systemMessages: false },
  }),
  fakeModel({
    id: 'claude-haiku-5-5',
    name: 'Claude Haiku 5.5',
    line: 'haiku',
    released: '2026-10-07',
    shape: { thinking: ['adaptive', 'disabled'] },
    rules: { defaultEffort: 'medium', forcedToolChoice: true },
  }),
  fakeModel({
    id: 'claude-sonnet-5-5',
    name: 'Claude Sonnet 5.5',
    line: 'sonnet',
    released: '2026-09-28',
    shape: { thinking: ['adaptive', 'between_tools'] },
    rules: { reads: ['claude-sonnet-5'] },
  }),
  fakeModel({
    id: 'claude-opus-5-5',
    name: 'Claude Opus 5.5',
    line: 'opus',
    released: '2026-09-15',
    rules: { defaultEffort: 'medium', fastMode: 'yes', reads: ['claude-opus-5'] },
  }),
  fakeModel({
    id: 'claude-opus-5',
    name: 'Claude Opus 5',
    line: 'opus',
    released: '2026-07-14',
    shape: { thinking: ['adaptive', 'disabled'] },
    rules: { prefixCheck: false, forcedToolChoice: true, fastMode: 'beta' },
  }),
  fakeModel({
    id: 'claude-sonnet-5',
    name: 'Claude Sonnet 5',
    line: 'sonnet',
    released: '2026-06-23',
    shape: { thinking: ['adaptive', 'disabled'] },
    rules: {
      minCacheTokens: 1024,
      offUpToHigh: false,
      prefixCheck: false,
      forcedToolChoice: true,
      systemMessages: false,
    },
  }),
  fakeModel({
    id: 'claude-opus-4-8',
    name: 'Claude Opus 4.8',
    line: 'opus',
    released: '2026-05-28',
    shape: { thinking: ['adaptive', 'disabled'], compaction: false },
    rules: {
      minCacheTokens: 1024,
      thinksByDefault: false,
      offUpToHigh: false,
      prefixCheck: false,
      forcedToolChoice: true,
      fastMode: 'beta',
    },
  }),
  fakeModel({
    id: 'claude-sonnet-4-6',
    name: 'Claude Sonnet 4.6',
    line: 'sonnet',
    released: '2026-02-17',
    maxTokens: 64_000,
    shape: {
      thinking: ['adaptive', 'enabled', 'disabled'],
      effort: ['low', 'medium', 'high', 'max'],
      compaction: false,
    },
    rules: {
      minCacheTokens: 1024,
      thinksByDefault: false,
      offUpToHigh: false,
      defaultDisplay: 'summarized',
      prefixCheck: false,
      forcedToolChoice: true,
      systemMessages: false,
      imageTier: 'standard',
      tokenFactor: 0.77,
    },
  }),
  fakeModel({
    id: 'claude-haiku-4-5-20251001',
    aliases: ['claude-haiku-4-5'],
    name: 'Claude Haiku 4.5',
    line: 'haiku',
    released: '2025-10-15',
    ...oldLimits(),
    shape: { thinking: ['enabled', 'disabled'], effort: [], edits: clearingOnly(), compaction: false },
    rules: oldRules(4096),
  }),
  fakeModel({
    id: 'claude-sonnet-4-5-20250929',
    aliases: ['claude-sonnet-4-5'],
    name: 'Claude Sonnet 4.5',
    line: 'sonnet',
    released: '2025-09-29',
    deprecated: '2026-06-01',
    retires: '2026-11-30',
    ...oldLimits(),
    shape: { thinking: ['enabled', 'disabled'], effort: [], edits: clearingOnly(), compaction: false },
    rules: oldRules(1024),
  }),
  fakeModel({
    id: 'claude-3-7-sonnet-20250219',
    name: 'Claude Sonnet 3.7',
    line: 'sonnet',
    released: '2025-02-24',
    deprecated: '2025-10-28',
    retires: '2026-02-19',
    retired: true,
    ...oldLimits(),
    shape: { thinking: ['enabled', 'disabled'], effort: [], edits: [], compaction: false },
    rules: oldRules(1024),
  }),
];

function oldLimits() {
  return { window: 200_000, maxTokens: 64_000 } as const;
}

function clearingOnly() {
  return ['clear_thinking_20251015', 'clear_tool_uses_20250919'] as const;
}

function oldRules(minCacheTokens: number): Partial<FakeModel['rules']> {
  return {
    minCacheTokens,
    defaultEffort: null,
    thinksByDefault: false,
    offUpToHigh: false,
    defaultDisplay: 'summarized',
    prefixCheck: false,
    prefill: true,
    forcedToolChoice: true,
    systemMessages: false,
    imageTier: 'standard',
    tokenFactor: 0.77,
  };
}
