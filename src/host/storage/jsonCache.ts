import { readJson, writeWhole } from './files.ts';

/** A small value on disk that can always be made anew. Neither reading nor writing ever fails the caller. */
export interface JsonCache {
  /** Undefined when there is none or it cannot be read. */
  read(): Promise<unknown>;
  write(value: unknown): Promise<void>;
}

export function createJsonCache(file: string): JsonCache {
  return {
    read: () => readJson(file),
    write: (value) => writeWhole(file, JSON.stringify(value)).catch(() => undefined),
  };
}
