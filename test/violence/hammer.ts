import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readIfThere } from '../../src/host/storage/files.ts';
import { packChild } from './children.ts';

const WRITERS = ['A', 'B', 'C'];
const CONVERSATIONS = ['one', 'two', 'three', 'four'];

/** What three processes on one storage have shown. */
export interface HammerFigures {
  readonly events: number;
  /** How often a conversation went from one process to another. */
  readonly handovers: number;
  /** Events of a process that had lost the conversation; they lie in the quarantine. */
  readonly setAside: number;
  readonly broken: readonly string[];
}

/** Three processes write to the same conversations for so many seconds; then every event has to be there once, in order. */
export async function hammerOneStorage(seconds: number): Promise<HammerFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'pv-'));
  const root = join(folder, 'storage');
  await mkdir(root);
  const program = await packChild('hammerChild', folder);
  const codes = await Promise.all(
    WRITERS.map((name) => run(program, [root, name, String(seconds), ...CONVERSATIONS], folder)),
  );
  const broken = codes.flatMap((code, at) => (code === 0 ? [] : [`${WRITERS[at]} ended with ${code}`]));
  const reports = (await Promise.all(WRITERS.map((name) => reportsOf(join(root, `report-${name}`))))).flat();
  let handovers = 0;
  for (const id of CONVERSATIONS) {
    const file = join(root, 'conversations', `${id}.jsonl`);
    const lines = ((await readIfThere(file)) ?? '').split('\n').slice(1, -1).map(lineOf);
    const told = reports.filter((report) => report.id === id);
    broken.push(...faultsOf(id, lines, told));
    handovers += lines.filter(({ turn }, at) => at > 0 && turn[0] !== lines[at - 1]?.turn[0]).length;
    const kept = (await readIfThere(file.replace('.jsonl', '.quarantine'))) ?? '';
    for (const turn of told.flatMap(({ isOnDisk, written }) => (isOnDisk ? [] : written))) {
      const isWritten = lines.some((line) => line.turn === turn);
      if (!isWritten && !kept.includes(`"id":"${turn}"`)) broken.push(`${turn} is lost`);
    }
  }
  if (broken.length === 0) await rm(folder, { recursive: true });
  const count = (isOnDisk: boolean): number =>
    reports.reduce((sum, report) => sum + (report.isOnDisk === isOnDisk ? report.written.length : 0), 0);
  return { events: count(true), handovers, setAside: count(false), broken };
}

interface Written {
  readonly id: string;
  readonly isOnDisk: boolean;
  readonly written: readonly string[];
}

interface Line {
  readonly n: number;
  readonly turn: string;
}

/** The file itself is looked at, not what reading makes of it: numbers without a gap, each event once, each writer's in its order. */
function faultsOf(id: string, lines: readonly Line[], told: readonly Written[]): readonly string[] {
  const faults = lines.flatMap(({ n, turn }, at) => (n === at + 1 ? [] : [`${id}: ${turn} has number ${n}`]));
  const places = new Map<string, number>();
  const last = new Map<string, number>();
  for (const [at, { turn }] of lines.entries()) {
    if (places.has(turn)) faults.push(`${id}: ${turn} is there twice`);
    places.set(turn, at);
    const [writer = '', count] = turn.split('-');
    if (Number(count) <= (last.get(writer) ?? -1)) faults.push(`${id}: ${turn} is out of order`);
    last.set(writer, Number(count));
  }
  for (const turn of told.flatMap(({ isOnDisk, written }) => (isOnDisk ? written : []))) {
    if (!places.has(turn)) faults.push(`${id}: ${turn} is lost`);
  }
  return faults;
}

function lineOf(text: string): Line {
  const { n, event }: { n?: number; event?: { turn?: { id: string } } } = JSON.parse(text);
  return { n: n ?? 0, turn: event?.turn?.id ?? text };
}

async function reportsOf(file: string): Promise<readonly Written[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line): Written => JSON.parse(line));
}

function run(program: string, args: readonly string[], folder: string): Promise<number | null> {
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((resolve) => child.once('close', resolve));
}
