/** Runs work, so much at a time. */
export interface Pool {
  /** Resolves when there is room for more. The work may not reject. */
  run(work: () => Promise<void>): Promise<void>;
  /** Resolves when all of it is done. */
  settled(): Promise<void>;
}

export function createPool(most: number): Pool {
  const running = new Set<Promise<void>>();
  return {
    async run(work) {
      const one: Promise<void> = work().finally(() => running.delete(one));
      running.add(one);
      if (running.size >= most) await Promise.race(running);
    },
    async settled() {
      await Promise.all(running);
    },
  };
}
