import { IMAGE_DETAILS, type ImageDetail } from './attaching.ts';
import type { CacheTtl } from './conversation/model.ts';

/** Every setting and command id, typed once; `test/rules` holds package.json against this file. */

export interface Settings {
  /** Id of the model for new conversations; empty = the one chosen last. */
  readonly model: string;
  readonly effort: Effort;
  /** Tokens. */
  readonly maxOutputTokens: number;
  /** Added to the system prompt of new conversations. */
  readonly instructions: string;
  /** Whether AGENTS.md and CLAUDE.md of a trusted workspace go into the system prompt. */
  readonly useInstructionFiles: boolean;
  /** Address of the API, without `/v1`; empty = Anthropic's own. */
  readonly baseUrl: string;
  readonly sendKey: 'enter' | 'ctrlEnter';
  readonly 'thinking.show': boolean;
  /** Lifetime of cache entries; `auto` goes by the pace of the conversation. */
  readonly 'cache.ttl': 'auto' | CacheTtl;
  /** Most USD a day for keeping the cache warm while the panel is in use; 0 = not kept warm. */
  readonly 'cache.keepWarm': number;
  /** Glob patterns, as in `files.exclude`: what is true is never sent with the context. */
  readonly 'context.exclude': Readonly<Record<string, boolean>>;
  /** The most tokens that pinned files may have together. */
  readonly 'context.maxTokens': number;
  /** Whether files that look like they hold a secret are sent with the context nevertheless. */
  readonly 'context.includeSecrets': boolean;
  /** Named sets of pins, each pin as a line (see `pinText.ts`). */
  readonly 'context.sets': Readonly<Record<string, readonly string[]>>;
  readonly 'context.repack': 'ask' | 'auto';
  /** Caps in USD, 0 = none. */
  readonly 'budget.perMessage': number;
  readonly 'budget.perConversation': number;
  readonly 'budget.perDay': number;
  readonly 'budget.perMonth': number;
  /** Prices by model id that go before the built-in ones, USD per million tokens; checked by `pricesWith`. */
  readonly prices: Readonly<Record<string, unknown>>;
  /** Where titles come from: the first question, or a small request after the first answer. */
  readonly titles: 'firstQuestion' | 'model';
  readonly compaction: 'ask' | 'auto' | 'off';
  /** Percent of the context window at which compaction is offered. */
  readonly compactionThreshold: number;
  /** How often a request is sent at most. */
  readonly 'retry.maxAttempts': number;
  readonly 'images.detail': ImageDetail;
  /** Whether the selection of the active editor is offered in the composer. */
  readonly offerSelection: boolean;
  /** Whether the status bar shows the tokens of the active selection. */
  readonly showSelectionTokens: boolean;
  /** Folder of conversations and all else that is kept; empty = VS Code's own. See `storage/location.ts`. */
  readonly 'storage.location': string;
}

export const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

export const DEFAULT_SETTINGS: Settings = {
  model: '',
  effort: 'high',
  maxOutputTokens: 32_000,
  instructions: '',
  useInstructionFiles: true,
  baseUrl: '',
  sendKey: 'enter',
  'thinking.show': true,
  'cache.ttl': 'auto',
  'cache.keepWarm': 0,
  'context.exclude': {},
  'context.maxTokens': 200_000,
  'context.includeSecrets': false,
  'context.sets': {},
  'context.repack': 'ask',
  'budget.perMessage': 0,
  'budget.perConversation': 0,
  'budget.perDay': 0,
  'budget.perMonth': 0,
  prices: {},
  titles: 'firstQuestion',
  compaction: 'ask',
  compactionThreshold: 80,
  'retry.maxAttempts': 5,
  'images.detail': 'auto',
  offerSelection: true,
  showSelectionTokens: false,
  'storage.location': '',
};

/** Where requests go when `baseUrl` is empty. */
export const ANTHROPIC_URL = 'https://api.anthropic.com';

