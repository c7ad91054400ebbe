import { createReadStream } from 'node:fs';

const LINE_BREAK = 0x0a;

/** The lines of a text file as UTF-8, without their breaks, read as they are wanted. Breaks are `\n` alone, unlike those of Node's `readline`. */
export async function* linesOf(file: string, signal?: AbortSignal): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  for await (const chunk of createReadStream(file, { ...(signal ? { signal } : {}), highWaterMark: PIECE })) {
    if (!Buffer.isBuffer(chunk)) continue;
    let start = 0;
    for (let end = chunk.indexOf(LINE_BREAK); end >= 0; end = chunk.indexOf(LINE_BREAK, start)) {
      yield Buffer.concat([...begun, chunk.subarray(start, end)]).toString('utf8');
      begun = [];
      start = end + 1;
    }
    if (start < chunk.length) begun.push(chunk.subarray(start));
  }
  if (begun.length > 0) yield Buffer.concat(begun).toString('utf8');
}

/** Bytes that are read at once. */
const PIECE = 256 * 1024;
