import * as vscode from 'vscode';
import { findModel } from '../core/modelChoice.ts';
import type { ModelInfo } from '../core/modelInfo.ts';
import { fail, type Result } from '../core/ports.ts';
import type { Connection } from './connection.ts';
import type { JsonCache } from './storage/jsonCache.ts';

/** How long the models endpoint may take, in ms, before a question goes on without its answer. */
const TIMEOUT = 15_000;

/** The cache remembers the models of this many addresses, the newest ones. */
const ADDRESSES = 5;

/** The models of the address in use, as its models endpoint describes them. */
export interface ModelCatalogue {
  readonly models: readonly ModelInfo[];
  find(id: string): ModelInfo | undefined;
  /** Asks the endpoint again; a failure keeps what was known. */
  refresh(): Promise<Result<readonly ModelInfo[]>>;
  /** Resolves when models are known or one attempt to learn them, shared by all who wait, has failed. */
  ready(): Promise<void>;
  readonly onChanged: vscode.Event<void>;
}

/** Models are remembered on disk for each address, so that a start without network has them. */
export function createModelCatalogue(cache: JsonCache, connection: Connection): ModelCatalogue {
  const changed = new vscode.EventEmitter<void>();
  const byAddress = new Map<string, readonly ModelInfo[]>();
  const fetched = new Set<string>();
  let loaded: Promise<void> | undefined;
  let asking: Promise<Result<readonly ModelInfo[]>> | undefined;

  const models = (): readonly ModelInfo[] => {
    const address = connection.address();
    return (address.ok && byAddress.get(address.value)) || [];
  };

  async function load(): Promise<void> {
    const value = await cache.read();
    if (typeof value !== 'object' || value === null) return;
    for (const [address, known] of Object.entries(value)) {
      if (Array.isArray(known) && !byAddress.has(address)) byAddress.set(address, known.filter(isModel));
    }
    changed.fire();
  }

  async function ask(): Promise<Result<readonly ModelInfo[]>> {
    const address = connection.address();
    const claude = await connection.claude();
    if (!address.ok || !claude.ok) return claude.ok ? fail({ kind: 'badAddress' }) : claude;
    const result = await claude.value.models(TIMEOUT);
    if (result.ok) {
      fetched.add(address.value);
      byAddress.delete(address.value);
      byAddress.set(address.value, result.value);
      await cache.write(Object.fromEntries([...byAddress].slice(-ADDRESSES)));
      changed.fire();
    }
    return result;
  }

  async function refresh(): Promise<Result<readonly ModelInfo[]>> {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  return {
    get models() {
      return models();
    },
    find: (id) => findModel(models(), id),
    refresh,
    async ready() {
      loaded ??= load();
      await loaded;
      const address = connection.address();
      if (!address.ok || fetched.has(address.value)) return;
      const asked = refresh();
      if (models().length === 0) await asked;
    },
    onChanged: changed.event,
  };
}

/** A cache written by another version may hold anything; what is no model is left out. */
function isModel(value: unknown): value is ModelInfo {
  if (typeof value !== 'object' || value === null || !('id' in value) || !('name' in value)) return false;
  return typeof value.id === 'string' && typeof value.name === 'string';
}
