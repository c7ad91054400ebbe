import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { readIfThere } from './files.ts';

/** A line that does not count, and why. */
export interface SetAside {
  readonly reason: string;
  /** Without its line break. */
  readonly text: string;
}

/** Keeps the text of lines that do not count in a file of their own on the device, each one once. Throws when it cannot. */
export async function setAside(file: string, lines: readonly SetAside[]): Promise<void> {
  const before = (await readIfThere(file)) ?? '';
  const kept = new Set(before.split('\n').map((line) => line.slice(line.indexOf('\t') + 1)));
  const fresh = lines.filter(({ text }) => !kept.has(text) && kept.add(text));
  if (fresh.length === 0) return;
  await fs.mkdir(path.dirname(file), { recursive: true });
  // Half a line at its end, from a write that broke off, must not swallow the next one.
  const seam = before === '' || before.endsWith('\n') ? '' : '\n';
  const text = fresh.map((line) => `${line.reason}\t${line.text}\n`).join('');
  // Of what was in memory only this is the one copy.
  await fs.appendFile(file, seam + text, { mode: 0o600, flush: true });
}
