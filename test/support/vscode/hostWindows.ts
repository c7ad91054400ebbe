import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { openFrontDoor } from './frontDoor.ts';
import { ensureLab } from './lab.ts';
import { startServer } from './server.ts';
import { quietStart, withoutBuiltInChat } from './settings.ts';
import { openWindow } from './window.ts';

/** A VS Code whose windows run modules inside their extension hosts. */
export interface HostWindows {
  /** Opens a window, runs the module's `run()` in its extension host, and returns 0 when that went well. */
  run(work: HostWork): Promise<number>;
}

export interface HostWork {
  /** The folder that is opened. */
  readonly folder: string;
  /** The module that exports `run()`. */
  readonly entry: string;
  /** The folder of the extension that runs from source, as with F5. */
  readonly extension: string;
  /** In ms; it counts as failed when it has not ended by then. */
  readonly within: number;
}

/** Starts it and ends it again, whatever happens in between. `environment` is what `run()` finds in `process.env`. */
export async function withHostWindows<T>(
  environment: Readonly<Record<string, string>>,
  work: (windows: HostWindows) => Promise<T>,
): Promise<T> {
  const lab = await ensureLab();
  const folder = await mkdtemp(join(tmpdir(), 'parley-'));
  const server = await startServer({
    vsCode: lab.vsCode,
    dataFolder: join(folder, 'data'),
    extensionsFolder: join(folder, 'extensions'),
    userSettings: { ...quietStart, ...withoutBuiltInChat },
    environment,
  });
  const door = await openFrontDoor(server);
  const browser = await launchBrowser(lab.chromium);
  try {
    return await work({
      async run({ folder: workspace, entry, extension, within }) {
        const context = await browser.newContext({ locale: 'en-US' });
        const options = { folder: workspace, developmentExtensions: [extension], extensionTests: entry };
        const code = await exitCode(context, within, () => openWindow(context, door, folder, options));
        await context.close();
        return code;
      },
    });
  } finally {
    await browser.close();
    await door.close();
    await server.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** VS Code calls two functions of the page that opened it: one for the lines of its log, one when `run()` is through. */
async function exitCode(
  context: BrowserContext,
  within: number,
  open: () => Promise<unknown>,
): Promise<number> {
  const events = new EventEmitter();
  const log: string[] = [];
  await context.exposeFunction('codeAutomationLog', (_type: string, line: unknown[]) =>
    log.push(line.join(' ')),
  );
  await context.exposeFunction('codeAutomationExit', (code: number) => events.emit('exit', code));
  const ended = once(events, 'exit', { signal: AbortSignal.timeout(within) });
  // It may be through before the workbench is: only its failure matters.
  open().catch((error: unknown) => events.emit('error', error));
  try {
    const [code] = await ended;
    return Number(code);
  } catch (error) {
    console.log(log.join('\n'));
    throw error;
  }
}
