import { hammerOneStorage } from './hammer.ts';
import { killWhileStreaming } from './kills.ts';
import { tearLastRecord } from './tears.ts';

/**
 * The whole round: at least 1,000 kills, a tear at each byte, and a minute with three writers. Ends with 1 when anything that is
 * promised did not hold. A number as argument is the number of kills instead.
 */
async function main(kills: number): Promise<number> {
  const seed = Date.now() % 1_000_000;
  const started = performance.now();
  const tears = await tearLastRecord();
  console.log(`A journal torn at ${tears.tears} bytes: ${outcome(tears.broken)}`);
  const hammered = await hammerOneStorage(60);
  console.log(
    `Three processes for a minute: ${hammered.events} events, ${hammered.handovers} handovers, ` +
      `${hammered.setAside} set aside: ${outcome(hammered.broken)}`,
  );
  const killed = await killWhileStreaming(kills, 2, seed, (done) => {
    if (done % 100 === 0) console.log(`${done} kills`);
  });
  console.log(
    `${killed.kills} kills (seed ${seed}) of ${killed.conversations} conversations with ${killed.finishedTurns} finished turns, ` +
      `${killed.cutAnswers} answers cut: ${outcome(killed.broken)}`,
  );
  console.log(
    `The oldest text that was lost had arrived ${killed.longestLost.toFixed(0)} ms of running time before the kill ` +
      `(${killed.longestLostByTheClock.toFixed(0)} ms by the clock).`,
  );
  console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
  return tears.broken.length + hammered.broken.length + killed.broken.length === 0 ? 0 : 1;
}

function outcome(broken: readonly string[]): string {
  return broken.length === 0 ? 'nothing lost' : `BROKEN\n  ${broken.join('\n  ')}`;
}

process.exitCode = await main(Number(process.argv[2] ?? 1000));
