import { createReadStream } from 'node:fs';

const LINE_BREAK = 0x0a;

export interface LineReading {
  readonly signal?: AbortSignal | undefined;
  /** Hears how many bytes have been read. */
  readonly onBytes?: ((done: number) => void) | undefined;
}

/**
 * The lines of a text file as UTF-8, without their breaks, read as they are wanted. Breaks are `\n` alone, unlike those of Node's
 * `readline`. Of a line that is longer than any text may be (256 MiB) only the beginning is given.
 */
export async function* linesOf(file: string, { signal, onBytes }: LineReading = {}): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  let length = 0;
  let done = 0;
  const add = (piece: Buffer): void => {
    if (length < LONGEST) begun.push(piece);
    length += piece.length;
  };
  const take = (): string => {
    const line = Buffer.concat(begun).toString('utf8');
    begun = [];
    length = 0;
    return line;
  };
  for await (const chunk of createReadStream(file, { ...(signal ? { signal } : {}), highWaterMark: PIECE })) {
    if (!Buffer.isBuffer(chunk)) continue;
    let start = 0;
    for (let end = chunk.indexOf(LINE_BREAK); end >= 0; end = chunk.indexOf(LINE_BREAK, start)) {
      add(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    if (start < chunk.length) add(chunk.subarray(start));
    done += chunk.length;
    onBytes?.(done);
  }
  if (length > 0) yield take();
}

/** Bytes that are read at once. */
const PIECE = 256 * 1024;
const LONGEST = 256 * 1024 * 1024;
