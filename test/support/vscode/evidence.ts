import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { testFolder } from './paths.ts';
import type { Server } from './server.ts';

/** Keeps what a failed test looked like: a picture of every window, the server's output, VS Code's log files. */
export async function keepEvidence(test: string, context: BrowserContext, server: Server): Promise<void> {
  const folder = join(testFolder, 'failures', test.replaceAll(/[^\w-]+/g, '-').slice(0, 80));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'server.log'), server.logs());
  const pictures = context
    .pages()
    .map((page, index) =>
      page.screenshot({ path: join(folder, `window-${index + 1}.png`), timeout: 10_000 }),
    );
  const logs = cp(join(server.dataFolder, 'data/logs'), join(folder, 'logs'), { recursive: true });
  // A window that has crashed has no picture: the test's own error is the one to be told.
  await Promise.allSettled([...pictures, logs]);
  console.log(`Screenshots and logs: ${folder}`);
}
