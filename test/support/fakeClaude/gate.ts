import { createDeferred } from './http/deferred.ts';

/** Holds a stream at a chosen place until a test opens it: no sleeping, no races. */
export interface Gate {
  /** Resolves when a stream has come to the gate. */
  readonly reached: Promise<void>;
  /** Resolves when the gate is open. */
  readonly opened: Promise<void>;
  /** Lets the stream go on; harmless when it is open already. */
  open(): void;
  /** Called by the stream when it arrives. */
  arrive(): void;
}

export function createGate(): Gate {
  const reached = createDeferred();
  const opened = createDeferred();
  return {
    reached: reached.promise,
    opened: opened.promise,
    open: () => opened.resolve(),
    arrive: () => reached.resolve(),
  };
}
