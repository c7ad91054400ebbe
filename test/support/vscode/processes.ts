import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** All processes below `root`, nearest first. */
export async function descendants(root: number): Promise<ProcessEntry[]> {
  const all = process.platform === 'linux' ? await fromProc() : await fromPs();
  const found: ProcessEntry[] = [];
  for (let generation = [root]; generation.length > 0; ) {
    const children = all.filter((entry) => generation.includes(entry.parent));
    found.push(...children);
    generation = children.map((entry) => entry.pid);
  }
  return found;
}

/** Whether a process with this id runs; one that has ended and waits to be collected by its parent does not. */
export async function isAlive(pid: number): Promise<boolean> {
  if (!signal(pid, 0)) return false;
  return process.platform !== 'linux' || (await readProc(String(pid))) !== undefined;
}

/** Waits until none of them runs, for at most `patience` milliseconds. */
export async function ended(pids: readonly number[], patience: number): Promise<void> {
  const deadline = Date.now() + patience;
  for (const pid of pids) {
    while (Date.now() < deadline && (await isAlive(pid))) await delay(10);
  }
}

/** Sends a signal to a process, or to a whole group when the id is negative; false when there is none. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Linux without procps has no `ps`, but always has /proc. */
async function fromProc(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(pids.map(readProc));
  return entries.filter((entry) => entry !== undefined);
}

async function readProc(pid: string): Promise<ProcessEntry | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    // The second field is the program's name in parentheses and may itself contain blanks and parentheses.
    const [state, parent] = status.slice(status.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    return { pid: Number(pid), parent: Number(parent), command: command.replaceAll('\0', ' ').trim() };
  } catch {
    return undefined;
  }
}

async function fromPs(): Promise<ProcessEntry[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,command=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, parent, command] = line.match(/^\s*(\d+)\s+(\d+)\s+(.*)$/) ?? [];
    return command === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
