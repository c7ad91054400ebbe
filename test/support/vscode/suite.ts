import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { linkBuiltIns } from './builtIns.ts';
import { driverVariable, settingsVariable } from './driver.ts';
import { packDriver } from './driverPackage.ts';
import { keepEvidence } from './evidence.ts';
import { type FrontDoor, openFrontDoor } from './frontDoor.ts';
import { ensureLab, type Lab } from './lab.ts';
import { packagedExtension, testFolder } from './paths.ts';
import { installExtensions, type Server, startServer } from './server.ts';
import { quietStart, type Settings, withoutBuiltInChat } from './settings.ts';
import { type OpenOptions, openWindow, patience, type Window } from './window.ts';

export interface SuiteOptions {
  /** VSIX files; the packaged Parley when not given. */
  readonly extensions?: readonly string[];
  /** With all extensions that come with VS Code, and not just those that the tests use. */
  readonly hasAllBuiltIns?: boolean;
  /**
   * Brings what the tests of a file share back to its beginning. With it a test that failed is tried once more: the machine
   * may have been too slow for VS Code's own animations and timers. What passes only then is reported as such.
   */
  readonly startOver?: () => void;
  /** What a test that shares its window finds undone of the one before, beside editors, panels and notifications. */
  readonly tidyUp?: (window: Window) => Promise<void>;
}

export interface StageOptions {
  /**
   * Tests of a file that follow each other with the same user settings and this set use one server, and the same window where
   * they open it alike: starting VS Code takes longer than most tests. The files are each test's own, and so are the
   * settings of the machine, which open windows follow: what is read only once at the start does not belong there.
   */
  readonly isShared?: boolean;
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
  readonly builtInFolder?: string;
}