export const COMMANDS = [
  'parley.newConversation',
  'parley.openChat',
  'parley.askAboutSelection',
  'parley.addSelection',
  'parley.attach',
  'parley.addToChat',
  'parley.addFolderListing',
  'parley.addSymbol',
  'parley.addProblems',
  'parley.addTerminalSelection',
  'parley.addChanges',
  'parley.addDebugConsole',
  'parley.addTestFailure',
  'parley.explainProblem',
  'parley.attachImage',
  'parley.attachImageUrl',
  'parley.pasteImage',
  'parley.takeScreenshot',
  'parley.countTokens',
  'parley.countConversationTokens',
  'parley.countDraftTokens',
  'parley.countContextTokens',
  'parley.pinToContext',
  'parley.unpinFromContext',
  'parley.repackContext',
  'parley.warmContext',
  'parley.showContext',
  'parley.useContextSet',
  'parley.saveContextSet',
  'parley.setApiKey',
  'parley.removeApiKey',
  'parley.switchProfile',
  'parley.selectModel',
  'parley.selectEffort',
  'parley.selectThinking',
  'parley.searchConversations',
  'parley.renameConversation',
  'parley.deleteConversation',
  'parley.pinConversation',
  'parley.restoreConversation',
  'parley.suggestTitle',
  'parley.rebuildHistory',
  'parley.forkConversation',
  'parley.exportMarkdown',
  'parley.exportJson',
  'parley.importJson',
  'parley.backupHistory',
  'parley.compact',
  'parley.undoCompaction',
  'parley.stop',
  'parley.showUsage',
  'parley.showLog',
] as const;
export type CommandId = (typeof COMMANDS)[number];

/** What the page may ask to be run: wishes whose work is a native VS Code surface. */
export const PAGE_COMMANDS = [
  'parley.newConversation',
  'parley.setApiKey',
  'parley.selectModel',
  'parley.selectEffort',
  'parley.selectThinking',
  'parley.searchConversations',
  'parley.addSelection',
  'parley.attach',
  'parley.compact',
  'parley.showUsage',
  'parley.showLog',
] as const satisfies readonly CommandId[];
export type PageCommand = (typeof PAGE_COMMANDS)[number];

/**
 * Reads raw configuration values; what has the wrong type or range falls back to its default, so that a
 * slip in settings.json never breaks a chat.
 */
