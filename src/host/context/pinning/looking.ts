import * as vscode from 'vscode';
import { type Choice, choosing } from '../../../core/context/choosing.ts';
import { sortedByPath } from '../../../core/context/ordering.ts';
import type { LeftOutEntry, Pin, Pinned, PinnedFile } from '../../../core/context/pinned.ts';
import { normalizePath } from '../../../core/request/pack.ts';
import type { ReadingThreads } from '../../storage/readingThreads.ts';
import { createBreather, inTurns } from '../../workspace/breathing.ts';
import type { FindSecret } from './judged.ts';
import { createKeptTexts, type KeptTexts } from './keptTexts.ts';
import { createManyLooks } from './manyLooks.ts';
import { pinPath } from './places.ts';
import { createPool } from './pool.ts';
import { type Look, type Looked, lookAt, type Seen } from './reading.ts';
import type { Sources } from './sources.ts';

/** Looks at what is pinned, and remembers what each file was like, but the text only of those that go out. */
export interface Looking {
  /** What there is now; undefined when cancelled. Reads only what may have changed. Never rejects. */
  look(pins: readonly Pin[], how: LookOptions): Promise<Pinned | undefined>;
  /** A file may hold something else. True when it is one that was looked at. */
  note(uri: vscode.Uri): boolean;
  /** Whether one of the files that go out has changed though nobody has told. Looks at nothing but their times. */
  hasMissed(): Promise<boolean>;
  /** Whether there are files of which nobody tells when they change. */
  readonly hasUnwatched: boolean;
  /** Any file may hold something else, or be called something else. */
  doubt(): void;
  /** All files are to be read anew. */
  forget(): void;
}

export interface LookOptions {
  readonly token: vscode.CancellationToken;
  readonly maxTokens: number;
  /** Without it secrets do not matter. */
  readonly findSecret: FindSecret | undefined;
  /** Whether a change of the file would have been told. */
  readonly isWatched: (uri: vscode.Uri) => boolean;
  /** Hears the number of files looked at as it grows. */
  readonly onFiles: (files: number) => void;
}

/** So many files that are known already take less than a ms. */
const MANY = 100;

/** Files that are read again at a time: each call waits for VS Code, not for the disk. */
const READERS = 24;

interface Remembered extends Seen {
  readonly isNamed: boolean;
  readonly isWatched: boolean;
}

/** A file that was found, and the strongest kind of pin that means it. */
interface Candidate extends Looked {
  readonly key: string;
  readonly via: Pin['kind'];
}

/** One that could go out. */
interface Fit {
  readonly candidate: Candidate;
  readonly path: string;
  readonly uri: string;
  readonly tokens: number;
  readonly via: Pin['kind'];
}

