import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** What was sent must arrive before the connection breaks. */
const CUT_DELAY_MS = 20;
const broken = new WeakSet<ServerResponse>();

/** Breaks the connection without ending the response, after what was sent has arrived. */
export async function breakConnection(response: ServerResponse): Promise<void> {
  await sleep(CUT_DELAY_MS);
  broken.add(response);
  response.destroy();
}

/** Whether it was us who broke it. */
export function isBroken(response: ServerResponse): boolean {
  return broken.has(response);
}

/** Reads a body to its end; of one over 32 MB only the fact that it is too large is kept. */
export async function readBody(request: IncomingMessage): Promise<{ text: string; tooLarge: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  const tooLarge = bytes > MAX_BODY_BYTES;
  return { text: tooLarge ? '' : Buffer.concat(chunks).toString('utf8'), tooLarge };
}
