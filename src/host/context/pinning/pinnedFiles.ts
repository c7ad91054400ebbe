import * as vscode from 'vscode';
import type { Pin, Pinned } from '../../../core/context/pinned.ts';
import { samePin } from '../../../core/context/pinText.ts';
import type { Settings } from '../../../core/settings.ts';
import type { JsonCache } from '../../storage/jsonCache.ts';
import { createReadingThreads } from '../../storage/readingThreads.ts';
import { messageOf } from '../../workspace/fileText.ts';
import { createChanges } from './changes.ts';
import type { FindSecret } from './judged.ts';
import type { Looking } from './looking.ts';
import { createPinStore } from './pinStore.ts';
import { createSources } from './sources.ts';
import { createThrottle } from './watching.ts';

/** What is pinned to this workspace: kept on disk, looked at when asked, followed from then on. */
export interface PinnedFiles extends vscode.Disposable {
  /** Empty until they have been read from disk. */
  readonly pins: readonly Pin[];
  /** Resolves when the pins have been read from disk. Never rejects. */
  ready(): Promise<void>;
  pin(pins: readonly Pin[]): Promise<void>;
  unpin(pins: readonly Pin[]): Promise<void>;
  /** What was found when it was looked last; undefined before the first time. */
  readonly known: Pinned | undefined;
  /**
   * What there is now: only what may have changed is listed and read again. Undefined where that is not known, which is
   * something else than nothing: the workspace is not trusted, or it could not be looked and never was. Never rejects.
   */
  current(): Promise<Pinned | undefined>;
  /** Files looked at so far, while it is being looked. */
  readonly looking: { readonly files: number } | undefined;
  /** Pins, files or progress have changed; at most ten times a second. */
  readonly onChanged: vscode.Event<void>;
}

export interface PinnedFilesParts {
  /** The pins of this workspace on disk. */
  readonly cache: JsonCache;
  /** As they stand in a workspace folder; without one, for the whole window. */
  readSettings(
    folder?: vscode.Uri,
  ): Pick<Settings, 'context.exclude' | 'context.maxTokens' | 'context.includeSecrets'>;
  /** Takes what happened, never what a file holds. */
  readonly log: (line: string) => void;
  /** The detector of `secrets.ts` unless another is given, which is then asked here and not in a thread. */
  readonly findSecret?: FindSecret;
  /** Where the threads that read files begin, if not beside the code that runs. */
  readonly threadFile?: string;
  /** Whether the user trusts the workspace. */
  readonly isTrusted?: () => boolean;
  /** How long what was found in a file system that tells of no changes holds, in ms. */
  readonly freshFor?: number;
  /** After how long the times of the files that go out are looked at though nothing was told, in ms. */
  readonly trustedFor?: number;
}

/**
 * Nothing is listed, read or watched while nothing is pinned; and nothing of a workspace that is not trusted, until the
 * user pins something.
 */
