import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { driverVariable } from './driver.ts';
import { packDriver } from './driverPackage.ts';
import { keepEvidence } from './evidence.ts';
import { type FrontDoor, openFrontDoor } from './frontDoor.ts';
import { ensureLab, type Lab } from './lab.ts';
import { packagedExtension } from './paths.ts';
import { installExtensions, type Server, startServer } from './server.ts';
import { quietStart, type Settings, withoutBuiltInChat } from './settings.ts';
import { type OpenOptions, openWindow, patience, type Window } from './window.ts';

export interface SuiteOptions {
  /** VSIX files; the packaged Parley when not given. */
  readonly extensions?: readonly string[];
  /**
   * Brings what the tests of a file share back to its beginning. With it a test that failed is tried once more: the machine
   * may have been too slow for VS Code's own animations and timers. What passes only then is reported as such.
   */
  readonly startOver?: () => void;
}

export interface StageOptions {
  /** The workspace's files by path; an empty folder when not given. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** On top of the settings for a quiet start. */
  readonly userSettings?: Settings;
  readonly machineSettings?: Settings;
  /** On top of this process's environment without VS Code's and Anthropic's variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The browser's own options: `viewport`, `reducedMotion`, `forcedColors`, … */
  readonly browser?: BrowserContextOptions;
  readonly skip?: boolean | string;
}

/** What one test has to itself: a VS Code server with empty storage, its front door, a browser profile and a folder. */
export interface Stage {
  readonly server: Server;
  readonly door: FrontDoor;
  readonly context: BrowserContext;
  /** The folder that `open()` opens. */
  readonly workspace: string;
  /** Opens a window; a second one shares the profile and the storage. */
  open(options?: OpenOptions): Promise<Window>;
  /** Ends the server as a crash does and starts it again with the same data behind the same door. */
  restartServer(): Promise<void>;
}

export interface Suite {
  /** Registers a test. When it fails, screenshots and logs are kept in `.vscode-test/failures/`. */
  test(name: string, body: (stage: Stage) => Promise<void>): void;
  test(name: string, options: StageOptions, body: (stage: Stage) => Promise<void>): void;
}

/** What the tests of one file share: starting these takes the time, a server takes a quarter of a second. */
interface Shared {
  readonly folder: string;
  readonly lab: Lab;
  readonly browser: Browser;
  readonly extensionsFolder: string;
}

/** To be called once at the top of a test file. */
export function vsCodeSuite(options: SuiteOptions = {}): Suite {
  let preparing: Promise<Shared> | undefined;
  const prepared = () => {
    preparing ??= prepare(options);
    return preparing;
  };
  before(prepared, { timeout: 600_000 });
  after(async () => {
    const { browser, folder } = await prepared();
    await browser.close();
    await removeFolder(folder);
  });
  return {
    test: (name: string, first: StageOptions | Body, second?: Body) => {
      const [stageOptions, body] = typeof first === 'function' ? [{}, first] : [first, second];
      if (!body) throw new Error(`The test "${name}" has no body`);
      const { skip = false } = stageOptions;
      test(name, { timeout: 5 * patience, skip }, async (context) => {
        const shared = await prepared();
        try {
          await onStage(name, shared, stageOptions, body);
        } catch (error) {
          if (!options.startOver) throw error;
          context.diagnostic(`"${name}" is tried again: ${String(error).slice(0, 500)}`);
          options.startOver();
          await onStage(name, shared, stageOptions, body);
        }
      });
    },
  };
}

type Body = (stage: Stage) => Promise<void>;

async function prepare(options: SuiteOptions): Promise<Shared> {
  const lab = await ensureLab();
  const folder = await mkdtemp(join(tmpdir(), 'parley-'));
  const extensionsFolder = join(folder, 'extensions');
  const extensions = [...(options.extensions ?? [packagedExtension]), await packDriver()];
  await installExtensions({
    vsCode: lab.vsCode,
    dataFolder: join(folder, 'data'),
    extensionsFolder,
    extensions,
  });
  return { folder, lab, extensionsFolder, browser: await launchBrowser(lab.chromium) };
}

async function onStage(name: string, shared: Shared, options: StageOptions, body: Body): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-'));
  const workspace = join(folder, 'workspace');
  await writeFiles(workspace, options.files ?? {});
  const start = (port?: number) =>
    startServer({
      vsCode: shared.lab.vsCode,
      dataFolder: join(folder, 'data'),
      extensionsFolder: shared.extensionsFolder,
      userSettings: { ...quietStart, ...withoutBuiltInChat, ...options.userSettings },
      ...(options.machineSettings && { machineSettings: options.machineSettings }),
      environment: { ...options.environment, [driverVariable]: join(folder, 'drivers') },
      ...(port && { port }),
    });
  let server = await start();
  const door = await openFrontDoor(server);
  const context = await shared.browser.newContext({
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    ...options.browser,
  });
  try {
    await body({
      get server() {
        return server;
      },
      door,
      context,
      workspace,
      open: (wanted) => openWindow(context, door, join(folder, 'drivers'), { folder: workspace, ...wanted }),
      restartServer: async () => {
        await server.kill();
        server = await start(server.port);
        door.leadTo(server);
      },
    });
  } catch (error) {
    await keepEvidence(name, context, server);
    throw error;
  } finally {
    // In this order: a page that goes first ends its extension host in an orderly way.
    await context.close();
    await door.close();
    await server.close();
    await removeFolder(folder);
  }
}

async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** A process that is just ending may still write. */
function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
