import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  AnthropicError,
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  RetryableError,
} from '@anthropic-ai/sdk/core/error';
import { failureOf } from '../../../src/claude/failures.ts';
import type { Failure, FailureKind } from '../../../src/core/conversation/model.ts';
import { claudeAt, collect, KEY, REQUEST, serve } from './oddServer.ts';

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks a server that gives these answers, one after the other, and returns what became of each. */
async function failuresOf(t: TestContext, given: readonly Answer[]): Promise<readonly Failure[]> {
  const left = [...given];
  const server = await serve(t, (response) => {
    const { status, body = '', headers } = left.shift() ?? { status: 418 };
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  const failures: Failure[] = [];
  for (const _ of given) {
    const { end } = await collect(claudeAt(server.url).start(REQUEST));
    assert.equal(end.outcome, 'failed');
    if (end.outcome === 'failed') failures.push(end.failure);
  }
  assert.equal(server.requests.length, given.length);
  return failures;
}

function apiBody(type: string, message: string, code?: string): string {
  const details = code === undefined ? {} : { details: { error_code: code } };
  return JSON.stringify({ type: 'error', error: { type, message, ...details }, request_id: 'req_body' });
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [400, 'invalid_request_error'],
  [402, 'billing_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [409, 'conflict_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [503, 'api_error'],
  [529, 'overloaded_error'],
]);

const CODES: readonly (readonly [number, FailureKind, string])[] = [
  [
    400,
    'invalidRequest',
    'image_dimensions_too_large available_tools_limit_exceeded tool_name_conflict tool_reference_unresolved compaction_block_ambiguous compaction_block_misplaced compaction_content_mismatch compaction_incomplete_turn compaction_nothing_to_summarize compaction_signature_invalid compaction_too_many_tool_references compaction_tool_changes_mismatch thread_already_continued thread_continue_in_flight thread_fingerprint_mismatch thread_unsupported_request claude_code_version_too_old request_body_encoding_invalid request_body_encoding_unsupported user_profile_required file_not_downloadable storage_quota_exceeded invented_tomorrow constructor',
  ],
  [
    400,
    'forbidden',
    'organization_on_hold claude_code_key_creator_not_member cmek_key_disabled cmek_key_network_blocked',
  ],
  [402, 'billing', 'linked_organization_billing_unavailable'],
  [402, 'spendLimit', 'linked_organization_spend_limit_reached'],
  [403, 'billing', 'user_profile_billing_not_authorized user_profile_not_billable'],
  [404, 'invalidRequest', 'thread_not_found file_expired'],
  [409, 'invalidRequest', 'skill_read_blocked_undecryptable'],
  [413, 'tooLarge', 'request_body_too_large_after_decoding'],
  [429, 'spendLimit', 'contract_spend_limit_reached enforced_spend_limit_reached'],
  [429, 'rateLimit', 'ramp_limit_exceeded'],
  [503, 'server', 'cmek_key_unreachable'],
  [529, 'overloaded', 'compaction_unavailable'],
];

test('Every error code of the API has its kind and is passed on with type, sentence and request', async (t) => {
  const cases = CODES.flatMap(([status, kind, codes]) =>
    codes.split(' ').map((code) => ({ status, kind, code, type: TYPES.get(status) ?? '' })),
  );
  const given = cases.map(({ status, code, type }) => ({ status, body: apiBody(type, 'No.', code) }));
  assert.deepEqual(
    await failuresOf(t, given),
    cases.map(({ status, kind, code, type }) => ({
      kind,
      status,
      type,
      code,
      message: 'No.',
      requestId: 'req_body',
    })),
  );
});

const TYPED: readonly (readonly [number, string, string, FailureKind])[] = [
  [400, 'invalid_request_error', 'messages: bad', 'invalidRequest'],
  [400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum', 'tooLong'],
  [400, 'invalid_request_error', 'input length and `max_tokens` exceed context limit: 1 + 2 > 3', 'tooLong'],
  [400, 'invalid_request_error', 'Your credit balance is too low to access the API', 'billing'],
  [401, 'authentication_error', 'invalid x-api-key', 'badKey'],
  [401, 'invalid_request_error', 'Incorrect API key provided', 'badKey'],
  [402, 'billing_error', 'pay', 'billing'],
  [403, 'permission_error', 'no', 'forbidden'],
  [404, 'not_found_error', 'model: claude-nope', 'unknownModel'],
  [404, 'not_found_error', 'Not Found', 'noEndpoint'],
  [409, 'conflict_error', 'busy', 'server'],
  [413, 'request_too_large', 'big', 'tooLarge'],
  [429, 'rate_limit_error', 'slow down', 'rateLimit'],
  [500, 'api_error', 'oops', 'server'],
  [504, 'timeout_error', 'late', 'timeout'],
  [529, 'overloaded_error', 'busy', 'overloaded'],
  [500, 'overloaded_error', 'a gateway with its own status', 'overloaded'],
];

test('Every error type has its kind', async (t) => {
  const failures = await failuresOf(
    t,
    TYPED.map(([status, type, message]) => ({ status, body: apiBody(type, message) })),
  );
  assert.deepEqual(
    failures.map((failure) => [failure.message, failure.kind]),
    TYPED.map(([, , message, kind]) => [message, kind]),
  );
});

const STATUSES: Readonly<Record<number, FailureKind>> = {
  304: 'noEndpoint',
  400: 'invalidRequest',
  401: 'badKey',
  402: 'billing',
  403: 'forbidden',
  404: 'noEndpoint',
  405: 'noEndpoint',
  408: 'timeout',
  409: 'server',
  410: 'noEndpoint',
  412: 'invalidRequest',
  413: 'tooLarge',
  418: 'invalidRequest',
  422: 'invalidRequest',
  429: 'rateLimit',
  431: 'invalidRequest',
  499: 'server',
  500: 'server',
  501: 'server',
  502: 'server',
  503: 'server',
  504: 'timeout',
  511: 'captivePortal',
  520: 'server',
  529: 'overloaded',
};

test('A status without a body of the API still has its kind, and its page is not shown', async (t) => {
  const statuses = Object.keys(STATUSES).map(Number);
  const page = (status: number) => (status === 304 ? '' : '<html>prompt</html>');
  const failures = await failuresOf(
    t,
    statuses.map((status) => ({ status, body: page(status), headers: { 'content-type': 'text/html' } })),
  );
  assert.deepEqual(
    failures,
    statuses.map((status) => ({ kind: STATUSES[status], status })),
  );
});

test('The waiting time is read from each of its three forms', async (t) => {
  const inAMinute = new Date(Date.now() + 60_000).toUTCString();
  const waits: readonly Readonly<Record<string, string>>[] = [
    { 'retry-after-ms': '1500.2', 'retry-after': '9' },
    { 'retry-after': '2.5' },
    { 'retry-after': inAMinute },
    { 'retry-after': '0' },
    { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' },
    { 'retry-after': 'soon' },
    {},
  ];
  const failures = await failuresOf(
    t,
    waits.map((headers) => ({ status: 429, headers })),
  );
  const found = failures.map((failure) => failure.retryAfter);
  assert.deepEqual(found.toSpliced(2, 1), [1501, 2500, undefined, undefined, undefined, undefined]);
  const minute = found[2] ?? 0;
  assert.ok(minute > 50_000 && minute <= 60_000, String(minute));
});

test('A failure never holds a key and is never long', async (t) => {
  const message = `Key ${KEY} and sk-ant-other-KEY_1 at https://me:word@proxy are no good. ${'x'.repeat(400)}`;
  const body = apiBody(`type-${KEY}`, message, `code-${KEY}`);
  const [failure] = await failuresOf(t, [{ status: 400, body, headers: { 'request-id': KEY } }]);
  assert.doesNotMatch(JSON.stringify(failure), /sk-ant|word/);
  assert.match(failure?.message ?? '', /^Key \*\*\* and \*\*\* at https:\/\/\*\*\*@proxy are no good\. x+…$/);
  assert.equal(failure?.message?.length, 300);
  assert.equal(failure?.requestId, '***');
});

test('A key of any other shape is kept out as well', async (t) => {
  const server = await serve(t, (response) => response.writeHead(400).end('{"message":"hunter2 is wrong"}'));
  const { end } = await collect(claudeAt(server.url, { key: async () => 'hunter2' }).start(REQUEST));
  assert.equal(end.outcome === 'failed' && end.failure.message, '*** is wrong');
});

/** An error as Node's fetch throws it: the reason two `cause` levels below that of the SDK. */
function fetchError(fields: object, message = 'reason'): Error {
  const reason = Object.assign(new Error(message), fields);
  return new APIConnectionError({ cause: new TypeError('fetch failed', { cause: reason }) });
}

const NETWORK: readonly (readonly [Error, FailureKind, string | undefined])[] = [
  ...['ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'EAI_AGAIN', 'EPIPE', 'UND_ERR_SOCKET'].map(
    (code) => [fetchError({ code }), 'network', code] as const,
  ),
  ...[
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'CERT_HAS_EXPIRED',
    'CERT_NOT_YET_VALID',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'HOSTNAME_MISMATCH',
  ].map((code) => [fetchError({ code }), 'certificate', code] as const),
  [fetchError({ code: 'ETIMEDOUT' }), 'timeout', 'ETIMEDOUT'],
  [fetchError({ code: 'UND_ERR_HEADERS_TIMEOUT' }), 'timeout', 'UND_ERR_HEADERS_TIMEOUT'],
  [fetchError({ code: 'ENOTFOUND' }, 'getaddrinfo ENOTFOUND proxy.example.com'), 'network', 'ENOTFOUND'],
  [
    fetchError({ code: 'UND_ERR_ABORTED' }, 'Proxy response (407) !== 200 when HTTP Tunneling'),
    'proxy',
    'Proxy response (407) !== 200 when HTTP Tunneling',
  ],
  [
    fetchError({}, 'Proxy connection ended before receiving CONNECT response'),
    'proxy',
    'Proxy connection ended before receiving CONNECT response',
  ],
  [
    fetchError({ code: '', errors: [Object.assign(new Error('a'), { code: 'ENETUNREACH' })] }),
    'network',
    'ENETUNREACH',
  ],
  [fetchError({}, 'net::ERR_PROXY_CONNECTION_FAILED'), 'proxy', 'ERR_PROXY_CONNECTION_FAILED'],
  [fetchError({}, 'net::ERR_TUNNEL_CONNECTION_FAILED'), 'proxy', 'ERR_TUNNEL_CONNECTION_FAILED'],
  [fetchError({}, 'net::ERR_PROXY_CERTIFICATE_INVALID'), 'proxy', 'ERR_PROXY_CERTIFICATE_INVALID'],
  [fetchError({}, 'net::ERR_CERT_AUTHORITY_INVALID'), 'certificate', 'ERR_CERT_AUTHORITY_INVALID'],
  [fetchError({}, 'net::ERR_INTERNET_DISCONNECTED'), 'network', 'ERR_INTERNET_DISCONNECTED'],
  [fetchError({}, 'net::ERR_NAME_NOT_RESOLVED'), 'network', 'ERR_NAME_NOT_RESOLVED'],
  [fetchError({}, 'net::ERR_CONNECTION_TIMED_OUT'), 'timeout', 'ERR_CONNECTION_TIMED_OUT'],
  [fetchError({ code: 'ERR_INVALID_URL' }), 'badAddress', 'ERR_INVALID_URL'],
  [fetchError({}, 'bad port'), 'network', 'bad port'],
  [new APIConnectionTimeoutError(), 'timeout', undefined],
  [new SyntaxError('Unexpected token in "my secret prompt"'), 'malformed', undefined],
  [new AnthropicError('odd'), 'unexpected', 'AnthropicError: odd'],
  [new RetryableError('odd'), 'unexpected', 'RetryableError: odd'],
  [new APIError(undefined, undefined, 'odd', undefined), 'server', undefined],
];

test('Every failure of the network has its kind and shows the code that says most', () => {
  for (const [error, kind, message] of NETWORK) {
    const expected = message === undefined ? { kind } : { kind, message };
    assert.deepEqual(failureOf(error, KEY), expected, String(error.cause ?? error));
  }
});

test('Whatever is thrown becomes a failure', () => {
  for (const thrown of [undefined, null, 'text', 7, {}]) {
    assert.equal(failureOf(thrown, KEY).kind, 'unexpected');
  }
  const circle: { cause?: unknown } = new Error('round');
  circle.cause = circle;
  assert.equal(failureOf(circle, KEY).kind, 'unexpected');
});
