/** Runs work, so much at a time. */
export interface Pool {
  /** Resolves when there is room for more. The work may not reject. */
  run(work: () => Promise<void>): Promise<void>;
  /** Resolves when all of it is done. */
  settled(): Promise<void>;
}

export function createPool(most: number): Pool {
  let running = 0;
  let waiting: { readonly most: number; readonly resolve: () => void }[] = [];

  function ended(): void {
    running -= 1;
    const due = waiting.filter(({ most: limit }) => running <= limit);
    waiting = waiting.filter((one) => !due.includes(one));
    for (const { resolve } of due) resolve();
  }

  /** Resolves when no more than that is running. */
  function until(limit: number): Promise<void> | undefined {
    return running <= limit ? undefined : new Promise((resolve) => waiting.push({ most: limit, resolve }));
  }

  return {
    async run(work) {
      running += 1;
      work().finally(ended);
      await until(most - 1);
    },
    async settled() {
      await until(0);
    },
  };
}
