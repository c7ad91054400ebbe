import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { readJournal } from '../../core/conversation/journal.ts';
import type { ConversationSummary } from '../../core/ports.ts';
import { readJson, writeWhole } from './files.ts';

/** Version of `index.json`; a file of another version is built anew. */
const INDEX_VERSION = 1;

interface Entry extends ConversationSummary {
  readonly size: number;
  readonly modified: number;
}

/**
 * Summaries of all journals in a directory, newest first. `index.json` remembers them by size and time of
 * modification, so that only changed journals are read; it is a cache and may be deleted at any time.
 */
export async function summarize(
  directory: string,
  indexFile: string,
): Promise<readonly ConversationSummary[]> {
  const known = await readIndex(indexFile);
  const entries: Entry[] = [];
  for (const name of await journalNames(directory)) {
    const entry = await entryOf(path.join(directory, name), name.slice(0, -'.jsonl'.length), known);
    if (entry) entries.push(entry);
  }
  const changed = entries.length !== known.size || entries.some((entry) => known.get(entry.id) !== entry);
  if (changed) {
    const text = JSON.stringify({ version: INDEX_VERSION, entries });
    await writeWhole(indexFile, text).catch(() => undefined);
  }
  return entries.sort((one, other) => other.updatedAt - one.updatedAt);
}

async function journalNames(directory: string): Promise<readonly string[]> {
  const names = await fs.readdir(directory).catch(() => []);
  return names.filter((name) => name.endsWith('.jsonl'));
}

async function entryOf(
  file: string,
  id: string,
  known: ReadonlyMap<string, Entry>,
): Promise<Entry | undefined> {
  try {
    const { size, mtimeMs: modified } = await fs.stat(file);
    const before = known.get(id);
    if (before && before.size === size && before.modified === modified) return before;
    const { conversation, newerVersion } = readJournal(await fs.readFile(file, 'utf8'), {
      id,
      createdAt: modified,
    });
    if (newerVersion !== undefined) return undefined;
    const { title, createdAt, turns } = conversation;
    return { id, title, createdAt, updatedAt: modified, turns: turns.length, size, modified };
  } catch {
    return undefined;
  }
}

async function readIndex(file: string): Promise<ReadonlyMap<string, Entry>> {
  const value = await readJson(file);
  const entries =
    typeof value === 'object' && value !== null && 'entries' in value ? value.entries : undefined;
  const current =
    typeof value === 'object' && value !== null && 'version' in value && value.version === INDEX_VERSION;
  if (!current || !Array.isArray(entries)) return new Map();
  return new Map(entries.filter(isEntry).map((entry) => [entry.id, entry]));
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const entry = value as Partial<Record<keyof Entry, unknown>>;
  const numbers = [entry.createdAt, entry.updatedAt, entry.turns, entry.size, entry.modified];
  return (
    typeof entry.id === 'string' &&
    typeof entry.title === 'string' &&
    numbers.every((number) => typeof number === 'number')
  );
}
