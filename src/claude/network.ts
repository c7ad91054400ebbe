import type { Failure, FailureKind } from '../core/conversation/model.ts';

/**
 * What went wrong between here and the server. The useful error code hides some `cause` levels down in
 * Node's errors, and in the message (`net::ERR_...`) of those of Electron's network, which VS Code may use.
 * Undefined when nothing in the error speaks of a network.
 */
export function networkFailure(error: unknown): Failure | undefined {
  const causes = causesOf(error);
  const codes = causes.flatMap(codesOf);
  for (const [pattern, kind] of KINDS) {
    const code = codes.find((candidate) => pattern.test(candidate));
    if (code !== undefined) return { kind, message: code };
  }
  const proxy = causes.find((cause) => !SYSTEM_CODE.test(cause.code) && PROXY_WORDS.test(cause.message));
  if (proxy) return { kind: 'proxy', message: proxy.message };
  const code = codes.at(-1);
  return code === undefined ? undefined : { kind: 'network', message: code };
}

/** What the innermost error says, for failures without a code. */
export function innermostMessage(error: unknown): string | undefined {
  return causesOf(error).findLast((cause) => cause.message !== '')?.message;
}

/** A response body that broke off after its headers had come. */
export function lostConnection(error: unknown): Failure {
  const network = networkFailure(error);
  if (network?.message === 'UND_ERR_BODY_TIMEOUT') return { kind: 'stalled' };
  return { kind: 'cutOff', ...(network?.message === undefined ? {} : { message: network.message }) };
}

/** By error code, the first pattern that fits; any other code is `network`. */
const KINDS: readonly (readonly [RegExp, FailureKind])[] = [
  [/PROXY|TUNNEL|^ERR_PAC_|SOCKS/, 'proxy'],
  [/CERT|^UNABLE_TO_|^INVALID_(CA|PURPOSE)$|^HOSTNAME_MISMATCH$|^PATH_LENGTH_EXCEEDED$/, 'certificate'],
  [/TIMED_?OUT|TIMEOUT/, 'timeout'],
  [/^ERR_INVALID_URL$|^ERR_UNKNOWN_URL_SCHEME$|^ERR_DISALLOWED_URL_SCHEME$/, 'badAddress'],
];

/** `ENOTFOUND` and the like name the host in their message, which may well be called "proxy". */
const SYSTEM_CODE = /^E(?!RR_)[A-Z]/;
const PROXY_WORDS = /\bproxy\b|tunnell?ing/i;
const CHROMIUM_CODE = /net::(ERR_[A-Z0-9_]+)/;
const DEEPEST = 6;

interface Cause {
  readonly code: string;
  readonly message: string;
}

function causesOf(error: unknown, depth = 0): readonly Cause[] {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) return [];
  const fields = error as { code?: unknown; message?: unknown; cause?: unknown; errors?: unknown };
  const own = { code: textOf(fields.code), message: textOf(fields.message) };
  const parallel = Array.isArray(fields.errors) ? fields.errors.slice(0, 1) : [];
  const deeper = [fields.cause, ...parallel].flatMap((cause) => causesOf(cause, depth + 1));
  return [own, ...deeper];
}

function codesOf(cause: Cause): readonly string[] {
  const chromium = CHROMIUM_CODE.exec(cause.message)?.[1];
  return [cause.code, chromium ?? ''].filter((code) => /^[A-Z][A-Z0-9_]+$/.test(code));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
