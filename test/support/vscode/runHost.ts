import { EventEmitter, once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { openFrontDoor } from './frontDoor.ts';
import { bundleHostTests } from './hostBundle.ts';
import { ensureLab } from './lab.ts';
import { repository } from './paths.ts';
import { startServer } from './server.ts';
import { quietStart, withoutBuiltInChat } from './settings.ts';
import { openWindow } from './window.ts';

/** Runs `test/host` in the extension host, with Parley from `dist/` as with F5; the exit code tells how it went. */
async function main(): Promise<number> {
  const lab = await ensureLab();
  const bundle = await bundleHostTests();
  const folder = await mkdtemp(join(tmpdir(), 'parley-'));
  const workspace = join(folder, 'workspace');
  await cp(join(import.meta.dirname, 'sampleWorkspace'), workspace, { recursive: true });
  const server = await startServer({
    vsCode: lab.vsCode,
    dataFolder: join(folder, 'data'),
    extensionsFolder: join(folder, 'extensions'),
    userSettings: { ...quietStart, ...withoutBuiltInChat },
    environment: { PARLEY_HOST_REPORT: bundle.report },
  });
  const door = await openFrontDoor(server);
  const browser = await launchBrowser(lab.chromium);
  try {
    const context = await browser.newContext({ locale: 'en-US' });
    const code = await exitCode(context, () =>
      openWindow(context, door, folder, {
        folder: workspace,
        developmentExtensions: [repository],
        extensionTests: bundle.entry,
      }),
    );
    console.log(await readFile(bundle.report, 'utf8'));
    await context.close();
    return code;
  } finally {
    await browser.close();
    await door.close();
    await server.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** VS Code calls two functions of the page that opened it: one for the lines of its log, one when the tests are through. */
async function exitCode(context: BrowserContext, open: () => Promise<unknown>): Promise<number> {
  const events = new EventEmitter();
  const log: string[] = [];
  await context.exposeFunction('codeAutomationLog', (_type: string, line: unknown[]) =>
    log.push(line.join(' ')),
  );
  await context.exposeFunction('codeAutomationExit', (code: number) => events.emit('exit', code));
  const ended = once(events, 'exit', { signal: AbortSignal.timeout(180_000) });
  // The tests may be through before the workbench is: only its failure matters.
  open().catch((error: unknown) => events.emit('error', error));
  try {
    const [code] = await ended;
    return Number(code);
  } catch (error) {
    console.log(log.join('\n'));
    throw error;
  }
}

process.exitCode = await main();
