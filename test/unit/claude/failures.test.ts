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

const TYPED: readonly (readonly [number, string, string, FailureKind])[] = [
  [400, 'invalid_request_error', 'messages: bad', 'invalidRequest'],
  [400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum', 'tooLong'],
  [400, 'invalid_request_error', 'input length and `max_tokens` exceed context limit: 1 + 2 > 3', 'tooLong'],
  [400, 'invalid_request_error', 'Input is too long for requested model.', 'tooLong'],
  [400, 'invalid_request_error', 'Your credit balance is too low to access the API', 'billing'],
  [400, 'invalid_request_error', 'You have reached your specified API usage limits.', 'spendLimit'],
  [400, 'invalid_request_error', 'This organization has been disabled.', 'forbidden'],
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

const GATEWAYS: readonly (readonly [number, string, FailureKind])[] = [
  [404, '{"error":"model \'claude-nope\' not found, try pulling it first"}', 'unknownModel'],
  [404, '{"detail":"Not Found"}', 'noEndpoint'],
  [
    400,
    '{"error":{"message":"Invalid model name passed in model=x","type":null,"code":"400"}}',
    'unknownModel',
  ],
  [404, '{"error":{"message":"gone","type":"NotFoundError","code":"model_not_found"}}', 'unknownModel'],
  [400, '{"error":{"message":"max","type":"BadRequestError","code":"context_length_exceeded"}}', 'tooLong'],
  [400, '{"message":"This model\'s maximum context length is 8192 tokens."}', 'tooLong'],
  [429, '{"error":{"message":"no more","type":"insufficient_quota","param":null}}', 'billing'],
  [400, '{"error":{"message":"Budget has been exceeded","type":"budget_exceeded"}}', 'spendLimit'],
  [400, '{"error":{"message":"Incorrect key","code":"invalid_api_key"}}', 'badKey'],
  [403, '{"message":"Missing Authentication Token"}', 'forbidden'],
  [429, '{"error":"slow down"}', 'rateLimit'],
  [502, '{"error":{"code":502,"message":"upstream"}}', 'server'],
];

test('The errors of gateways with formats of their own have their kinds', async (t) => {
  const failures = await failuresOf(
    t,
    GATEWAYS.map(([status, body]) => ({ status, body })),
  );
  assert.deepEqual(
    failures.map((failure, at) => [GATEWAYS[at]?.[1], failure.kind]),
    GATEWAYS.map(([, body, kind]) => [body, kind]),
  );
});

test('The code of a gateway is passed on', async (t) => {
  const body = '{"error":{"message":"gone","code":"model_not_found"}}';
  const [failure] = await failuresOf(t, [{ status: 404, body }]);
  assert.equal(failure?.code, 'model_not_found');
});

function detailed(details: Readonly<Record<string, unknown>>): string {
  const error = { type: 'invalid_request_error', message: 'No.', details };
  return JSON.stringify({ type: 'error', error });
}

test('A failure says where in the request it lies and which limit was passed', async (t) => {
  const paths = ['messages.0.content.1', 'messages.2.content.0'];
  const code = 'image_dimensions_too_large';
  const wrong = { paths: [7, null, 'x'.repeat(101), KEY], max_side_length_pixels: 'wide', error_code: 7 };
  const many = { paths: Array.from({ length: 3000 }, (_, at) => `messages.${at}`) };
  const failures = await failuresOf(t, [
    { status: 400, body: detailed({ error_code: code, paths, max_side_length_pixels: 2000 }) },
    { status: 400, body: detailed(wrong) },
    { status: 400, body: detailed(many) },
    { status: 400, body: detailed({ paths: 'messages.0', max_side_length_pixels: -1 }) },
  ]);
  const plain = { kind: 'invalidRequest', status: 400, type: 'invalid_request_error', message: 'No.' };
  assert.deepEqual(failures[0], { ...plain, code, paths, limit: 2000 });
  assert.deepEqual(failures[1], { ...plain, paths: ['***'] });
  assert.equal(failures[2]?.paths?.length, 1000);
  assert.deepEqual(failures[3], plain);
});

test('An organization on hold is told where to appeal', async (t) => {
  const code = { error_code: 'organization_on_hold' };
  const appeal = 'https://claude.com/appeal/org-1';
  const failures = await failuresOf(t, [
    { status: 400, body: detailed({ ...code, appeal_url: appeal }) },
    { status: 400, body: detailed({ ...code, appeal_url: null }) },
  ]);
  assert.deepEqual(
    failures.map((failure) => [failure.kind, failure.message]),
    [
      ['onHold', appeal],
      ['onHold', 'No.'],
    ],
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