/** The threads must find the secrets that are asked for; without them everything is read here. */
export function createLooking(sources: Sources, threads?: ReadingThreads): Looking {
  const seen = new Map<string, Remembered>();
  const changed = new Set<string>();
  /** Files that are being looked at: what is told of them meanwhile may not be in what is found. */
  const underWay = new Set<string>();
  let files: ReadonlyMap<string, PinnedFile> = new Map();
  let candidates: ReadonlyMap<string, Candidate> = new Map();
  let hasUnwatched = false;
  /** How the last look has ended, where all that could go out does. */
  let whole: Whole | undefined;

  function begin({ key }: Candidate): void {
    changed.delete(key);
    underWay.add(key);
  }

  function take({ key, uri, isNamed }: Candidate, look: Look, how: LookOptions): void {
    underWay.delete(key);
    seen.set(key, { ...look.seen, isNamed, isWatched: how.isWatched(uri) });
  }

  async function read(candidate: Candidate, how: LookOptions): Promise<Look> {
    begin(candidate);
    const look = await lookAt(candidate, how.findSecret);
    take(candidate, look, how);
    return look;
  }

  /** Undefined for files that are as they were when they were looked at. */
  function toRead({ key, isNamed }: Candidate): { readonly before?: Seen } | undefined {
    const known = seen.get(key);
    if (!known || known.isNamed !== isNamed || known.stamp === undefined) return {};
    return changed.has(key) || !known.isWatched ? { before: known } : undefined;
  }

  async function findAll(pins: readonly Pin[], how: LookOptions, texts: KeptTexts): Promise<Found> {
    const found = new Map<string, Candidate>();
    const twins: LeftOutEntry[] = [];
    const taken = new Map<Candidate, Seen | undefined>();
    let isAsBefore = true;
    const paths = new Set<string>();
    const breathe = createBreather();
    const looks = createManyLooks<Candidate>({
      threads,
      findSecret: how.findSecret,
      isCancelled: () => how.token.isCancellationRequested,
      room: texts.room,
      onBegin: begin,
      onLook(candidate, look) {
        taken.set(candidate, seen.get(candidate.key));
        take(candidate, look, how);
        texts.offer(candidate.key, look);
      },
    });
    for await (const { kind, uris } of sources.files(pins, how.token)) {
      for (const uri of uris) {
        if (how.token.isCancellationRequested) break;
        const key = uri.toString();
        if (found.has(key)) continue;
        const before = candidates.get(key);
        const path = before?.path ?? normalizePath(pinPath(uri) ?? uri.path);
        // Names that differ in how their letters are composed only, and folders of one name, are the same to Claude.
        if (paths.has(path)) {
          twins.push({ path, uri: key, kind: 'file', reason: 'unreadable', detail: twinDetail() });
          continue;
        }
        const candidate =
          before?.via === kind ? before : { key, uri, path, via: kind, isNamed: kind === 'file' };
        isAsBefore &&= candidate === before;
        paths.add(path);
        found.set(key, candidate);
        const reading = toRead(candidate);
        if (reading) await looks.add(candidate, reading.before);
        if (reading || found.size % MANY === 0) await breathe();
      }
      how.onFiles(found.size);
    }
    await looks.settled();
    isAsBefore &&= twins.length === 0 && found.size === candidates.size;
    return { found, twins, taken, isAsBefore };
  }

  /** What there is where nothing but texts that go out has changed, and all still do; undefined where it may be otherwise. */
  async function withChanges(
    { taken, isAsBefore }: Found,
    last: Whole | undefined,
    how: LookOptions,
    texts: KeptTexts,
  ): Promise<Sorted | undefined> {
    if (!last || !isAsBefore || last.maxTokens !== how.maxTokens) return undefined;
    let { room } = last;
    const fits: Fit[] = [];
    for (const [candidate, before] of taken) {
      const is = seen.get(candidate.key)?.finding;
      const was = before?.finding;
      if (!is || !was || is.reason || was.reason) return undefined;
      room += was.tokens - is.tokens;
      fits.push(fitOf(candidate, is.tokens));
    }
    const changed = room >= 0 ? await filesOf(fits, how, texts) : undefined;
    if (changed?.size !== fits.length) return undefined;
    const all = new Map(files);
    // Their places stay as they are.
    for (const [key, file] of changed) all.set(key, file);
    return { files: all, whole: { ...last, room }, leftOut: last.leftOut };
  }

  async function sortedOut({ found, twins }: Found, how: LookOptions, texts: KeptTexts): Promise<Sorted> {
    await forgetOthers(seen, found);
    const { files: chosen, leftOut, room, isWhole } = await sortOut(found, how.maxTokens);
    const made = await filesOf(chosen, how, texts);
    const isAll = isWhole && twins.length === 0 && made.size === chosen.length;
    return { files: made, leftOut, whole: isAll ? { room, maxTokens: how.maxTokens, leftOut } : undefined };
  }

  /** What goes out, and why the others do not. */
  async function sortOut(
    found: ReadonlyMap<string, Candidate>,
    maxTokens: number,
  ): Promise<Choice<Fit> & { readonly isWhole: boolean }> {
    const fits: Fit[] = [];
    const refused: LeftOutEntry[] = [];
    const breathe = createBreather();
    let sorted = 0;
    for (const [key, candidate] of found) {
      if (++sorted % MANY === 0) await breathe();
      const finding = seen.get(key)?.finding;
      if (!finding) continue;
      if (finding.reason) refused.push({ path: candidate.path, uri: key, kind: 'file', ...finding });
      else fits.push(fitOf(candidate, finding.tokens));
    }
    const choice = await inTurns(choosing(fits, maxTokens), breathe);
    return { ...choice, leftOut: [...refused, ...choice.leftOut], isWhole: choice.leftOut.length === 0 };
  }

  /** A chosen file as it was kept, where it is as it was. */
  function keptFile({ candidate: { key, path }, via }: Fit): PinnedFile | undefined {
    const before = files.get(key);
    const known = seen.get(key)?.finding;
    if (!before || !known || known.reason || before.hash !== known.hash || before.path !== path)
      return undefined;
    return before.by === via ? before : { ...before, by: via };
  }

  /** A chosen file with its text: as it was just read, or read again. */
  async function fileOf(
    { candidate, via }: Fit,
    how: LookOptions,
    texts: KeptTexts,
  ): Promise<PinnedFile | undefined> {
    const { key, path } = candidate;
    const text = texts.get(key) ?? (await read(candidate, how)).text;
    const finding = seen.get(key)?.finding;
    if (text === undefined || !finding || finding.reason) return undefined;
    return { path, uri: key, text, hash: finding.hash, tokens: finding.tokens, by: via };
  }

  async function filesOf(
    chosen: readonly Fit[],
    how: LookOptions,
    texts: KeptTexts,
  ): Promise<Map<string, PinnedFile>> {
    const made = new Map<string, PinnedFile>();
    const pool = createPool(READERS);
    const breathe = createBreather();
    for (const fit of chosen) {
      await breathe();
      const kept = keptFile(fit);
      if (kept) {
        made.set(fit.uri, kept);
        continue;
      }
      await pool.run(async () => {
        const file = await fileOf(fit, how, texts);
        if (file) made.set(fit.uri, file);
      });
    }
    await pool.settled();
    return new Map(
      chosen.flatMap(({ uri }) => {
        const file = made.get(uri);
        return file ? [[uri, file] as const] : [];
      }),
    );
  }

  return {
    async look(pins, how) {
      const last = whole;
      whole = undefined;
      const texts = createKeptTexts(how.maxTokens * KEPT);
      const all = await findAll(pins, how, texts);
      if (how.token.isCancellationRequested) return undefined;
      const { found, twins } = all;
      candidates = found;
      const sorted = (await withChanges(all, last, how, texts)) ?? (await sortedOut(all, how, texts));
      if (how.token.isCancellationRequested) return undefined;
      files = sorted.files;
      whole = sorted.whole;
      hasUnwatched = false;
      for (const { isWatched } of seen.values()) hasUnwatched ||= !isWatched;
      const passedOver = sources.leftOut().filter(({ uri }) => !found.has(uri));
      const leftOut = await inTurns(
        sortedByPath([...onceEach([...passedOver, ...twins]), ...sorted.leftOut]),
        createBreather(),
      );
      return { files: [...files.values()], leftOut };
    },
    note(uri) {
      const key = uri.toString();
      if (!seen.has(key) && !underWay.has(key)) return false;
      changed.add(key);
      return true;
    },
    async hasMissed() {
      let missed = false;
      const looks = createManyLooks<Candidate>({
        threads,
        // Only their stamps matter: what has changed is judged when it is looked at again.
        findSecret: undefined,
        isCancelled: () => false,
        room: () => 0,
        onBegin: () => undefined,
        onLook({ key }, look) {
          if (look.seen.stamp === seen.get(key)?.stamp) return;
          changed.add(key);
          missed = true;
        },
      });
      for (const key of files.keys()) {
        const candidate = candidates.get(key);
        const known = seen.get(key);
        if (candidate && known) await looks.add(candidate, known);
      }
      await looks.settled();
      return missed;
    },
    get hasUnwatched() {
      return hasUnwatched;
    },
    doubt() {
      for (const key of [...seen.keys(), ...underWay]) changed.add(key);
      candidates = new Map();
    },
    forget() {
      seen.clear();
      candidates = new Map();
    },
  };
}

