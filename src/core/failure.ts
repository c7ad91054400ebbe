import type { Failure, FailureKind } from './conversation/model.ts';

/** The one thing the user can do about a failure. */
export type Remedy = 'retry' | 'setApiKey' | 'selectModel' | 'openSettings' | 'newConversation' | 'showLog';

/** Gives the sentence in the user's language; `{0}` is replaced by the first argument, and so on. */
export type Translate = (message: string, ...args: readonly (string | number)[]) => string;

/** What a failure card says: one sentence and one action. */
export interface FailureAdvice {
  readonly sentence: string;
  readonly remedy: Remedy;
  readonly action: string;
}

/** Turns a failure into words. The API's own sentence is added where it says more than we can. */
export function adviseOn(failure: Failure, t: Translate): FailureAdvice {
  const remedy = REMEDIES[failure.kind];
  return { sentence: sentenceFor(failure, t), remedy, action: actionFor(remedy, t) };
}

const REMEDIES: Readonly<Record<FailureKind, Remedy>> = {
  noKey: 'setApiKey',
  badKey: 'setApiKey',
  forbidden: 'selectModel',
  billing: 'retry',
  spendLimit: 'retry',
  rateLimit: 'retry',
  overloaded: 'retry',
  server: 'retry',
  invalidRequest: 'retry',
  unknownModel: 'selectModel',
  noEndpoint: 'openSettings',
  tooLarge: 'newConversation',
  tooLong: 'newConversation',
  badAddress: 'openSettings',
  network: 'retry',
  proxy: 'openSettings',
  certificate: 'openSettings',
  timeout: 'retry',
  stalled: 'retry',
  cutOff: 'retry',
  malformed: 'retry',
  captivePortal: 'retry',
  refusal: 'retry',
  empty: 'retry',
  storage: 'retry',
  unexpected: 'showLog',
};

function actionFor(remedy: Remedy, t: Translate): string {
  switch (remedy) {
    case 'retry':
      return t('Try Again');
    case 'setApiKey':
      return t('Set API Key');
    case 'selectModel':
      return t('Select Model');
    case 'openSettings':
      return t('Open Settings');
    case 'newConversation':
      return t('New Conversation');
    case 'showLog':
      return t('Show Log');
  }
}

function sentenceFor(failure: Failure, t: Translate): string {
  const said = failure.message ?? '';
  switch (failure.kind) {
    case 'noKey':
      return t('No API key is set for this address.');
    case 'badKey':
      return t('The API key was not accepted. It may have been revoked or mistyped.');
    case 'forbidden':
      return withDetail(t('This API key may not do that.'), said);
    case 'billing':
      return withDetail(
        t('The account cannot be billed. Check its plan and credit in the Claude Console.'),
        said,
      );
    case 'spendLimit':
      return withDetail(t('The spend limit of this account is reached; waiting does not lift it.'), said);
    case 'rateLimit':
      return failure.retryAfter === undefined
        ? t('Too many requests for this account just now.')
        : t(
            'Too many requests for this account just now. It asks to wait {0} s.',
            Math.ceil(failure.retryAfter / 1000),
          );
    case 'overloaded':
      return t('Claude is overloaded at the moment. Your question is kept.');
    case 'server':
      return withDetail(t('The server failed ({0}).', failure.status ?? t('no status')), said);
    case 'invalidRequest':
      return withDetail(t('The request was not accepted.'), said);
    case 'unknownModel':
      return withDetail(t('This model is not available to the key.'), said);
    case 'noEndpoint':
      return t('There is no Messages API at this address. Check the setting parley.baseUrl.');
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
      return t('The answer stopped arriving. What came is kept.');
    case 'cutOff':
      return t('The connection was lost in the middle of the answer. What came is kept.');
    case 'malformed':
      return t('The server sent something that is not an answer. What came before is kept.');
    case 'captivePortal':
      return t('A web page answered instead of the API. Perhaps this network wants you to sign in.');
    case 'refusal':
      return withDetail(t('Claude declined to answer this.'), said);
    case 'empty':
      return t('The answer is empty.');
    case 'storage':
      return withDetail(
        t('The conversation could not be written to disk. Nothing on screen is lost yet.'),
        said,
      );
    case 'unexpected':
      return withDetail(t('Something unexpected went wrong.'), said);
  }
}

function withDetail(sentence: string, detail: string): string {
  return detail === '' ? sentence : `${sentence} (${detail})`;
}
