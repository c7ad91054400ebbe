import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { breakConnection } from './connection.ts';
import type { Step } from './steps.ts';

/** Plays steps on a response until they are over or the client is gone; never rejects. */
export async function play(steps: Iterable<Step>, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    for (const step of steps) {
      if (gone.signal.aborted) return;
      const goesOn = await act(step, response, gone.signal);
      if (!goesOn) return;
    }
    response.end();
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}

/** One event in the format of server-sent events. */
export function sse(event: { readonly type?: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

async function act(step: Step, response: ServerResponse, signal: AbortSignal): Promise<boolean> {
  switch (step.kind) {
    case 'event':
      await write(sse(step.event), response, signal);
      return true;
    case 'raw':
      await write(step.text, response, signal);
      return true;
    case 'pause':
      await sleep(step.ms, undefined, { signal });
      return true;
    case 'gate':
      step.gate.arrive();
      await Promise.race([step.gate.opened, once(signal, 'abort')]);
      return true;
    case 'stall':
      await stall(step.pingMs, response, signal);
      return false;
    case 'destroy':
      await breakConnection(response);
      return false;
    case 'end':
      response.end();
      return false;
  }
}

async function write(text: string, response: ServerResponse, signal: AbortSignal): Promise<void> {
  if (!response.write(text)) await once(response, 'drain', { signal });
}

async function stall(
  pingMs: number | undefined,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if (pingMs === undefined) await once(signal, 'abort');
  while (!signal.aborted) {
    await sleep(pingMs, undefined, { signal });
    await write(sse({ type: 'ping' }), response, signal);
  }
}
