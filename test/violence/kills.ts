import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { answerText, type Turn } from '../../src/core/conversation/model.ts';
import { createConversationStore } from '../../src/host/storage/conversationStore.ts';
import { createWriterLock } from '../../src/host/storage/writerLock.ts';
import { createRandom, type Random } from '../support/random.ts';
import { packChild } from './children.ts';
import { isBeginning, lifeAfter, type Report, readReports } from './reports.ts';

/** The longest time, in ms, that what has arrived may be in memory only. */
const PROMISE = 250;
/** A storage is used for so many kills, so that what earlier ones have left behind is opened, gone on with and killed again. */
const KILLS_A_STORAGE = 20;
/** A process is killed within so many ms after it has begun to stream. */
const LONGEST_LIFE = 700;

/** What a round of kills has shown. */
export interface KillFigures {
  readonly kills: number;
  readonly conversations: number;
  readonly finishedTurns: number;
  /** Answers that were on their way at a kill. */
  readonly cutAnswers: number;
  /** Ms of running time and of the clock on the wall between the arrival of lost text and the death: the longest there was. */
  readonly longestLost: number;
  readonly longestLostByTheClock: number;
  /** What was promised and did not hold; empty when all did. */
  readonly broken: readonly string[];
}

/** Kills processes (SIGKILL) while they stream into a storage, and looks at it each time. `parallel` storages at once. */
export async function killWhileStreaming(
  kills: number,
  parallel: number,
  seed: number,
  onKill: (done: number) => void = () => undefined,
): Promise<KillFigures> {
  const rounds = Array.from({ length: Math.ceil(kills / KILLS_A_STORAGE) }, (_, at) => ({
    kills: Math.min(KILLS_A_STORAGE, kills - at * KILLS_A_STORAGE),
    seed: seed + at,
  }));
  const folder = await mkdtemp(join(tmpdir(), 'pv-'));
  const program = await packChild('streamChild', folder);
  const all: KillFigures[] = [];
  let done = 0;
  const work = async (): Promise<void> => {
    for (let round = rounds.shift(); round; round = rounds.shift())
      all.push(await killInOneStorage(program, round.kills, createRandom(round.seed), () => onKill(++done)));
  };
  await Promise.all(Array.from({ length: parallel }, work));
  await rm(folder, { recursive: true });
  const sum = (of: (figures: KillFigures) => number): number =>
    all.reduce((total, one) => total + of(one), 0);
  return {
    kills: sum((one) => one.kills),
    conversations: sum((one) => one.conversations),
    finishedTurns: sum((one) => one.finishedTurns),
    cutAnswers: sum((one) => one.cutAnswers),
    longestLost: Math.max(...all.map((one) => one.longestLost)),
    longestLostByTheClock: Math.max(...all.map((one) => one.longestLostByTheClock)),
    broken: all.flatMap((one) => one.broken),
  };
}

async function killInOneStorage(
  program: string,
  kills: number,
  random: Random,
  onKill: () => void,
): Promise<KillFigures> {
  const folder = await mkdtemp(join(tmpdir(), 'pv-'));
  const root = join(folder, 'storage');
  await mkdir(root);
  const witness = createWitness(root);
  for (let at = 0; at < kills; at++) {
    const reportFile = join(folder, `reports${at}`);
    const death = await killOne(program, root, folder, reportFile, random);
    await witness.look(readReports(reportFile), death);
    onKill();
  }
  const figures = { kills, ...witness.figures() };
  if (figures.broken.length === 0) await rm(folder, { recursive: true });
  return figures;
}

/** Runs a process until it streams and for a random time more. Gives the moment of the kill: it was alive up to then. */
async function killOne(
  program: string,
  root: string,
  folder: string,
  reportFile: string,
  random: Random,
): Promise<number> {
  const child = spawn(process.execPath, [program, root, reportFile, String(random.below(2 ** 31))], {
    // What a killed process leaves in the folder for temporary files goes with the storage.
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
  await pause(random.below(LONGEST_LIFE));
  const death = Number(process.hrtime.bigint()) / 1e6;
  child.kill('SIGKILL');
  await ended;
  return death;
}

/** Remembers what each process has reported, and compares it with what is on disk after its death. */
function createWitness(root: string): {
  look(reports: readonly Report[], death: number): Promise<void>;
  figures(): Omit<KillFigures, 'kills'>;
} {
  const finished = new Set<string>();
  const known = new Set<string>();
  /** The longest text of each turn that was ever found on disk. */
  const found = new Map<string, number>();
  const broken: string[] = [];
  const cut = new Set<string>();
  let longestLost = 0;
  let longestLostByTheClock = 0;

  async function readAll(): Promise<ReadonlyMap<string, Turn>> {
    const lock = createWriterLock(join(root, 'conversations'));
    const clock = { now: Date.now, newId: randomUUID };
    const store = createConversationStore(root, lock, clock, () => undefined);
    const listed = new Set((await store.list()).map(({ id }) => id));
    const turns = new Map<string, Turn>();
    for (const id of new Set([...listed, ...known])) {
      const read = await store.read(id);
      if (!read.ok || !listed.has(id)) broken.push(`conversation ${id} is lost`);
      else for (const turn of read.value.turns) turns.set(turn.id, turn);
    }
    return turns;
  }

  /** What was given to the journal and is not on disk: how long ago that was at the death. */
  function note(report: Extract<Report, { turn: string }>, reports: readonly Report[], death: number): void {
    const life = lifeAfter(reports, report.at, death);
    longestLost = Math.max(longestLost, life);
    longestLostByTheClock = Math.max(longestLostByTheClock, death - report.at);
    if (life > PROMISE) broken.push(`${report.turn}: ${report.kind}, lost ${Math.round(life)} ms later`);
  }

  return {
    async look(reports, death) {
      for (const report of reports) {
        if (report.kind === 'failed') broken.push(report.why);
        if (report.kind !== 'finished') continue;
        finished.add(report.turn);
        known.add(report.conversation);
      }
      const turns = await readAll();
      for (const turn of finished) {
        const there = turns.get(turn);
        if (there?.role !== 'assistant' || there.state !== 'done')
          broken.push(`finished turn ${turn} is lost`);
      }
      for (const report of reports) {
        if (report.kind !== 'added' && report.kind !== 'grew') continue;
        const turn = turns.get(report.turn);
        if (turn) known.add(report.conversation);
        if (lengthOf(turn) < (report.kind === 'grew' ? report.length : 0)) note(report, reports, death);
      }
      for (const turn of turns.values()) {
        if (turn.role !== 'assistant') continue;
        if (turn.state === 'streaming') cut.add(turn.id);
        if (!isBeginning(answerText(turn))) broken.push(`the text of ${turn.id} is not what arrived`);
      }
      for (const [id, length] of found)
        if (lengthOf(turns.get(id)) < length) broken.push(`${id} has become shorter`);
      for (const turn of turns.values()) found.set(turn.id, lengthOf(turn));
    },
    figures: () => ({
      conversations: known.size,
      finishedTurns: finished.size,
      cutAnswers: cut.size,
      longestLost,
      longestLostByTheClock,
      broken,
    }),
  };
}

/** Characters of text; -1 for a turn that is not there. */
function lengthOf(turn: Turn | undefined): number {
  if (!turn) return -1;
  return turn.role === 'assistant' ? answerText(turn).length : 0;
}
