import * as vscode from 'vscode';
import { byCodePoints } from '../../core/context/ordering.ts';
import { createBreather } from './breathing.ts';
import { pathFrom, type RootedRules, rulesAround, withOwnRules } from './ignoreFiles.ts';
import type { EntryKind, Exclusion } from './ignoreRules.ts';
import { quickFiles } from './quickFiles.ts';

export interface WalkOptions {
  /** Cancelling ends the walk after what is being read. */
  readonly token: vscode.CancellationToken;
  /** The rules around the folder, where they are known: else those of a folder that is asked for by name. */
  readonly rules?: RootedRules;
  /** Hears of each folder as it is entered. */
  readonly onFolder?: (folder: vscode.Uri) => void;
  /** Asked about what no rule leaves out: why it is passed over all the same. */
  readonly exclude?: (uri: vscode.Uri, kind: EntryKind) => Exclusion | undefined;
  /** Passes over links to files, too: what they lead to may lie outside of the folder. */
  readonly isWithoutLinks?: boolean;
  /** Hears of what is passed over. */
  readonly onLeftOut?: (entry: LeftOut) => void;
}

/** Something that a walk passes over: ignored, a folder that cannot be read, a link. */
export interface LeftOut {
  readonly uri: vscode.Uri;
  readonly kind: EntryKind;
  readonly reason: 'ignored' | 'unreadable' | 'link';
  /** The rule; there when the reason is `ignored`. */
  readonly exclusion?: Exclusion;
}

/**
 * The files below a folder that no rule leaves out, in an order that is the same everywhere: depth first, the entries
 * of each folder by the code points of their names. Links to folders are not followed. Holds the entries of the folders
 * it is in and of a few that come next, and lets others work every few ms. Never throws: what cannot be read is passed over.
 */
export async function* walk(folder: vscode.Uri, options: WalkOptions): AsyncGenerator<vscode.Uri, void> {
  const { token, onFolder, onLeftOut } = options;
  const breathe = createBreather();
  const open: Level[] = [];

  async function enter(uri: vscode.Uri, reading: Promise<Level | undefined>): Promise<void> {
    onFolder?.(uri);
    const level = await reading;
    if (level) open.push(level);
    else onLeftOut?.({ uri, kind: 'folder', reason: 'unreadable' });
  }

  await enter(folder, levelOf(folder, options.rules ?? (await rulesAround(folder))));
  for (let level = open.at(-1); level && !token.isCancellationRequested; level = open.at(-1)) {
    await breathe();
    readAhead(level);
    const entry = level.entries[level.next++];
    if (!entry) {
      open.pop();
      continue;
    }
    const { uri, kind, isLink } = entry;
    const exclusion = exclusionIn(level, entry) ?? options.exclude?.(uri, kind);
    if (exclusion) onLeftOut?.({ uri, kind, reason: 'ignored', exclusion });
    else if (isLink && (kind === 'folder' || options.isWithoutLinks))
      onLeftOut?.({ uri, kind, reason: 'link' });
    else if (kind === 'file') yield uri;
    else await enter(uri, level.reading.get(entry) ?? levelOf(uri, level.rules));
    level.reading.delete(entry);
  }
}

/** A folder that is being walked. */
interface Level {
  readonly entries: readonly Entry[];
  readonly names: ReadonlySet<string>;
  readonly rules: RootedRules;
  /** Folders in it that are read ahead of their turn. */
  readonly reading: Map<Entry, Promise<Level | undefined>>;
  /** Places in `entries`: of the next one to come, and of the next one to be looked at for reading ahead. */
  next: number;
  ahead: number;
}

interface Entry {
  readonly uri: vscode.Uri;
  readonly kind: EntryKind;
  readonly isLink: boolean;
}

/** Undefined when the folder cannot be read. */
async function levelOf(uri: vscode.Uri, outer: RootedRules): Promise<Level | undefined> {
  try {
    const read = await quickFiles.readDirectory(uri);
    const names = new Set(read.map(([name]) => name));
    const entries = read
      .sort(([one], [other]) => byCodePoints(one, other))
      .map(
        ([name, type]): Entry => ({
          uri: vscode.Uri.joinPath(uri, name),
          kind: type & vscode.FileType.Directory ? 'folder' : 'file',
          isLink: (type & vscode.FileType.SymbolicLink) !== 0,
        }),
      );
    const rules = await withOwnRules(outer, uri, names);
    return { entries, names, rules, reading: new Map(), next: 0, ahead: 0 };
  } catch {
    return undefined;
  }
}

function exclusionIn({ rules: { root, rules }, names }: Level, { uri, kind }: Entry): Exclusion | undefined {
  return rules.exclusionOf(pathFrom(root, uri), kind, names);
}

/** Folders of a level that are read at a time: each waits for VS Code, hardly any for the disk. */
const READ_AHEAD = 8;

/** Entries that are looked at for it in one go. */
const LOOK_AHEAD = 200;

function readAhead(level: Level): void {
  level.ahead = Math.max(level.ahead, level.next);
  const end = Math.min(level.entries.length, level.next + LOOK_AHEAD);
  while (level.reading.size < READ_AHEAD && level.ahead < end) {
    const entry = level.entries[level.ahead++];
    if (!entry || entry.kind === 'file' || entry.isLink || exclusionIn(level, entry)) continue;
    level.reading.set(entry, levelOf(entry.uri, level.rules));
  }
}
