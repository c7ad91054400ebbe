/** What can be wrong with a key before anyone asks the server. */
export type KeyProblem = 'empty' | 'innerSpace' | 'strangeCharacter';

/**
 * Trims a key as it was pasted. A line break or space inside, or a character that no HTTP header can carry,
 * means that something else was pasted along.
 */
export function checkKey(raw: string): { readonly key: string } | { readonly problem: KeyProblem } {
  const key = raw.trim();
  if (key === '') return { problem: 'empty' };
  if (/\s/.test(key)) return { problem: 'innerSpace' };
  if (!/^[\x21-\x7e]+$/.test(key)) return { problem: 'strangeCharacter' };
  return { key };
}

/** The name of the profile that exists without being made. */
export const DEFAULT_PROFILE = 'Default';

/** The name under which a key lies in secret storage: it belongs to one profile and one address. */
export function secretName(profile: string, origin: string): string {
  return `${PREFIX}${origin} ${profile}`;
}

/** The reverse of `secretName`; undefined for secrets that are no keys. */
export function parseSecretName(
  name: string,
): { readonly profile: string; readonly origin: string } | undefined {
  const match = /^parley\.apiKey:(\S+) (.+)$/.exec(name);
  return match ? { origin: match[1] ?? '', profile: match[2] ?? '' } : undefined;
}

/** Scheme, host and port of an address: a key is never sent to another origin than the one it was set for. */
export function originOf(url: string): string {
  return /^https?:\/\/[^/]+/.exec(url)?.[0] ?? url;
}

const PREFIX = 'parley.apiKey:';
