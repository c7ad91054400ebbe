import type { Failure, FailureKind } from './conversation/model.ts';
import {
  ANSWERING_ELSEWHERE,
  HELD_ELSEWHERE,
  NEWER_FORMAT,
  NOT_MOVED,
  NOT_READ,
  TAKEN_OVER,
} from './ports.ts';

/** The one thing the user can do about a failure. */
export type Remedy =
  | 'retry'
  /** Asks for the rest of an answer of which a part has arrived. */
  | 'continue'
  | 'editQuestion'
  | 'compact'
  | 'newConversation'
  | 'setApiKey'
  | 'selectModel'
  /** Opens VS Code's settings with the query `FailureAdvice.settings`. */
  | 'openSettings'
  /** Opens `FailureAdvice.link` in the browser. */
  | 'openConsole'
  | 'showLog';

/** Gives the sentence in the user's language; `{0}` is replaced by the first argument, and so on. */
export type Translate = (message: string, ...args: readonly (string | number)[]) => string;

/** What a failure card says: one sentence and one action. */
export interface FailureAdvice {
  readonly sentence: string;
  readonly remedy: Remedy;
  readonly action: string;
  /** An `https` address of Anthropic's; there when the remedy is `openConsole`. */
  readonly link?: string;
  /** What to look for in VS Code's settings; there when the remedy is `openSettings`. */
  readonly settings?: string;
}

/** What makes another remedy the right one. */
export interface Circumstances {
  /** True when a part of the answer has arrived. */
  readonly partial?: boolean;
  /** False when the conversation cannot be summarized; then a new one is the way out. */
  readonly compactable?: boolean;
}

/** Turns a failure into words. The API's own sentence is added where it says more than we can. */
export function adviseOn(given: Failure, t: Translate, circumstances: Circumstances = {}): FailureAdvice {
  // A newer Parley may have taken down a kind that is not known here.
  const failure: Failure = Object.hasOwn(REMEDIES, given.kind) ? given : { ...given, kind: 'unexpected' };
  const remedy = remedyFor(failure, circumstances);
  const appeal = appealOf(failure);
  return {
    sentence: sentenceFor(failure, t, circumstances.partial === true),
    remedy,
    action: appeal === undefined ? actionFor(remedy, t) : t('Open Appeal Page'),
    ...(remedy === 'openConsole' ? { link: appeal ?? CONSOLE_PAGES[failure.kind] ?? CONSOLE } : {}),
    ...(remedy === 'openSettings' ? { settings: SETTINGS[failure.kind] ?? 'parley.baseUrl' } : {}),
  };
}

const REMEDIES: Readonly<Record<FailureKind, Remedy>> = {
  noKey: 'setApiKey',
  badKey: 'setApiKey',
  forbidden: 'openConsole',
  billing: 'openConsole',
  spendLimit: 'openConsole',
  rateLimit: 'retry',
  overloaded: 'retry',
  server: 'retry',
  invalidRequest: 'retry',
  unknownModel: 'selectModel',
  noEndpoint: 'openSettings',
  tooLarge: 'newConversation',
  tooLong: 'compact',
  badAddress: 'openSettings',
  network: 'retry',
  proxy: 'openSettings',
  certificate: 'openSettings',
  timeout: 'retry',
  stalled: 'retry',
  cutOff: 'retry',
  malformed: 'retry',
  captivePortal: 'retry',
  refusal: 'editQuestion',
  empty: 'retry',
  onHold: 'openConsole',
  compaction: 'retry',
  storage: 'retry',
  unexpected: 'showLog',
};

/** Failures that can strike in the middle of an answer, where the rest can be asked for. */
const INTERRUPTIONS: ReadonlySet<FailureKind> = new Set([
  'stalled',
  'cutOff',
  'malformed',
  'overloaded',
  'server',
]);

const CONSOLE = 'https://platform.claude.com/';
const CONSOLE_PAGES: Readonly<Partial<Record<FailureKind, string>>> = {
  billing: `${CONSOLE}settings/billing`,
  spendLimit: `${CONSOLE}settings/limits`,
  forbidden: `${CONSOLE}settings/keys`,
};

/** Proxies and certificates are VS Code's own business, and so are their settings. */
const SETTINGS: Readonly<Partial<Record<FailureKind, string>>> = {
  proxy: '@id:http.*',
  certificate: '@id:http.*',
};

function remedyFor(failure: Failure, { partial, compactable }: Circumstances): Remedy {
  const { kind, type, message = '' } = failure;
  if (partial && INTERRUPTIONS.has(kind)) return 'continue';
  if (kind === 'tooLong' && compactable === false) return 'newConversation';
  if (kind === 'forbidden') {
    if (/\bmodel\b/i.test(message)) return 'selectModel';
    // Without the API's own words it was a gateway that said no, and the console knows nothing of its keys.
    if (type === undefined) return 'setApiKey';
  }
  return REMEDIES[kind];
}

/** Where an organization on hold can appeal; only an address of Anthropic's counts. */
function appealOf({ kind, message = '' }: Failure): string | undefined {
  const own = /^https:\/\/([\w-]+\.)*(anthropic|claude)\.com(\/\S*)?$/.test(message);
  return kind === 'onHold' && own ? message : undefined;
}

function actionFor(remedy: Remedy, t: Translate): string {
  switch (remedy) {
    case 'retry':
      return t('Try Again');
    case 'continue':
      return t('Continue');
    case 'editQuestion':
      return t('Edit Question');
    case 'compact':
      return t('Compact Conversation');
    case 'newConversation':
      return t('New Conversation');
    case 'setApiKey':
      return t('Set API Key');
    case 'selectModel':
      return t('Select Model');
    case 'openSettings':
      return t('Open Settings');
    case 'openConsole':
      return t('Open Claude Console');
    case 'showLog':
      return t('Show Log');
  }
}

