import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPool } from '../../../../src/host/context/pinning/pool.ts';

test('so much runs at a time, and whoever brings more waits until there is room', async () => {
  const pool = createPool(3);
  const ends: (() => void)[] = [];
  let most = 0;
  let running = 0;
  let begun = 0;
  const work = async (): Promise<void> => {
    begun += 1;
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => ends.push(resolve));
    running -= 1;
  };
  const bringing = (async () => {
    for (let at = 0; at < 10; at++) await pool.run(work);
  })();
  while (begun < 10) {
    await new Promise((resolve) => setImmediate(resolve));
    ends.shift()?.();
  }
  assert.equal(most, 3);
  let isSettled = false;
  const settling = pool.settled().then(() => {
    isSettled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(!isSettled);
  while (ends.length > 0) ends.shift()?.();
  await Promise.all([bringing, settling]);
  assert.equal(running, 0);
});

test('a pool with nothing in it is settled', async () => {
  await createPool(1).settled();
});
