import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type BuildOptions, build } from 'esbuild';
import { writeTree } from '../../support/tree.ts';
import { type HostWindows, withHostWindows } from '../../support/vscode/hostWindows.ts';
import { installOnce } from '../../support/vscode/installOnce.ts';
import { nodeBinary, npmInstall } from '../../support/vscode/npm.ts';
import { repository, testFolder } from '../../support/vscode/paths.ts';
import { compare, type Figure } from '../figures.ts';
import type { Packing } from '../host/packing.ts';

/** A tree by its number of files, and how often it is packed. */
export interface Tree {
  readonly files: number;
  readonly rounds: number;
}

const TREES: readonly Tree[] = [
  { files: 2_000, rounds: 3 },
  { files: 20_000, rounds: 1 },
];

/** How many times as fast Parley is to be, and for how many ms at most nothing else may run. */
const GOALS = { first: 5, second: 50, stretch: 50 };

const REPOMIX = '1.18.1';

/** In ms; a window that has not ended by then has failed. */
const WITHIN = 300_000;

/**
 * Packing all files of a workspace in the real extension host, each time in a new one, beside repomix on the same tree, which
 * is a new process each time; and packing it again after one file was edited.
 */
export async function measurePacking(trees: readonly Tree[] = TREES): Promise<readonly Figure[]> {
  const repomix = await ensureRepomix();
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  const report = join(folder, 'packing.json');
  try {
    const entry = join(folder, 'packing.cjs');
    await bundleFor(entry);
    return await withHostWindows({ PARLEY_BENCH_REPORT: report }, async (windows) => {
      const figures: Figure[] = [];
      for (const { files, rounds } of trees) {
        const tree = join(folder, `tree${files}`);
        const { bytes } = await writeTree(tree, files);
        const work = { folder: tree, entry, report };
        const all: Round[] = [];
        for (let at = 0; at < rounds; at++) {
          all.push({ parley: await packIn(windows, work), repomix: await runRepomix(repomix, tree, folder) });
        }
        figures.push(...figuresOf(files, bytes, all));
      }
      return figures;
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** In ms and KB; `work` is the processor's time, of all threads. */
interface Repomix {
  readonly time: number;
  readonly work: number;
  readonly memory: number;
}

interface Round {
  readonly parley: Packing;
  readonly repomix: Repomix;
}

function figuresOf(files: number, bytes: number, rounds: readonly Round[]): readonly Figure[] {
  const size = `${files.toLocaleString('en-US')} files, ${Math.round(bytes / 1e6)} MB`;
  const area = `Pack of ${size}, in the real extension host`;
  const name = `repomix ${REPOMIX}`;
  const all = (pick: (round: Round) => number): readonly number[] => rounds.map(pick);
  const row = (
    what: string,
    unit: Figure['unit'],
    pick: (round: Round) => number,
    yardstick: string,
    other: (round: Round) => number,
  ): Figure => compare(area, what, unit, all(pick), { what: yardstick, values: all(other) });
  const goal = (
    what: string,
    unit: Figure['unit'],
    pick: (round: Round) => number,
    most: string,
    value: number,
  ) => compare(area, what, unit, all(pick), { what: `goal: at ${most}`, values: [value] });
  const { first, second, stretch } = GOALS;
  return [
    row(
      'first pack',
      'ms',
      ({ parley }) => parley.first,
      name,
      ({ repomix }) => repomix.time,
    ),
    row(
      'first pack',
      'ms',
      ({ parley }) => parley.first,
      'readFile of all',
      ({ parley }) => parley.reading,
    ),
    row(
      'first pack, of the processor',
      'ms',
      ({ parley }) => parley.firstWork,
      name,
      ({ repomix }) => repomix.work,
    ),
    goal(
      'first pack, times as fast',
      '×',
      ({ parley, repomix }) => repomix.time / parley.first,
      'least',
      first,
    ),
    row(
      'after one edit',
      'ms',
      ({ parley }) => parley.second,
      name,
      ({ repomix }) => repomix.time,
    ),
    row(
      'after one edit, of the processor',
      'ms',
      ({ parley }) => parley.secondWork,
      name,
      ({ repomix }) => repomix.work,
    ),
    goal(
      'after one edit, times as fast',
      '×',
      ({ parley, repomix }) => repomix.time / parley.second,
      'least',
      second,
    ),
    row(
      'memory at its peak, beyond the start',
      'KB',
      ({ parley }) => parley.memory,
      name,
      ({ repomix }) => repomix.memory,
    ),
    goal('longest stretch, first pack', 'ms', ({ parley }) => parley.firstStretch, 'most', stretch),
    goal('longest stretch, after one edit', 'ms', ({ parley }) => parley.secondStretch, 'most', stretch),
  ];
}

async function packIn(
  windows: HostWindows,
  work: { readonly folder: string; readonly entry: string; readonly report: string },
): Promise<Packing> {
  const extension = join(import.meta.dirname, '../peers/empty');
  const code = await windows.run({ folder: work.folder, entry: work.entry, extension, within: WITHIN });
  if (code !== 0) throw new Error('Packing in the extension host has failed');
  const packing: Packing = JSON.parse(await readFile(work.report, 'utf8'));
  await rm(work.report);
  return packing;
}

/** The entry, and beside it what it starts as a thread. */
async function bundleFor(outfile: string): Promise<void> {
  const common: BuildOptions = {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'warning',
  };
  await build({ ...common, entryPoints: [join(repository, 'test/bench/host/packing.ts')], outfile });
  const thread = join(repository, 'src/host/storage/readingThread.ts');
  await build({ ...common, entryPoints: [thread], outfile: join(dirname(outfile), 'reading.cjs') });
}

/** Installs it from npm, once, and returns its folder. */
async function ensureRepomix(): Promise<string> {
  const folder = join(testFolder, 'lab', `repomix-${REPOMIX}`);
  await installOnce(folder, (partial) => npmInstall(partial, [`repomix@${REPOMIX}`]));
  return join(folder, 'node_modules/repomix');
}

/** Its default options, its check for secrets among them. */
async function runRepomix(program: string, tree: string, folder: string): Promise<Repomix> {
  const report = join(folder, 'repomix.json');
  const probe = join(import.meta.dirname, '../peers/spent.mjs');
  const args = ['--import', probe, join(program, 'bin/repomix.cjs'), '--output', join(folder, 'repomix.xml')];
  const started = performance.now();
  await promisify(execFile)(nodeBinary(), args, {
    cwd: tree,
    env: { ...process.env, PARLEY_BENCH_REPORT: report },
    maxBuffer: Number.POSITIVE_INFINITY,
  });
  const time = performance.now() - started;
  const probed: { readonly growth: number; readonly work: number } = JSON.parse(
    await readFile(report, 'utf8'),
  );
  return { time, work: probed.work, memory: probed.growth };
}