function sentenceFor(failure: Failure, t: Translate, partial: boolean): string {
  const said = failure.message ?? '';
  switch (failure.kind) {
    case 'noKey':
      return t('No API key is set for this address.');
    case 'badKey':
      return t('The API key was not accepted; it may have been revoked or mistyped.');
    case 'forbidden':
      return withDetail(t('This API key may not do that.'), said);
    case 'billing':
      return withDetail(t('The account has no credit left or cannot be billed.'), said);
    case 'spendLimit':
      return withDetail(t('The spend limit of this account is reached; waiting does not lift it.'), said);
    case 'rateLimit':
      return rateLimitSentence(failure, t);
    case 'overloaded':
      return t('Claude is overloaded at the moment; your question is kept.');
    case 'server':
      return withDetail(t('The server failed ({0}).', failure.status ?? t('no status')), said);
    case 'invalidRequest':
      return withDetail(t('The request was not accepted.'), said);
    case 'unknownModel':
      return withDetail(t('This model is not available to the key.'), said);
    case 'noEndpoint':
      return t('There is no Messages API at this address; check the setting parley.baseUrl.');
    case 'tooLarge':
      return t('The question with its attachments is larger than the API takes (32 MB).');
    case 'tooLong':
      return t('The conversation no longer fits into the context window of this model.');
    case 'badAddress':
      return t('The setting parley.baseUrl is not a web address: {0}', said);
    case 'network':
      return withDetail(t('The server could not be reached.'), said);
    case 'proxy':
      return withDetail(t('The proxy did not let the request through.'), said);
    case 'certificate':
      return withDetail(t('The certificate of the server is not trusted here.'), said);
    case 'timeout':
      return t('The server did not answer in time.');
    case 'stalled':
    case 'cutOff':
    case 'malformed':
      return interruptionSentence(failure.kind, partial, t);
    case 'captivePortal':
      return t('A web page answered instead of the API; perhaps this network wants you to sign in.');
    case 'refusal':
      return withDetail(t('Claude declined to answer this.'), refusalReason(said, t));
    case 'empty':
      return t('The answer is empty.');
    case 'onHold':
      return withDetail(
        t('Anthropic has put this organization on hold.'),
        appealOf(failure) === undefined ? said : '',
      );
    case 'compaction':
      if (said === 'interrupted' && failure.status === undefined)
        return t('The summary was interrupted: Parley was closed before it had ended.');
      // Without a status the message is a word of the program and not the API's.
      return withDetail(
        t('The conversation could not be summarized.'),
        failure.status === undefined ? '' : said,
      );
    case 'storage':
      if (said === ANSWERING_ELSEWHERE)
        return t('An answer is arriving in another window. Stop it there, or wait for its end.');
      if (said === HELD_ELSEWHERE) return t('This conversation is open in another window.');
      if (said === TAKEN_OVER)
        return t(
          'Another window has taken over this conversation, or deleted it. What was not written here yet is kept in the folder of the history, in a file that ends in .quarantine.',
        );
      if (said === NEWER_FORMAT)
        return t('This conversation was written by a newer version of Parley, and is left as it is.');
      if (failure.code === NOT_READ)
        return withDetail(
          t('A file of this conversation could not be read; nothing of it was changed.'),
          said,
        );
      if (failure.code === NOT_MOVED)
        return withDetail(t('The conversation could not be moved; it lies where it was.'), said);
      return withDetail(
        t('The conversation could not be written to disk; nothing on screen is lost yet.'),
        said,
      );
    case 'unexpected':
      return withDetail(t('Something unexpected went wrong.'), said);
  }
}

function rateLimitSentence({ retryAfter }: Failure, t: Translate): string {
  if (retryAfter === undefined) return t('There were too many requests for this account just now.');
  const seconds = Math.ceil(retryAfter / 1000);
  return seconds <= 120
    ? t('There were too many requests for this account just now; it asks to wait {0} s.', seconds)
    : t(
        'There were too many requests for this account just now; it asks to wait {0} min.',
        Math.ceil(seconds / 60),
      );
}

function interruptionSentence(
  kind: 'stalled' | 'cutOff' | 'malformed',
  partial: boolean,
  t: Translate,
): string {
  switch (kind) {
    case 'stalled':
      return partial
        ? t('The answer stopped arriving; what arrived is kept.')
        : t('The server fell silent before the answer arrived.');
    case 'cutOff':
      return partial
        ? t('The connection was lost in the middle of the answer; what arrived is kept.')
        : t('The connection was lost before the answer arrived.');
    case 'malformed':
      return partial
        ? t('The server sent something that is not an answer; what arrived before is kept.')
        : t('The server sent something that is not an answer.');
  }
}

/** The API's explanation, or its category in words (API docs, refusals). */
function refusalReason(said: string, t: Translate): string {
  switch (said) {
    case 'cyber':
      return t('it may touch on harm to computers');
    case 'bio':
      return t('it may touch on biological harm');
    case 'frontier_llm':
      return t('it may touch on building competing AI models');
    case 'reasoning_extraction':
      return t("it may ask for Claude's internal reasoning");
    case 'general_harms':
      return t('it may touch on something harmful');
    default:
      return said;
  }
}

function withDetail(sentence: string, detail: string): string {
  return detail === '' ? sentence : `${sentence} (${detail})`;
}
