import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Pin, Pinned } from '../../../src/core/context/pinned.ts';
import {
  createPinnedFiles,
  type PinnedFiles,
  type PinnedFilesParts,
} from '../../../src/host/context/pinning/pinnedFiles.ts';
import type { JsonCache } from '../../../src/host/storage/jsonCache.ts';

type PinSettings = ReturnType<PinnedFilesParts['readSettings']>;

/** A cache that is kept in memory, as another window would see it, too. */
export function memoryCache(value?: unknown): JsonCache & { readonly value: unknown } {
  let kept = value;
  return {
    get value() {
      return kept;
    },
    read: async () => kept,
    async write(written) {
      kept = JSON.parse(JSON.stringify(written));
    },
  };
}

/** The files that pins of this test mean. */
export function pinnedWith(
  parts: Partial<Omit<PinnedFilesParts, 'readSettings'>> & { readonly settings?: Partial<PinSettings> } = {},
): PinnedFiles {
  const { settings, ...others } = parts;
  return createPinnedFiles({
    cache: memoryCache(),
    log: () => undefined,
    threadFile: threadFile(),
    readSettings: () => ({
      'context.exclude': {},
      'context.maxTokens': 200_000,
      'context.includeSecrets': false,
      ...settings,
    }),
    ...others,
  });
}

/** Where the threads of Parley itself begin. */
export function threadFile(): string {
  const { extensionUri } = vscode.extensions.getExtension('parley.parley') ?? {};
  assert.ok(extensionUri);
  return vscode.Uri.joinPath(extensionUri, 'dist/reading.cjs').fsPath;
}

/** What these pins mean now. */
export async function lookedAt(pins: readonly Pin[], settings: Partial<PinSettings> = {}): Promise<Pinned> {
  const files = pinnedWith({ settings });
  try {
    await files.pin(pins);
    return await now(files);
  } finally {
    files.dispose();
  }
}

/** What is pinned, where that is known. */
export async function now(files: PinnedFiles): Promise<Pinned> {
  const found = await files.current();
  assert.ok(found, 'it is known what is pinned');
  return found;
}

export function pathsOf({ files }: Pinned): readonly string[] {
  return files.map(({ path }) => path);
}

/** `path reason detail` of what is left out. */
export function reasonsOf({ leftOut }: Pinned): readonly string[] {
  return leftOut.map(({ path, reason, detail }) => [path, reason, detail ?? ''].join(' ').trim());
}