/** To be called once at the top of a test file. */
export function vsCodeSuite(options: SuiteOptions = {}): Suite {
  let preparing: Promise<Shared> | undefined;
  const prepared = () => {
    preparing ??= prepare(options);
    return preparing;
  };
  const stages = createSharedStages(options.tidyUp);
  before(prepared, { timeout: 600_000 });
  after(async () => {
    const { browser, folder } = await prepared();
    await stages.end();
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
        const attempt = () =>
          stageOptions.isShared
            ? stages.run(name, shared, stageOptions, body)
            : onStage(name, shared, stageOptions, body);
        try {
          await attempt();
        } catch (error) {
          if (!options.startOver) throw error;
          context.diagnostic(`"${name}" is tried again: ${String(error).slice(0, 500)}`);
          options.startOver();
          await attempt();
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
  const browser = await launchBrowser(lab.chromium);
  if (options.hasAllBuiltIns) return { folder, lab, extensionsFolder, browser };
  const builtInFolder = join(folder, 'built-in');
  await linkBuiltIns(lab.vsCode, builtInFolder);
  return { folder, lab, extensionsFolder, builtInFolder, browser };
}

async function onStage(name: string, shared: Shared, options: StageOptions, body: Body): Promise<void> {
  const raised = await raise(shared, options);
  try {
    await body(raised.stage);
  } catch (error) {
    await keepEvidence(name, raised.stage.context, raised.stage.server);
    throw error;
  } finally {
    await raised.end();
  }
}

interface SharedStages {
  run(name: string, shared: Shared, options: StageOptions, body: Body): Promise<void>;
  /** Harmless when there is none. */
  end(): Promise<void>;
}

/** One stage after another that several tests use. One that a test has failed on is not used again. */
function createSharedStages(tidyUp: SuiteOptions['tidyUp']): SharedStages {
  let kept:
    | { readonly name: string; readonly raised: Raised; machineSettings: string; changes: number }
    | undefined;
  let opened: { readonly name: string; readonly window: Window } | undefined;

  async function end(): Promise<void> {
    const ending = kept;
    kept = undefined;
    opened = undefined;
    await ending?.raised.end();
  }

  async function stageFor(shared: Shared, options: StageOptions): Promise<Raised> {
    const { files: _, machineSettings = {}, ...rest } = options;
    const name = JSON.stringify(rest);
    const settings = JSON.stringify(machineSettings);
    if (kept && kept.name !== name) await end();
    kept ??= { name, raised: await raise(shared, options), machineSettings: settings, changes: 0 };
    if (kept.machineSettings !== settings) {
      kept.machineSettings = settings;
      kept.changes += 1;
      await kept.raised.stage.server.writeMachineSettings({
        ...machineSettings,
        [settingsVariable]: kept.changes,
      });
    }
    return kept.raised;
  }

  /** Waits until the settings that were written last are in force. */
  async function follow({ driver }: Window): Promise<void> {
    const isFollowing = (changes: number) =>
      driver.run((vscode, [key, wanted]) => vscode.workspace.getConfiguration().get(key, 0) === wanted, [
        settingsVariable,
        changes,
      ] as const);
    const deadline = Date.now() + patience;
    while (kept && !(await isFollowing(kept.changes))) {
      if (Date.now() > deadline) throw new Error('The window does not follow the settings of the machine');
      await delay(25);
    }
  }

  async function open(stage: Stage, wanted: OpenOptions | undefined): Promise<Window> {
    const name = JSON.stringify(wanted ?? {});
    if (opened?.name === name && !opened.window.page.isClosed()) {
      await follow(opened.window);
      await clear(opened.window);
      await tidyUp?.(opened.window);
      return opened.window;
    }
    const isUsed = opened !== undefined;
    await opened?.window.close();
    opened = { name, window: await stage.open(wanted) };
    if (isUsed) await tidyUp?.(opened.window);
    return opened.window;
  }

  return {
    async run(name, shared, options, body) {
      const { stage } = await stageFor(shared, options);
      try {
        await replaceFiles(stage.workspace, options.files ?? {});
        const given = Object.defineProperties({}, Object.getOwnPropertyDescriptors(stage)) as Stage;
        await body(Object.assign(given, { open: (wanted?: OpenOptions) => open(stage, wanted) }));
      } catch (error) {
        await keepEvidence(name, stage.context, stage.server);
        await end();
        throw error;
      }
    },
    end,
  };
}

/** Closes what the test before has left open in a window. */
async function clear({ page, driver }: Window): Promise<void> {
  await page.keyboard.press('Escape');
  await driver.run(async ({ commands, window }) => {
    const tabs = (): number => window.tabGroups.all.reduce((sum, group) => sum + group.tabs.length, 0);
    for (let most = tabs(); most > 0 && tabs() > 0; most--) {
      await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
    await window.tabGroups.close(window.tabGroups.all);
    for (const terminal of window.terminals) terminal.dispose();
    await commands.executeCommand('workbench.action.closePanel');
    await commands.executeCommand('notifications.clearAll');
  });
}

interface Raised {
  readonly stage: Stage;
  end(): Promise<void>;
}

async function raise(shared: Shared, options: StageOptions): Promise<Raised> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-'));
  const workspace = join(folder, 'workspace');
  await writeFiles(workspace, options.files ?? {});
  const start = (port?: number) =>
    startServer({
      vsCode: shared.lab.vsCode,
      dataFolder: join(folder, 'data'),
      extensionsFolder: shared.extensionsFolder,
      ...(shared.builtInFolder && { builtInFolder: shared.builtInFolder }),
      userSettings: { ...quietStart, ...withoutBuiltInChat, ...options.userSettings },
      ...(options.machineSettings && { machineSettings: options.machineSettings }),
      environment: { ...compiledOnce, ...options.environment, [driverVariable]: join(folder, 'drivers') },
      ...(port && { port }),
    });
  let server = await start();
  const door = await openFrontDoor(server);
  const context = await shared.browser.newContext({
    locale: 'en-US',
    viewport: { width: 1280, height: 800 },
    ...options.browser,
  });
  return {
    stage: {
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
    },
    async end() {
      // In this order: a page that goes first ends its extension host in an orderly way.
      await context.close();
      await door.close();
      await server.close();
      await removeFolder(folder);
    },
  };
}

/** VS Code's code is compiled by the first extension host and not by each. */
const compiledOnce = { NODE_COMPILE_CACHE: join(testFolder, 'lab/compiled') };

async function replaceFiles(folder: string, files: NonNullable<StageOptions['files']>): Promise<void> {
  const top = new Set(Object.keys(files).map((path) => path.split('/')[0]));
  for (const name of await readdir(folder)) {
    if (!top.has(name)) await removeFolder(join(folder, name));
  }
  await writeFiles(folder, files);
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
