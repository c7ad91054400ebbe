import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { descendants, ended, signal } from './processes.ts';
import { secretFile, secretOf } from './secrets.ts';
import type { Settings } from './settings.ts';
import type { VsCode } from './vsCode.ts';

export interface ServerOptions {
  readonly vsCode: VsCode;
  /** Settings, storage and logs; of one server at a time. Also the extensions' `HOME`. */
  readonly dataFolder: string;
  readonly extensionsFolder: string;
  /** The folder of the extensions that come with VS Code; all that it brings when not given. */
  readonly builtInFolder?: string;
  /** VSIX files to install before the start. */
  readonly extensions?: readonly string[];
  /** Written at the start when given, so left as they are when not. */
  readonly userSettings?: Settings;
  /** Written at the start when given; they override the user's and are followed while the server runs. */
  readonly machineSettings?: Settings;
  /** Added to what the extension host gets of this process's environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The same port again after a restart; any free one when not given. */
  readonly port?: number;
}

/** A running VS Code server. It is to be opened through a front door (see `frontDoor.ts`). */
export interface Server {
  readonly port: number;
  readonly dataFolder: string;
  /** What the page has to show to be let in. */
  readonly token: string;
  /** What the server has printed so far. */
  logs(): string;
  /** The process ids of the extension hosts, one for each open window. */
  extensionHosts(): Promise<number[]>;
  /** Replaces the machine's settings; open windows follow within a second. */
  writeMachineSettings(settings: Settings): Promise<void>;
  /** Ends the server and all its processes at once, as a crash does. */
  kill(): Promise<void>;
  /** Ends the server in an orderly way; harmless when it has ended. */
  close(): Promise<void>;
}

const tokenName = 'connection-token';

/** Installs the given extensions, writes the settings and resolves when the server takes connections. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { dataFolder } = options;
  const settingsFile = (level: 'User' | 'Machine') => join(dataFolder, 'data', level, 'settings.json');
  await mkdir(options.extensionsFolder, { recursive: true });
  if (options.userSettings) await writeJson(settingsFile('User'), options.userSettings);
  if (options.machineSettings) await writeJson(settingsFile('Machine'), options.machineSettings);
  await installExtensions(options);
  const token = await secretOf(dataFolder, tokenName);
  const child = spawnServer(options);
  const output = collectOutput(child);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (name: NodeJS.Signals) => {
    const below = child.pid === undefined ? [] : await descendants(child.pid);
    signalGroup(child, name);
    await exited;
    signalGroup(child, 'SIGKILL');
    await ended(
      below.map((entry) => entry.pid),
      5_000,
    );
  };
  return {
    port: await listening(child, output),
    dataFolder,
    token,
    logs: () => output.text,
    extensionHosts: () => extensionHosts(child),
    writeMachineSettings: (settings) => writeJson(settingsFile('Machine'), settings),
    kill: () => end('SIGKILL'),
    close: () => end('SIGTERM'),
  };
}

/** Installs VSIX files into the extensions folder; several servers may use it afterwards. */
export async function installExtensions(options: ServerOptions): Promise<void> {
  if (!options.extensions?.length) return;
  const missing = options.extensions.find((path) => !existsSync(path));
  if (missing) throw new Error(`${missing} is not there. "npm run package" makes Parley's.`);
  const wanted = options.extensions.flatMap((path) => ['--install-extension', path]);
  const args = ['out/server-main.js', ...wanted, '--force', ...folders(options)];
  await promisify(execFile)(options.vsCode.node, args, {
    cwd: options.vsCode.root,
    env: environment(options),
  });
}

function spawnServer(options: ServerOptions): ChildProcess {
  const address = ['--host', '127.0.0.1', '--port', String(options.port ?? 0)];
  const secret = ['--connection-token-file', secretFile(options.dataFolder, tokenName)];
  const quiet = ['--accept-server-license-terms', '--telemetry-level', 'off'];
  // Nothing leaves the machine: packing and unpacking would only take time.
  const plain = ['--disable-websocket-compression'];
  const builtIn = options.builtInFolder ? ['--builtin-extensions-dir', options.builtInFolder] : [];
  const endWithParent = join(import.meta.dirname, 'replacements/endWithParent.cjs');
  const args = [
    '--require',
    endWithParent,
    'out/server-main.js',
    ...address,
    ...secret,
    ...quiet,
    ...plain,
    ...builtIn,
    ...folders(options),
  ];
  return spawn(options.vsCode.node, args, {
    cwd: options.vsCode.root,
    env: environment(options),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
}

function folders(options: ServerOptions): string[] {
  return ['--server-data-dir', options.dataFolder, '--extensions-dir', options.extensionsFolder];
}

/** Nothing of a surrounding editor or of the developer's own Claude gets in unless it is passed on purpose. */
function environment(options: ServerOptions): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE|ELECTRON|ANTHROPIC)_|^NODE_/.test(name),
  );
  return { ...Object.fromEntries(kept), HOME: options.dataFolder, ...options.environment };
}

function collectOutput(child: ChildProcess): { text: string } {
  const output = { text: '' };
  const add = (chunk: Buffer) => {
    output.text += chunk.toString();
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return output;
}

function listening(child: ChildProcess, output: { readonly text: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const port = output.text.match(/Extension host agent listening on (\d+)/)?.[1];
      if (port) resolve(Number(port));
    };
    child.stdout?.on('data', look);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`VS Code's server ended with ${code}:\n${output.text}`)));
  });
}

async function extensionHosts(server: ChildProcess): Promise<number[]> {
  const below = server.pid === undefined ? [] : await descendants(server.pid);
  return below.filter((entry) => entry.command.includes('--type=extensionHost')).map((entry) => entry.pid);
}

function signalGroup(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid !== undefined) signal(-child.pid, name);
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
