import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeClaude, startFakeClaude } from '../support/fakeClaude/main.ts';
import { launchBrowser } from '../support/vscode/browser.ts';
import { driverVariable } from '../support/vscode/driver.ts';
import { packDriver } from '../support/vscode/driverPackage.ts';
import { openFrontDoor } from '../support/vscode/frontDoor.ts';
import { ensureLab } from '../support/vscode/lab.ts';
import { packagedExtension } from '../support/vscode/paths.ts';
import { startServer } from '../support/vscode/server.ts';
import { quietStart, withoutBuiltInChat } from '../support/vscode/settings.ts';
import { openWindow, type Window } from '../support/vscode/window.ts';
import { createWallClock } from './clock.ts';
import { packPeers } from './peers.ts';

/** A VS Code with Parley and the peers installed, and a simulated Claude that it asks. */
export interface BenchLab {
  readonly claude: FakeClaude;
  /** The clock of `claude`: milliseconds since the epoch, with fractions. */
  readonly now: () => number;
  /** Opens a window of a new user, so that every window starts alike; closes it when the work is done. */
  withWindow<T>(work: (window: Window) => Promise<T>): Promise<T>;
}

/** Starts all of it and ends all of it again, whatever happens in between. */
export async function withLab<T>(work: (lab: BenchLab) => Promise<T>): Promise<T> {
  const installed = await ensureLab();
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const ends: (() => Promise<unknown>)[] = [
    () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  ];
  try {
    const now = createWallClock();
    const claude = await startFakeClaude({ now });
    ends.unshift(() => claude.close());
    const workspace = join(folder, 'workspace');
    await mkdir(workspace);
    const server = await startServer({
      vsCode: installed.vsCode,
      dataFolder: join(folder, 'data'),
      extensionsFolder: join(folder, 'extensions'),
      extensions: [packagedExtension, await packDriver(), ...(await packPeers(folder))],
      userSettings: { ...quietStart, ...withoutBuiltInChat },
      machineSettings: { 'parley.baseUrl': claude.url },
      environment: { [driverVariable]: join(folder, 'drivers') },
    });
    ends.unshift(() => server.close());
    const door = await openFrontDoor(server);
    ends.unshift(() => door.close());
    const browser = await launchBrowser(installed.chromium);
    ends.unshift(() => browser.close());
    return await work({
      claude,
      now,
      withWindow: async (inWindow) => {
        const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 800 } });
        try {
          const drivers = join(folder, 'drivers');
          return await inWindow(await openWindow(context, door, drivers, { folder: workspace }));
        } finally {
          await context.close();
        }
      },
    });
  } finally {
    for (const end of ends) await end();
  }
}
