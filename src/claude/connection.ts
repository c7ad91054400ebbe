import { BaseAnthropic } from '@anthropic-ai/sdk/client';
import { Messages } from '@anthropic-ai/sdk/resources/beta/messages/messages';
import { Models } from '@anthropic-ai/sdk/resources/beta/models';
import type { ClaudeAddress } from '../core/ports.ts';
import { FailureError } from './failures.ts';
import { rateLimitReporter } from './rateLimits.ts';
import { idleWatchdog } from './watchdog.ts';

export interface ClaudeOptions extends ClaudeAddress {
  readonly userAgent?: string;
  /** How long a body may bring no byte, in ms. */
  readonly idleTimeout: number;
  /** How long the response headers may take, in ms. */
  readonly headersTimeout: number;
  readonly fetch?: typeof fetch;
  /** Takes one line for each request, without key and prompt. */
  readonly log?: (line: string) => void;
}

/** Sent in place of a key where none is needed, because the SDK sends nothing without one. */
const NO_KEY = 'none';

/** Printable ASCII and Latin-1: what an HTTP header can carry. */
const HEADER_TEXT = /^[\x20-\x7e\xa0-\xff]*$/;

/** The SDK with the two resources that are used; the whole of it weighs more than twice as much. */
class SlimClient extends BaseAnthropic {
  declare readonly _options: { defaultHeaders?: Readonly<Record<string, string>> };
  readonly messages = new Messages(this);
  readonly models = new Models(this);
}

/** A client for one request; `key` is undefined for requests without one. Throws what `checkAddress` throws. */
export function connect(options: ClaudeOptions, key: string | undefined): SlimClient {
  checkAddress(options.baseUrl);
  const { onRateLimits } = options;
  const client = new SlimClient({
    baseURL: options.baseUrl,
    apiKey: async () => key ?? NO_KEY,
    maxRetries: 0,
    timeout: options.headersTimeout,
    openTelemetry: false,
    logLevel: 'off',
    middleware: [
      ...(onRateLimits ? [rateLimitReporter(onRateLimits)] : []),
      idleWatchdog(options.idleTimeout),
    ],
    ...(options.fetch ? { fetch: options.fetch } : {}),
  });
  // The constructor has put the headers of ANTHROPIC_CUSTOM_HEADERS here, and offers no way to refuse them.
  client._options.defaultHeaders = options.userAgent === undefined ? {} : { 'User-Agent': options.userAgent };
  return client;
}

/** The key to send, or undefined where none is set and none is needed. Throws `noKey` and `badKey`. */
export async function readKey(options: ClaudeOptions): Promise<string | undefined> {
  const key = ((await options.key()) ?? '').trim();
  if (key === '' && options.keyOptional) return undefined;
  if (key === '') throw new FailureError({ kind: 'noKey' });
  if (!HEADER_TEXT.test(key)) throw new FailureError({ kind: 'badKey' });
  return key;
}

/** The SDK appends its path as text, so a query or a fragment would swallow it; fetch refuses user names. */
function checkAddress(address: string): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const plain = url && !url.username && !url.password && !/[?#]/.test(address);
  if (!plain || !/^https?:$/.test(url.protocol)) {
    throw new FailureError({ kind: 'badAddress', message: address });
  }
}
