import type { Figure } from './figures.ts';
import { measureOverhead } from './measures/overhead.ts';
import { measureSessions } from './measures/sessions.ts';
import { tableOf } from './table.ts';

/** Prints what sessions cost and what Parley's own way of asking takes; needs no editor and no package. */
async function main(): Promise<void> {
  const figures: readonly Figure[] = [...(await measureSessions()), ...(await measureOverhead())];
  console.log(`\n${tableOf(figures)}`);
}

await main();
