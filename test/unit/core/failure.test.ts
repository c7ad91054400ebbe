import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Failure, FailureKind } from '../../../src/core/conversation/model.ts';
import { adviseOn, type Circumstances, type Remedy, type Translate } from '../../../src/core/failure.ts';
import { HELD_ELSEWHERE, NEWER_FORMAT, NOT_MOVED, NOT_READ, TAKEN_OVER } from '../../../src/core/ports.ts';

const t: Translate = (message, ...args) => message.replace(/\{(\d)\}/g, (_, at) => String(args[Number(at)]));

/** What each kind leads to: without a partial answer, and with one where that differs. */
const KINDS: Readonly<Record<FailureKind, readonly [Remedy, Remedy?]>> = {
  noKey: ['setApiKey'],
  badKey: ['setApiKey'],
  forbidden: ['openConsole'],
  billing: ['openConsole'],
  spendLimit: ['openConsole'],
  rateLimit: ['retry'],
  overloaded: ['retry', 'continue'],
  server: ['retry', 'continue'],
  invalidRequest: ['retry'],
  unknownModel: ['selectModel'],
  noEndpoint: ['openSettings'],
  tooLarge: ['newConversation'],
  tooLong: ['compact'],
  badAddress: ['openSettings'],
  network: ['retry'],
  proxy: ['openSettings'],
  certificate: ['openSettings'],
  timeout: ['retry'],
  stalled: ['retry', 'continue'],
  cutOff: ['retry', 'continue'],
  malformed: ['retry', 'continue'],
  captivePortal: ['retry'],
  refusal: ['editQuestion'],
  empty: ['retry'],
  onHold: ['openConsole'],
  compaction: ['retry'],
  storage: ['retry'],
  unexpected: ['showLog'],
};

const ACTIONS: Readonly<Record<Remedy, string>> = {
  retry: 'Try Again',
  continue: 'Continue',
  editQuestion: 'Edit Question',
  compact: 'Compact Conversation',
  newConversation: 'New Conversation',
  setApiKey: 'Set API Key',
  selectModel: 'Select Model',
  openSettings: 'Open Settings',
  openConsole: 'Open Claude Console',
  showLog: 'Show Log',
};

const kinds = Object.keys(KINDS) as FailureKind[];

function failed(kind: FailureKind, changes: Partial<Failure> = {}): Failure {
  return { kind, status: 400, type: 'api_error', ...changes };
}

function advice(failure: Failure, circumstances?: Circumstances) {
  return adviseOn(failure, t, circumstances);
}

for (const kind of kinds) {
  test(`${kind} is one sentence of its own and one action`, () => {
    const [remedy, withPart = remedy] = KINDS[kind];
    for (const [partial, expected] of [
      [false, remedy],
      [true, withPart],
    ] as const) {
      const { sentence, ...rest } = advice(failed(kind), { partial });
      assert.match(sentence, kind === 'badAddress' ? /^[A-Z].*: $/ : /^[A-Z][^.]*(\.baseUrl[^.]*)?\.$/);
      assert.equal(rest.remedy, expected);
      assert.equal(rest.action, ACTIONS[expected]);
      assert.equal('link' in rest, expected === 'openConsole');
      assert.equal('settings' in rest, expected === 'openSettings');
    }
    assert.deepEqual(advice(failed(kind)), advice(failed(kind), {}));
  });
}

test('No two kinds say the same', () => {
  for (const partial of [false, true]) {
    const sentences = kinds.map((kind) => advice(failed(kind), { partial }).sentence);
    assert.equal(new Set(sentences).size, kinds.length);
  }
});

test('What is kept is said only where something has arrived', () => {
  for (const kind of ['stalled', 'cutOff', 'malformed'] as const) {
    assert.match(advice({ kind }, { partial: true }).sentence, /arrived (before )?is kept/);
    assert.doesNotMatch(advice({ kind }).sentence, /kept/);
  }
});

test("The API's own words are added where they say more", () => {
  const told = kinds.filter((kind) =>
    advice(failed(kind, { message: 'DETAIL' })).sentence.includes('DETAIL'),
  );
  assert.deepEqual(told.toSorted(), [
    'badAddress',
    'billing',
    'certificate',
    'compaction',
    'forbidden',
    'invalidRequest',
    'network',
    'onHold',
    'proxy',
    'refusal',
    'server',
    'spendLimit',
    'storage',
    'unexpected',
    'unknownModel',
  ]);
});

test('Money and holds lead to the page of the console that is about them', () => {
  const links = (['billing', 'spendLimit', 'forbidden', 'onHold'] as const).map(
    (kind) => advice(failed(kind)).link,
  );
  assert.deepEqual(links, [
    'https://platform.claude.com/settings/billing',
    'https://platform.claude.com/settings/limits',
    'https://platform.claude.com/settings/keys',
    'https://platform.claude.com/',
  ]);
});