interface Found {
  readonly found: ReadonlyMap<string, Candidate>;
  /** Files whose paths others already have. */
  readonly twins: readonly LeftOutEntry[];
  /** Those that were looked at now, and what was known of them before. */
  readonly taken: ReadonlyMap<Candidate, Seen | undefined>;
  /** Whether they are the very candidates that there were before. */
  readonly isAsBefore: boolean;
}

interface Whole {
  readonly maxTokens: number;
  /** Tokens that are left of them. */
  readonly room: number;
  /** What does not go out of the files that were looked at. */
  readonly leftOut: readonly LeftOutEntry[];
}

interface Sorted {
  readonly files: ReadonlyMap<string, PinnedFile>;
  readonly leftOut: readonly LeftOutEntry[];
  readonly whole: Whole | undefined;
}

function fitOf(candidate: Candidate, tokens: number): Fit {
  const { path, key, via } = candidate;
  return { candidate, path, uri: key, tokens, via };
}

function twinDetail(): string {
  return vscode.l10n.t('Another file has the same path.');
}

/** What several pins pass over is told once. */
function onceEach(entries: readonly LeftOutEntry[]): readonly LeftOutEntry[] {
  const known = new Map(entries.map((entry) => [`${entry.uri} ${entry.path}`, entry]));
  return [...known.values()];
}

/** How many times as much text is kept while looking as may go out: what does not fit in is read again when it is chosen. */
const KEPT = 2;

async function forgetOthers(seen: Map<string, unknown>, found: ReadonlyMap<string, unknown>): Promise<void> {
  const breathe = createBreather();
  let at = 0;
  for (const key of seen.keys()) {
    if (++at % MANY === 0) await breathe();
    if (!found.has(key)) seen.delete(key);
  }
}
