import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Pinned } from '../../../src/core/context/pinned.ts';
import type { FrozenPack } from '../../../src/core/conversation/model.ts';
import { createPackStore, type PackStore } from '../../../src/host/context/packing/packStore.ts';
import { createPinnedFiles, type PinnedFiles } from '../../../src/host/context/pinning/pinnedFiles.ts';
import { createMemoryAttachments } from '../../support/memoryPorts.ts';

/** What packing a whole workspace took. Times in ms, memory in KB. */
export interface Packing {
  /** From nothing known to the pack. */
  readonly first: number;
  /** From VS Code's word that a file has changed to the pack. */
  readonly second: number;
  /** The processor's time for both, of all threads: on a busy machine it says more. */
  readonly firstWork: number;
  readonly secondWork: number;
  readonly files: number;
  readonly tokens: number;
  /** How far the extension host grew beyond what it had before. */
  readonly memory: number;
  /** The longest times for which nothing else could run. */
  readonly firstStretch: number;
  readonly secondStretch: number;
  /** Reading all files with Node, nothing else. */
  readonly reading: number;
}

/** Runs inside the extension host: packs the workspace that is open, and writes a `Packing` where `PARLEY_BENCH_REPORT` says. */
export async function run(): Promise<void> {
  const report = process.env.PARLEY_BENCH_REPORT;
  if (!report) throw new Error('PARLEY_BENCH_REPORT does not say where to write the report');
  await delay(CALM);
  const files = createPinnedFiles({
    cache: { read: async () => undefined, write: async () => undefined },
    readSettings: () => ({
      'context.exclude': {},
      'context.maxTokens': Number.MAX_SAFE_INTEGER,
      'context.includeSecrets': false,
    }),
    log: console.error,
  });
  const packs = createPackStore(createMemoryAttachments());
  const before = process.memoryUsage.rss();
  const first = await measured(async () => {
    await files.pin([{ kind: 'workspace' }]);
    return packed(await files.current(), packs);
  });
  const memory = process.resourceUsage().maxRSS - before / 1024;
  const second = await afterEdit(files, packs);
  const { pack } = first.value;
  const packing: Packing = {
    first: first.time,
    second: second.time,
    firstWork: first.work,
    secondWork: second.work,
    files: pack.files,
    tokens: pack.tokens,
    memory,
    firstStretch: first.stretch,
    secondStretch: second.stretch,
    reading: await timeOfReading(files.known),
  };
  await writeFile(report, JSON.stringify(packing));
  files.dispose();
}

/** How long a new window is left alone, in ms, so that its own start does not count. */
const CALM = 4_000;

/** How long VS Code may take to tell of a change, in ms. */
const PATIENCE = 60_000;

interface Measured<T> {
  readonly value: T;
  readonly time: number;
  readonly work: number;
  readonly stretch: number;
}

async function packed(
  pinned: Pinned | undefined,
  packs: PackStore,
): Promise<Pinned & { readonly pack: FrozenPack }> {
  if (!pinned) throw new Error('It is not known what is pinned');
  const { pack } = await packs.fresh(pinned.files);
  return { ...pinned, pack };
}

/** Writes a file as another program does, and waits until it is told: what is measured is everything after that. */
async function afterEdit(files: PinnedFiles, packs: PackStore): Promise<Measured<unknown>> {
  const before = files.known;
  // What comes behind it has to be hashed again, so neither the first nor the last.
  const edited = before?.files[Math.floor(before.files.length / 2)];
  if (!before || !edited) throw new Error('Nothing was packed');
  const deadline = performance.now() + PATIENCE;
  await appendFile(vscode.Uri.parse(edited.uri).fsPath, '\nOne line more.\n');
  while (performance.now() < deadline) {
    await told(files);
    const second = await measured(async () => packed(await files.current(), packs));
    if (second.value.files !== before.files) return second;
  }
  throw new Error('VS Code does not tell of the change');
}

function told(files: PinnedFiles): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      listening.dispose();
      resolve();
    };
    const listening = files.onChanged(done);
    const timer = setTimeout(done, 1_000);
  });
}

/** Waits a little before the end: the stretch in which the work ended is only known by the tick after it. */
async function measured<T>(work: () => Promise<T>): Promise<Measured<T>> {
  const delays = monitorEventLoopDelay({ resolution: TICK });
  delays.enable();
  await delay(5 * TICK);
  delays.reset();
  const started = performance.now();
  const before = process.cpuUsage();
  const value = await work();
  const time = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  await delay(5 * TICK);
  delays.disable();
  return { value, time, work: (user + system) / 1000, stretch: delays.max / 1e6 - TICK };
}

/** How often it is looked whether something else can run, in ms. */
const TICK = 2;

async function timeOfReading(pinned: Pinned | undefined): Promise<number> {
  const paths = pinned?.files.map(({ uri }) => vscode.Uri.parse(uri).fsPath) ?? [];
  const started = performance.now();
  const readNext = async (): Promise<void> => {
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) await readFile(path);
  };
  await Promise.all(Array.from({ length: READERS }, readNext));
  return performance.now() - started;
}

const READERS = 24;