export function createPinnedFiles(parts: PinnedFilesParts): PinnedFiles {
  const { cache, readSettings, log, findSecret = findSecretIn, freshFor = FRESH_FOR } = parts;
  const { isTrusted = () => vscode.workspace.isTrusted, trustedFor = TRUSTED_FOR } = parts;
  const store = createPinStore(cache);
  const emitter = new vscode.EventEmitter<void>();
  const telling = createThrottle(() => emitter.fire(), BETWEEN);
  let pins: readonly Pin[] = [];
  let known: Pinned | undefined;
  let looked: { readonly pins: readonly Pin[]; readonly at: number } | undefined;
  let looking: { readonly files: number } | undefined;
  let running:
    | { readonly work: Promise<Pinned | undefined>; readonly source: vscode.CancellationTokenSource }
    | undefined;
  let next: Promise<Pinned | undefined> | undefined;
  let reading: Promise<void> | undefined;
  let checkedAt = 0;
  let isClicked = false;
  let doubting: { readonly since: number; readonly stop: () => void } | undefined;

  const sources = createSources(
    (folder) => readSettings(folder)['context.exclude'],
    () => touched(),
  );
  const threads = parts.findSecret ? undefined : createReadingThreads({ file: parts.threadFile });
  /** Loaded when something is looked at for the first time. */
  let files: Looking | undefined;
  const changes = createChanges({
    onMoved: (uris) => sources.note(uris),
    onChanged: (uri) => files?.note(uri) ?? false,
    onAll(what) {
      sources.forget();
      if (what === 'contents') files?.doubt();
      if (what === 'reading') files?.forget();
    },
    onTouched: touched,
    usesEditors: () => pins.some(({ kind }) => kind === 'openEditors'),
  });

  /** Something that was found may not hold any more. */
  function touched(): void {
    looked = undefined;
    telling.call();
  }

  function isAllowed(): boolean {
    return pins.length > 0 && (isTrusted() || isClicked);
  }

  function take(now: readonly Pin[]): void {
    if (now.length === pins.length && now.every((pin, at) => samePin(pin, pins[at] ?? pin))) return;
    // What nothing meant says nothing of what these mean.
    if (pins.length === 0) known = undefined;
    pins = now;
    running?.source.cancel();
    if (!isAllowed()) stop();
    telling.call();
  }

  function stop(): void {
    changes.stop();
    sources.forget();
    files?.forget();
    known = pins.length > 0 ? undefined : known && NOTHING;
    looked = undefined;
  }

  function isFresh(): boolean {
    if (!known || looked?.pins !== pins) return false;
    return !files?.hasUnwatched || performance.now() - looked.at < freshFor;
  }

  /** Watchers fall behind when much happens at once, and systems run out of them. */
  async function hasMissed(): Promise<boolean> {
    if (performance.now() - checkedAt < trustedFor) return false;
    checkedAt = performance.now();
    return files?.hasMissed() ?? false;
  }

  /** Git may only be starting. One that is off for good must not hold back what else is pinned. */
  function mayBecomeKnown(): boolean {
    if (!doubting) {
      const timer = setTimeout(touched, DOUBTED_FOR);
      doubting = { since: performance.now(), stop: () => clearTimeout(timer) };
    }
    return performance.now() - doubting.since < DOUBTED_FOR;
  }

  async function look(token: vscode.CancellationToken): Promise<void> {
    changes.start();
    await changes.settle();
    const settings = readSettings();
    const started = { pins, at: performance.now() };
    checkedAt = started.at;
    looked = started;
    looking = { files: 0 };
    const { createLooking } = await import('./looking.ts');
    files ??= createLooking(sources, threads);
    const found = await files.look(pins, {
      token,
      maxTokens: settings['context.maxTokens'],
      findSecret: settings['context.includeSecrets'] ? undefined : findSecret,
      isWatched: changes.isWatched,
      onFiles(count) {
        looking = { files: count };
        telling.call();
      },
    });
    // Where not all is known, what was found would read as if the rest were gone.
    if (!found || (sources.isUncertain && !known && mayBecomeKnown())) looked = undefined;
    else if (!isSame(found, known)) known = found;
  }

  async function run(token: vscode.CancellationToken): Promise<Pinned | undefined> {
    try {
      await look(token);
    } catch (error) {
      looked = undefined;
      log(`The pinned files could not be looked at: ${messageOf(error)}`);
    } finally {
      looking = undefined;
      running = undefined;
      telling.call();
    }
    // Whoever waits wants to know what is pinned now.
    return token.isCancellationRequested ? current() : known;
  }

  async function current(): Promise<Pinned | undefined> {
    await ready();
    if (!isAllowed()) return pins.length > 0 ? undefined : NOTHING;
    await changes.settle();
    if (running) {
      if (looked?.pins === pins) return running.work;
      // What has changed since it began is looked at after it.
      next ??= running.work.then(() => {
        next = undefined;
        return current();
      });
      return next;
    }
    if (isFresh() && known) {
      if (!(await hasMissed())) return known;
      looked = undefined;
      if (running) return current();
    }
    const source = new vscode.CancellationTokenSource();
    running = { source, work: run(source.token) };
    return running.work;
  }

  async function ready(): Promise<void> {
    reading ??= store.read().then(take);
    await reading;
  }

  async function change(by: (pins: readonly Pin[]) => readonly Pin[]): Promise<void> {
    await ready();
    take(await store.change(by));
  }

  const trusting = vscode.workspace.onDidGrantWorkspaceTrust(touched);
  return {
    get pins() {
      return pins;
    },
    get known() {
      return known;
    },
    get looking() {
      return looking;
    },
    ready,
    current,
    async pin(added) {
      isClicked = true;
      await change((before) => [
        ...before,
        ...added.filter(
          (pin, at) => ![...before, ...added.slice(0, at)].some((other) => samePin(pin, other)),
        ),
      ]);
    },
    unpin: (removed) =>
      change((before) => before.filter((pin) => !removed.some((other) => samePin(pin, other)))),
    onChanged: emitter.event,
    dispose() {
      doubting?.stop();
      running?.source.cancel();
      threads?.dispose();
      vscode.Disposable.from(trusting, changes, sources, telling, emitter).dispose();
    },
  };
}

/** In ms. */
const BETWEEN = 100;
const DOUBTED_FOR = 10_000;
const FRESH_FOR = 2_000;
const TRUSTED_FOR = 10_000;

const NOTHING: Pinned = { files: [], leftOut: [] };

const findSecretIn: FindSecret = async (text, path) => {
  const { secretIn } = await import('./secrets.ts');
  return secretIn(text, path);
};

function isSame(one: Pinned, other: Pinned | undefined): boolean {
  if (!other || one.files.length !== other.files.length) return false;
  if (one.leftOut.length !== other.leftOut.length) return false;
  return (
    one.files.every((file, at) => file === other.files[at]) &&
    one.leftOut.every((entry, at) => {
      const before = other.leftOut[at];
      return entry.uri === before?.uri && entry.reason === before.reason && entry.detail === before.detail;
    })
  );
}
