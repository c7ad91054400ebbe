import { parentPort } from 'node:worker_threads';
import { createWallClock } from './clock.ts';
import type { HttpReading, Repeat } from './httpReader.ts';

const now = createWallClock();

parentPort?.on('message', async (repeat: Repeat) => parentPort?.postMessage(await read(repeat)));

async function read({ url, headers, body }: Repeat): Promise<HttpReading> {
  const sentAt = now();
  const response = await fetch(url, { method: 'POST', headers, body });
  const decoder = new TextDecoder();
  let text = '';
  let firstTextAt = 0;
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    text += decoder.decode(chunk, { stream: true });
    if (firstTextAt === 0 && text.includes('text_delta')) firstTextAt = now();
  }
  const endedAt = now();
  if (firstTextAt === 0) throw new Error(`No answer came, but ${response.status}: ${text.slice(0, 500)}`);
  return { sentAt, firstTextAt, endedAt, bytes, deltas: text.split('"text_delta"').length - 1 };
}
