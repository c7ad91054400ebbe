import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { InputSplit } from '../../core/conversation/model.ts';
import { SPENT_ON, type SpendingEntry, type SpentUsage } from '../../core/money/money.ts';
import { fail, type Result, type SpendingLog, succeed } from '../../core/ports.ts';
import { errorCode, storageFailure } from './files.ts';
import { createGrowingFile, type GrowingFile } from './growingFile.ts';

/**
 * What all windows have spent, in `<folder>/<YYYY-MM>.jsonl`, one entry a line, by the UTC month of its time.
 * Each line is appended in one write, so that several processes can write at once; nothing is ever rewritten.
 * Lines that are torn or of a foreign kind are passed over, and `log` hears of them once.
 */
export function createSpendingLog(folder: string, log: (line: string) => void): SpendingLog {
  const months = new Map<string, GrowingFile<SpendingEntry>>();
  let appends: Promise<unknown> = Promise.resolve();
  let reads: Promise<unknown> = Promise.resolve();

  function monthFile(month: string): GrowingFile<SpendingEntry> {
    const known = months.get(month);
    if (known) return known;
    const name = `${month}.jsonl`;
    const onBad = (lines: number): void =>
      log(`Lines of the spending log ${name} that could not be read were passed over: ${lines}.`);
    const made = createGrowingFile(path.join(folder, name), decodeEntry, onBad);
    months.set(month, made);
    return made;
  }

  async function write(entry: SpendingEntry): Promise<Result<void>> {
    // What could not be read back is not written either.
    const decoded = decodeEntry(entry);
    if (!decoded) return fail({ kind: 'storage', message: 'not a spending entry' });
    try {
      const line = `${JSON.stringify(decoded)}\n`;
      // A reservation is worth as much as the process that made it; a bill must outlive the power.
      await appendLine(path.join(folder, `${monthOf(entry.at)}.jsonl`), line, entry.kind === 'billed');
      return succeed(undefined);
    } catch (error) {
      const failure = storageFailure(error);
      log(`An entry of the spending log could not be written: ${failure.message}`);
      return fail(failure);
    }
  }

  async function read(time: number): Promise<readonly SpendingEntry[]> {
    const from = monthOf(time > 0 ? time : 0);
    const names = await fs.readdir(folder).catch(() => []);
    const needed = names.flatMap((name) => MONTH_FILE.exec(name)?.[1] ?? []).filter((month) => month >= from);
    const found: SpendingEntry[] = [];
    for (const month of needed.sort()) {
      for (const entry of await monthFile(month).read()) if (entry.at >= time) found.push(entry);
    }
    return found.sort((one, other) => one.at - other.at);
  }

  return {
    append(entry) {
      const appended = appends.then(() => write(entry));
      appends = appended;
      return appended;
    },
    since(time) {
      const entries = reads.then(() => read(time));
      reads = entries;
      return entries;
    },
  };
}

const MONTH_FILE = /^(\d{4}-\d{2})\.jsonl$/;

/** The last ms that a `Date` can hold in a year of four digits. */
const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function monthOf(time: number): string {
  return new Date(Math.min(time, LAST_TIME)).toISOString().slice(0, 7);
}

async function appendLine(file: string, line: string, sync: boolean): Promise<void> {
  const handle = await openForAppend(file);
  try {
    const text = Buffer.from((await endsInLineBreak(handle)) ? line : `\n${line}`);
    const { bytesWritten } = await handle.write(text);
    if (bytesWritten < text.length) throw Object.assign(new Error('The disk is full'), { code: 'ENOSPC' });
    if (sync) await handle.datasync();
  } finally {
    await handle.close();
  }
}

async function openForAppend(file: string): Promise<fs.FileHandle> {
  try {
    return await fs.open(file, 'a+', 0o600);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    await fs.mkdir(path.dirname(file), { recursive: true });
    return fs.open(file, 'a+', 0o600);
  }
}

/** While another process writes this may say no in error; then there is an empty line, which does no harm. */
async function endsInLineBreak(handle: fs.FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, size - 1);
  return last[0] === LINE_BREAK;
}

const LINE_BREAK = 0x0a;

/** Exactly the known fields of an entry, or undefined when one is missing or of the wrong type. */
function decodeEntry(value: unknown): SpendingEntry | undefined {
  if (!isRecord(value)) return undefined;
  const { at, conversation, turn, model, modelName, kind, what } = value;
  const usage = decodeUsage(value.usage);
  const quoted = value.quoted === undefined ? undefined : decodeSplit(value.quoted);
  if (!isFigure(at) || at > LAST_TIME || !usage || (value.quoted !== undefined && !quoted)) return undefined;
  if (!isText(conversation) || !isText(turn) || !isText(model) || !isText(modelName)) return undefined;
  if (kind !== 'reserved' && kind !== 'billed') return undefined;
  const spentOn = SPENT_ON.find((known) => known === what);
  if (!spentOn) return undefined;
  const entry: SpendingEntry = { at, conversation, turn, model, modelName, kind, what: spentOn, usage };
  return quoted ? { ...entry, quoted } : entry;
}

function decodeUsage(value: unknown): SpentUsage | undefined {
  const split = decodeSplit(value);
  if (!split || !isRecord(value) || !isFigure(value.output)) return undefined;
  const usage = { ...split, output: value.output };
  return isFigure(value.thinking) ? { ...usage, thinking: value.thinking } : usage;
}

function decodeSplit(value: unknown): InputSplit | undefined {
  if (!isRecord(value)) return undefined;
  const { fresh, read, write5m, write1h } = value;
  const complete = isFigure(fresh) && isFigure(read) && isFigure(write5m) && isFigure(write1h);
  return complete ? { fresh, read, write5m, write1h } : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
