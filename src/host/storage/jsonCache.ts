import { readJson, writeWhole } from './files.ts';

/** A small value on disk that can always be made anew. Neither reading nor writing ever fails the caller. */
export interface JsonCache {
  /** Undefined when there is none or it cannot be read. */
  read(): Promise<unknown>;
  write(value: unknown): Promise<void>;
}

/** What is written last counts, also when it is written while another value still is; reading waits for both. */
export function createJsonCache(file: string): JsonCache {
  let written: Promise<void> = Promise.resolve();
  return {
    read: () => written.then(() => readJson(file)),
    write(value) {
      const text = JSON.stringify(value);
      written = written.then(() => writeWhole(file, text).catch(() => undefined));
      return written;
    },
  };
}
