import type { Figure } from './figures.ts';
import { measureEstimates, tableOfEstimates } from './measures/estimates.ts';
import { measureOverhead } from './measures/overhead.ts';
import { measureSessions } from './measures/sessions.ts';
import { measureWorkspace } from './measures/workspace.ts';
import { tableOf } from './table.ts';

/** Prints what sessions cost, how true estimates are and what Parley's own way of asking takes; needs no editor. */
async function main(): Promise<void> {
  const figures: readonly Figure[] = [
    ...measureEstimates(),
    ...(await measureSessions()),
    ...(await measureWorkspace()),
    ...(await measureOverhead()),
  ];
  console.log(`\n${tableOf(figures)}\n\n${tableOfEstimates()}`);
}

await main();
