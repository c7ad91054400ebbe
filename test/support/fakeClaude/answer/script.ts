import { type Endpoint, type Fault, strikesEarly } from '../faults.ts';
import type { Reply } from '../reply.ts';

/** What tests have queued, in order: replies and faults together. */
export interface Script {
  enqueue(reply: Reply): void;
  fail(fault: Fault): void;
  /** The fault at the head of the queue if it strikes before a request is read; then it is used up. */
  takeEarly(path: Endpoint): Fault | undefined;
  /** The next reply or fault for an endpoint; it is used up. */
  take(path: Endpoint): Scripted | undefined;
  clear(): void;
}

export type Scripted =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'fault'; readonly fault: Fault };

export function createScript(): Script {
  const queue: { readonly path: Endpoint; readonly scripted: Scripted; left: number }[] = [];
  const next = (path: Endpoint) => queue.find((entry) => entry.path === path);
  const take = (path: Endpoint): Scripted | undefined => {
    const entry = next(path);
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) queue.splice(queue.indexOf(entry), 1);
    return entry.scripted;
  };
  return {
    enqueue: (reply) => queue.push({ path: 'messages', scripted: { kind: 'reply', reply }, left: 1 }),
    fail: (fault) =>
      queue.push({
        path: fault.path ?? 'messages',
        scripted: { kind: 'fault', fault },
        left: fault.times ?? 1,
      }),
    takeEarly: (path) => {
      const scripted = next(path)?.scripted;
      if (scripted?.kind !== 'fault' || !strikesEarly(scripted.fault)) return undefined;
      take(path);
      return scripted.fault;
    },
    take,
    clear: () => queue.splice(0),
  };
}
