import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { SearchAnswer, SearchPlace, SearchWish } from './conversationSearch.ts';
import { type FoundText, openSearchIndex, type SearchIndex } from './searchIndex.ts';

/** Where the thread of `conversationSearch.ts` begins. It is a bundle of its own, and the only one with the index. */
if (parentPort) serve(parentPort, workerData as SearchPlace);

function serve(port: MessagePort, { directory, cacheFile }: SearchPlace): void {
  const tell = (answer: SearchAnswer): void => port.postMessage(answer);
  let index: Promise<SearchIndex> | undefined;
  let work: Promise<void> = Promise.resolve();
  let newest: SearchWish | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function grant(wish: SearchWish): Promise<void> {
    const { id } = wish;
    // Who types on does not wait for what was typed before.
    if (wish !== newest) return tell({ id, found: [] });
    index ??= openSearchIndex(directory, cacheFile);
    const opened = await index;
    if (performance.now() - lookedAt > FRESH_FOR) {
      await refresh(opened);
      lookedAt = performance.now();
    }
    tell({ id, found: wish === newest ? await find(opened, wish) : [] });
  }

  /** While there is much to read, what has been found so far is told now and then. */
  async function refresh(opened: SearchIndex): Promise<void> {
    let toldAt = performance.now();
    await opened.refresh(async (done, all) => {
      tell({ done, all });
      if (done === all || !newest || performance.now() - toldAt < TELL_EVERY) return;
      const { id } = newest;
      tell({ id, soFar: await find(opened, newest) });
      toldAt = performance.now();
    });
  }

  port.on('message', (wish: SearchWish) => {
    newest = wish;
    work = work.then(() => grant(wish));
  });
}

function find(index: SearchIndex, { query, most, only }: SearchWish): Promise<readonly FoundText[]> {
  return index.find(query, most, only && new Set(only));
}

/** In ms. */
const TELL_EVERY = 500;

/** What was looked at is not looked at again for so long, in ms: each letter that is typed is a search. */
const FRESH_FOR = 2_000;
