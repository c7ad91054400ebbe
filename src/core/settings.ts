/** Every setting and command id, typed once; `test/rules` holds package.json against this file. */

export interface Settings {
  /** Id of the model for new conversations; empty = the one chosen last. */
  readonly model: string;
  readonly effort: Effort;
  /** Tokens. */
  readonly maxOutputTokens: number;
  /** Added to the system prompt of new conversations. */
  readonly instructions: string;
  /** Address of the API, without `/v1`; empty = Anthropic's own. */
  readonly baseUrl: string;
  readonly sendKey: 'enter' | 'ctrlEnter';
  readonly 'thinking.show': boolean;
}

export const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

export const DEFAULT_SETTINGS: Settings = {
  model: '',
  effort: 'high',
  maxOutputTokens: 32_000,
  instructions: '',
  baseUrl: '',
  sendKey: 'enter',
  'thinking.show': true,
};

/** Where requests go when `baseUrl` is empty. */
export const ANTHROPIC_URL = 'https://api.anthropic.com';

export const COMMANDS = [
  'parley.newConversation',
  'parley.openChat',
  'parley.askAboutSelection',
  'parley.addSelection',
  'parley.setApiKey',
  'parley.removeApiKey',
  'parley.switchProfile',
  'parley.selectModel',
  'parley.selectEffort',
  'parley.searchConversations',
  'parley.renameConversation',
  'parley.deleteConversation',
  'parley.restoreConversation',
  'parley.stop',
  'parley.showLog',
] as const;
export type CommandId = (typeof COMMANDS)[number];

/** What the page may ask to be run: wishes whose work is a native VS Code surface. */
export const PAGE_COMMANDS = [
  'parley.newConversation',
  'parley.setApiKey',
  'parley.selectModel',
  'parley.selectEffort',
  'parley.searchConversations',
  'parley.addSelection',
  'parley.showLog',
] as const satisfies readonly CommandId[];
export type PageCommand = (typeof PAGE_COMMANDS)[number];

/**
 * Reads raw configuration values; what has the wrong type or range falls back to its default, so that a
 * slip in settings.json never breaks a chat.
 */
export function readSettings(raw: (key: keyof Settings) => unknown): Settings {
  const text = (key: 'model' | 'instructions' | 'baseUrl'): string => {
    const value = raw(key);
    return typeof value === 'string' ? value.trim() : DEFAULT_SETTINGS[key];
  };
  const tokens = raw('maxOutputTokens');
  const effort = EFFORTS.find((level) => level === raw('effort'));
  const show = raw('thinking.show');
  return {
    model: text('model'),
    effort: effort ?? DEFAULT_SETTINGS.effort,
    maxOutputTokens:
      typeof tokens === 'number' && tokens >= 1 ? Math.floor(tokens) : DEFAULT_SETTINGS.maxOutputTokens,
    instructions: text('instructions'),
    baseUrl: text('baseUrl'),
    sendKey: raw('sendKey') === 'ctrlEnter' ? 'ctrlEnter' : 'enter',
    'thinking.show': typeof show === 'boolean' ? show : DEFAULT_SETTINGS['thinking.show'],
  };
}

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
