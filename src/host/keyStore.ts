import type * as vscode from 'vscode';
import { checkKey, DEFAULT_PROFILE, parseSecretName, secretName } from '../core/apiKey.ts';

/** The API keys: in secret storage and nowhere else. */
export interface KeyStore {
  /** Profiles that have a key for any address, and the active one; sorted by name. */
  profiles(): Promise<readonly string[]>;
  readonly active: string;
  activate(profile: string): Promise<void>;
  /** The active profile's key for this address; undefined when there is none. */
  get(origin: string): Promise<string | undefined>;
  set(profile: string, origin: string, key: string): Promise<void>;
  /** Removes every key of the profile. */
  remove(profile: string): Promise<void>;
  /** A usable `ANTHROPIC_API_KEY` of the environment; only ever taken over by a click. */
  offered(): string | undefined;
  onChanged(listener: () => void): vscode.Disposable;
}

const ACTIVE = 'parley.activeProfile';

export function createKeyStore(
  secrets: vscode.SecretStorage,
  state: vscode.Memento,
  environment: { readonly [name: string]: string | undefined },
): KeyStore {
  const owners = async (): Promise<readonly { profile: string; name: string }[]> =>
    (await secrets.keys()).flatMap((name) => {
      const parsed = parseSecretName(name);
      return parsed ? [{ profile: parsed.profile, name }] : [];
    });
  const active = (): string => state.get<string>(ACTIVE) ?? DEFAULT_PROFILE;

  return {
    async profiles() {
      const names = (await owners()).map((owner) => owner.profile);
      return [...new Set([active(), ...names])].sort((one, other) => one.localeCompare(other));
    },
    get active() {
      return active();
    },
    async activate(profile) {
      await state.update(ACTIVE, profile);
    },
    async get(origin) {
      return secrets.get(secretName(active(), origin));
    },
    async set(profile, origin, key) {
      await secrets.store(secretName(profile, origin), key);
    },
    async remove(profile) {
      for (const owner of await owners()) {
        if (owner.profile === profile) await secrets.delete(owner.name);
      }
    },
    offered() {
      const checked = checkKey(environment.ANTHROPIC_API_KEY ?? '');
      return 'key' in checked ? checked.key : undefined;
    },
    onChanged: (listener) => secrets.onDidChange(() => listener()),
  };
}
