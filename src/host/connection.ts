import { originOf } from '../core/apiKey.ts';
import { type Claude, type ClaudeAddress, fail, type Result, succeed } from '../core/ports.ts';
import { ANTHROPIC_URL, endpointOf, isLoopback } from '../core/settings.ts';
import type { KeyStore } from './keyStore.ts';
import { currentSettings } from './settings.ts';

/** Makes the port to Claude; loads the SDK on its first call. */
export type CreateClaude = (address: ClaudeAddress) => Promise<Claude>;

/** The way to Claude as settings and keys describe it at this moment. */
export interface Connection {
  /** The address in use, or the failure that says what is wrong with it. */
  address(): Result<string>;
  /** Host name to show when the address is not Anthropic's own. */
  foreignHost(): string | undefined;
  keyState(): Promise<'missing' | 'importable' | 'present'>;
  /** A `Claude` for the active profile; fails with `noKey` where a key is needed and none is set. */
  claude(): Promise<Result<Claude>>;
  /** A `Claude` that uses this key, before it is stored. */
  trial(key: string): Promise<Result<Claude>>;
}

export function createConnection(
  keys: KeyStore,
  createClaude: CreateClaude,
  onRateLimits: NonNullable<ClaudeAddress['onRateLimits']>,
): Connection {
  const made = new Map<string, Promise<Claude>>();

  function address(): Result<string> {
    const endpoint = endpointOf(currentSettings().baseUrl);
    return 'url' in endpoint
      ? succeed(endpoint.url)
      : fail({ kind: 'badAddress', message: endpoint.problem });
  }

  async function keyState(): Promise<'missing' | 'importable' | 'present'> {
    const at = address();
    if (at.ok && ((await keys.get(originOf(at.value))) !== undefined || isLoopback(at.value)))
      return 'present';
    return keys.offered() === undefined ? 'missing' : 'importable';
  }

  return {
    address,
    keyState,
    foreignHost() {
      const at = address();
      return at.ok && at.value !== ANTHROPIC_URL ? originOf(at.value).replace(/^https?:\/\//, '') : undefined;
    },
    async claude() {
      const at = address();
      if (!at.ok) return at;
      if ((await keyState()) !== 'present') return fail({ kind: 'noKey' });
      const url = at.value;
      const claude =
        made.get(url) ??
        createClaude({
          baseUrl: url,
          key: () => keys.get(originOf(url)),
          keyOptional: isLoopback(url),
          onRateLimits,
        });
      made.set(url, claude);
      return succeed(await claude);
    },
    async trial(key) {
      const at = address();
      if (!at.ok) return at;
      return succeed(await createClaude({ baseUrl: at.value, key: async () => key, keyOptional: false }));
    },
  };
}
