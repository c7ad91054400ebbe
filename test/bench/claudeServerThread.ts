import { parentPort } from 'node:worker_threads';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import type { ServerWish } from './claudeServer.ts';
import { createWallClock } from './clock.ts';

const fake = await startFakeClaude({ now: createWallClock() });

parentPort?.on('message', (wish: ServerWish) => parentPort?.postMessage(grant(wish)));

function grant(wish: ServerWish): string | number {
  switch (wish.type) {
    case 'start':
      return fake.url;
    case 'enqueue':
      fake.enqueue(wish.reply);
      return '';
    case 'arrival':
      return fake.requests.findLast(({ path }) => path === '/v1/messages')?.receivedAt ?? Number.NaN;
  }
}
