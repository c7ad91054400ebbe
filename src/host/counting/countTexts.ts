import type { Failure } from '../../core/conversation/model.ts';
import {
  bundlesOf,
  type CountItem,
  FRAME_TEXTS,
  type Frame,
  frameOf,
  shareOut,
  textRequest,
  tokensInside,
} from '../../core/money/textCount.ts';
import { type Claude, fail, type Result, succeed } from '../../core/ports.ts';
import { wellFormed } from '../../core/request/wellFormed.ts';

/** A text whose tokens are wanted. It is got anew when its turn comes, so that many need little memory. */
export interface CountedText extends CountItem {
  /** Undefined when it cannot be read any more; rejecting counts as that. */
  text(): Promise<string | undefined>;
}

/** `shared`: the sum of several texts is exact, their shares of it are not. */
export type Exactness = 'exact' | 'shared' | 'estimated';

export interface TextFigure {
  readonly tokens: number;
  readonly exactness: Exactness;
}

export interface TextCounts {
  /** In the order of the texts. */
  readonly figures: readonly TextFigure[];
  /** Why some are estimates still; absent when the API has counted all that it can. */
  readonly failure?: Failure;
}

/** Whoever wants to hear of each step, and may call the rest off. */
export interface CountWatch {
  /** Called back once, when the rest is called off. */
  readonly onCancelled: (listener: () => void) => void;
  readonly onProgress?: (requestsDone: number, requests: number) => void;
}

/** Has the API count texts; what it does not count stays as estimated. Never rejects. */
export type CountTexts = (
  model: string,
  texts: readonly CountedText[],
  watch: CountWatch,
) => Promise<TextCounts>;

/** Requests on their way at a time. */
const AT_ONCE = 4;

export function createCountTexts(claude: () => Promise<Result<Claude>>): CountTexts {
  const known = new Map<string, number>();

  async function frame(count: Count, model: string, isBundled: boolean): Promise<Result<Frame>> {
    const counts: number[] = [];
    for (const [at, texts] of FRAME_TEXTS.entries()) {
      const key = `${at} ${model}`;
      // A single text has no further block around it, so the second count is not needed.
      const counted = at === 1 && !isBundled ? succeed((counts[0] ?? 0) + 1) : await remembered(key, texts);
      if (!counted.ok) return counted;
      counts.push(counted.value);
    }
    return succeed(frameOf(counts[0] ?? 0, counts[1] ?? 0));

    async function remembered(key: string, texts: readonly string[]): Promise<Result<number>> {
      const before = known.get(key);
      if (before !== undefined) return succeed(before);
      const counted = await count(model, texts);
      if (counted.ok) known.set(key, counted.value);
      return counted;
    }
  }

  return async (model, texts, watch) => {
    const figures = texts.map(({ estimate }): TextFigure => ({ tokens: estimate, exactness: 'estimated' }));
    const bundles = bundlesOf(texts);
    const connected = bundles.length > 0 ? await claude() : undefined;
    if (!connected) return { figures: figures.map(emptyIsExact(texts)) };
    if (!connected.ok) return { figures, failure: connected.failure };
    const count = createCount(connected.value, watch);
    const isBundled = bundles.some((bundle) => bundle.length > 1);
    const around = await frame(count, model, isBundled);
    if (!around.ok) return { figures, failure: around.failure };
    let failure: Failure | undefined;
    let done = 0;
    await inParallel(bundles, AT_ONCE, async (bundle) => {
      if (failure && !OF_ONE_REQUEST.has(failure.kind)) return;
      const loaded = await load(bundle, texts);
      const counted =
        loaded.length > 0
          ? await count(
              model,
              loaded.map(({ text }) => text),
            )
          : succeed(0);
      watch.onProgress?.(++done, bundles.length);
      if (!counted.ok) failure ??= counted.failure;
      else take(figures, loaded, tokensInside(counted.value, loaded.length, around.value));
    });
    return { figures: figures.map(emptyIsExact(texts)), ...(failure ? { failure } : {}) };
  };
}

/** Failures of one request that say nothing of the next. */
const OF_ONE_REQUEST: ReadonlySet<Failure['kind']> = new Set(['tooLong', 'tooLarge', 'invalidRequest']);

/** Runs through all items, this many at a time. */
export async function inParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  run: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  for await (const item of items) {
    const one: Promise<void> = run(item).finally(() => running.delete(one));
    running.add(one);
    if (running.size >= atOnce) await Promise.race(running);
  }
  await Promise.all(running);
}

type Count = (model: string, texts: readonly string[]) => Promise<Result<number>>;

function createCount(claude: Claude, watch: CountWatch): Count {
  const cancels = new Set<() => void>();
  let isCancelled = false;
  watch.onCancelled(() => {
    isCancelled = true;
    for (const cancel of cancels) cancel();
  });
  return async (model, texts) => {
    if (isCancelled) return fail({ kind: 'timeout' });
    const counting = claude.countTokens(textRequest(model, texts));
    cancels.add(counting.cancel);
    const counted = await counting.tokens;
    cancels.delete(counting.cancel);
    return counted;
  };
}

interface Loaded {
  readonly at: number;
  readonly text: string;
  readonly estimate: number;
}

/** Texts of nothing but white space stay out: the API takes no such block. */
async function load(bundle: readonly number[], texts: readonly CountedText[]): Promise<readonly Loaded[]> {
  const loaded = await Promise.all(
    bundle.map(async (at) => {
      const entry = texts[at];
      const text = entry && (await textOf(entry));
      if (!entry || text === undefined || text.trim() === '') return [];
      return [{ at, text: wellFormed(text), estimate: entry.estimate }];
    }),
  );
  return loaded.flat();
}

async function textOf(entry: CountedText): Promise<string | undefined> {
  try {
    return await entry.text();
  } catch {
    return undefined;
  }
}

function take(figures: TextFigure[], loaded: readonly Loaded[], tokens: number): void {
  const shares = shareOut(
    tokens,
    loaded.map(({ estimate }) => estimate),
  );
  const exactness = loaded.length > 1 ? 'shared' : 'exact';
  for (const [index, { at }] of loaded.entries()) figures[at] = { tokens: shares[index] ?? 0, exactness };
}

/** Nothing has no tokens; that needs no count. */
function emptyIsExact(texts: readonly CountedText[]): (figure: TextFigure, at: number) => TextFigure {
  return (figure, at) => (texts[at]?.bytes === 0 ? { tokens: 0, exactness: 'exact' } : figure);
}