test('An organization on hold can appeal where the API says, if that is a page of Anthropic', () => {
  for (const page of ['https://claude.com/appeal?org=1', 'https://support.anthropic.com']) {
    const told = advice(failed('onHold', { message: page }));
    assert.equal(told.link, page);
    assert.equal(told.action, 'Open Appeal Page');
    assert.doesNotMatch(told.sentence, /https/);
  }
  for (const page of [
    'http://claude.com/appeal',
    'https://claude.com.evil.example/appeal',
    'https://evilclaude.com/',
    'https://evil.example/?https://claude.com/',
    'See https://claude.com/appeal',
    'javascript:alert(1)//claude.com',
  ]) {
    const told = advice(failed('onHold', { message: page }));
    assert.equal(told.link, 'https://platform.claude.com/', page);
    assert.equal(told.action, 'Open Claude Console', page);
  }
  assert.equal(
    advice(failed('billing', { message: 'https://claude.com/appeal' })).action,
    'Open Claude Console',
  );
});

test('What a key may not do is a matter of the model, of the account or of the key', () => {
  const remedyOf = (changes: Partial<Failure>) => advice(failed('forbidden', changes)).remedy;
  assert.equal(remedyOf({ message: 'Your key has no access to the model claude-x.' }), 'selectModel');
  assert.equal(remedyOf({ message: 'OAuth is not allowed for this organization.' }), 'openConsole');
  assert.equal(advice({ kind: 'forbidden', status: 403 }).remedy, 'setApiKey');
});

test('A conversation that cannot be summarized is too long for anything but a new one', () => {
  assert.equal(advice({ kind: 'tooLong' }, { compactable: true }).remedy, 'compact');
  assert.equal(advice({ kind: 'tooLong' }, { compactable: false }).remedy, 'newConversation');
});

test('Proxies and certificates lead to the settings of VS Code, addresses to that of Parley', () => {
  const settings = (['proxy', 'certificate', 'badAddress', 'noEndpoint'] as const).map(
    (kind) => advice({ kind }).settings,
  );
  assert.deepEqual(settings, ['@id:http.*', '@id:http.*', 'parley.baseUrl', 'parley.baseUrl']);
});

test('The time to wait is told in seconds, and when it is long in minutes', () => {
  const waits: readonly (readonly [number, RegExp])[] = [
    [1500, /wait 2 s\.$/],
    [120_000, /wait 120 s\.$/],
    [120_001, /wait 3 min\.$/],
    [7_200_000, /wait 120 min\.$/],
  ];
  for (const [retryAfter, expected] of waits) {
    assert.match(advice({ kind: 'rateLimit', retryAfter }).sentence, expected);
  }
});

test('A category of refusals is put into words, and a sentence of the API stays as it is', () => {
  for (const category of ['cyber', 'bio', 'frontier_llm', 'reasoning_extraction', 'general_harms']) {
    const { sentence } = advice({ kind: 'refusal', message: category });
    assert.match(sentence, /^Claude declined to answer this\. \(it may .*\)$/, category);
    assert.doesNotMatch(sentence, /_|cyber\b/);
  }
  assert.match(advice({ kind: 'refusal', message: 'Not this.' }).sentence, /\(Not this\.\)$/);
});

test('Words of the program about a compaction are not shown', () => {
  const sentence = 'The conversation could not be summarized.';
  assert.equal(advice({ kind: 'compaction', message: 'max_tokens' }).sentence, sentence);
});

test('a journal that only a newer Parley understands is not told as one that could not be written', () => {
  const { sentence } = adviseOn({ kind: 'storage', message: NEWER_FORMAT }, t);
  assert.match(sentence, /newer version of Parley, and is left as it is/);
});

test('what was to be read or moved is not said to have been written', () => {
  const sentence = (failure: Omit<Failure, 'kind'>): string =>
    adviseOn({ kind: 'storage', ...failure }, t).sentence;
  assert.match(sentence({ code: NOT_READ, message: 'EACCES' }), /could not be read.*\(EACCES\)/);
  assert.match(sentence({ code: NOT_MOVED, message: 'EEXIST' }), /could not be moved.*\(EEXIST\)/);
  assert.match(sentence({ message: 'ENOSPC' }), /could not be written.*\(ENOSPC\)/);
  assert.match(sentence({ code: NOT_READ, message: HELD_ELSEWHERE }), /open in another window/);
});

test('what another window has taken over is told, and where the rest of it lies', () => {
  assert.match(adviseOn({ kind: 'storage', message: TAKEN_OVER }, t).sentence, /taken over.*\.quarantine/);
});