export function readSettings(raw: (key: keyof Settings) => unknown): Settings {
  const text = (key: 'model' | 'instructions' | 'baseUrl' | 'storage.location'): string => {
    const value = raw(key);
    return typeof value === 'string' ? value.trim() : DEFAULT_SETTINGS[key];
  };
  const flag = (
    key:
      | 'useInstructionFiles'
      | 'thinking.show'
      | 'offerSelection'
      | 'showSelectionTokens'
      | 'context.includeSecrets',
  ): boolean => {
    const value = raw(key);
    return typeof value === 'boolean' ? value : DEFAULT_SETTINGS[key];
  };
  const figure = (key: FigureKey, least: number, most: number, value = raw(key)): number => {
    const usable = typeof value === 'number' && Number.isFinite(value) && value >= least;
    return usable ? Math.min(value, most) : DEFAULT_SETTINGS[key];
  };
  const choice = <
    K extends
      | 'effort'
      | 'sendKey'
      | 'cache.ttl'
      | 'context.repack'
      | 'titles'
      | 'compaction'
      | 'images.detail',
  >(
    key: K,
    values: readonly Settings[K][],
  ): Settings[K] => values.find((value) => value === raw(key)) ?? DEFAULT_SETTINGS[key];
  const prices = raw('prices');
  return {
    model: text('model'),
    effort: choice('effort', EFFORTS),
    maxOutputTokens: Math.floor(figure('maxOutputTokens', 1, Number.MAX_SAFE_INTEGER)),
    instructions: text('instructions'),
    useInstructionFiles: flag('useInstructionFiles'),
    baseUrl: text('baseUrl'),
    sendKey: choice('sendKey', ['enter', 'ctrlEnter']),
    'thinking.show': flag('thinking.show'),
    'cache.ttl': choice('cache.ttl', ['auto', '5m', '1h']),
    'cache.keepWarm': figure('cache.keepWarm', 0, MOST_USD),
    'context.exclude': entriesOf(raw('context.exclude'), (value) =>
      typeof value === 'boolean' ? value : undefined,
    ),
    'context.maxTokens': Math.floor(figure('context.maxTokens', 1_000, Number.MAX_SAFE_INTEGER)),
    'context.includeSecrets': flag('context.includeSecrets'),
    'context.sets': entriesOf(raw('context.sets'), linesOf),
    'context.repack': choice('context.repack', ['ask', 'auto']),
    'budget.perMessage': figure('budget.perMessage', 0, MOST_USD),
    'budget.perConversation': figure('budget.perConversation', 0, MOST_USD),
    'budget.perDay': figure('budget.perDay', 0, MOST_USD),
    'budget.perMonth': figure('budget.perMonth', 0, MOST_USD),
    prices: typeof prices === 'object' && prices !== null ? { ...prices } : DEFAULT_SETTINGS.prices,
    titles: choice('titles', ['firstQuestion', 'model']),
    compaction: choice('compaction', ['ask', 'auto', 'off']),
    compactionThreshold: figure('compactionThreshold', 10, 100, thresholdOf(raw)),
    'retry.maxAttempts': Math.floor(figure('retry.maxAttempts', 1, 20)),
    'images.detail': choice('images.detail', IMAGE_DETAILS),
    offerSelection: flag('offerSelection'),
    showSelectionTokens: flag('showSelectionTokens'),
    'storage.location': text('storage.location'),
  };
}

/** The entries of an object that can be used, each as `read` takes it; none where it is no object. */
function entriesOf<T>(value: unknown, read: (entry: unknown) => T | undefined): Readonly<Record<string, T>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const entries = Object.entries(value).flatMap(([key, entry]): readonly (readonly [string, T])[] => {
    const usable = read(entry);
    return usable === undefined ? [] : [[key, usable]];
  });
  return Object.fromEntries(entries);
}

function linesOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((line) => typeof line === 'string') : undefined;
}

/**
 * Written as `parley.compaction.threshold` it counts as well, as long as `parley.compaction` itself is not set: VS Code
 * keeps settings in a tree, so only one of the two can be.
 */
function thresholdOf(raw: (key: keyof Settings) => unknown): unknown {
  const tree = raw('compaction');
  const isTree = typeof tree === 'object' && tree !== null && 'threshold' in tree;
  return isTree ? tree.threshold : raw('compactionThreshold');
}

const MOST_USD = 1_000_000;

type FigureKey =
  | 'maxOutputTokens'
  | 'cache.keepWarm'
  | 'context.maxTokens'
  | 'budget.perMessage'
  | 'budget.perConversation'
  | 'budget.perDay'
  | 'budget.perMonth'
  | 'compactionThreshold'
  | 'retry.maxAttempts';

/**
 * The address requests go to, or a sentence saying what is wrong with the setting.
 * A trailing `/v1` is taken off, because the SDK adds its own; that is what the user meant.
 */
export function endpointOf(baseUrl: string): { readonly url: string } | { readonly problem: string } {
  if (baseUrl === '') return { url: ANTHROPIC_URL };
  const match = /^(https?):\/\/([^\s/?#@]+)(\/[^\s?#]*)?$/i.exec(baseUrl);
  if (!match) return { problem: baseUrl };
  const path = (match[3] ?? '').replace(/\/+$/, '').replace(/\/v1$/, '').replace(/\/+$/, '');
  return { url: `${match[1]?.toLowerCase()}://${match[2]?.toLowerCase()}${path}` };
}

/** True for addresses on this machine, where gateways commonly take no key. */
export function isLoopback(url: string): boolean {
  return /^https?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?(\/|$)/.test(url);
}
