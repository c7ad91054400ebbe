import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { SearchAnswer, SearchPlace, SearchWish } from './conversationSearch.ts';
import { openSearchIndex, type SearchIndex } from './searchIndex.ts';

/** Where the thread of `conversationSearch.ts` begins. It is a bundle of its own, and the only one with the index. */
if (parentPort) serve(parentPort, workerData as SearchPlace);

function serve(port: MessagePort, { directory, cacheFile }: SearchPlace): void {
  const tell = (answer: SearchAnswer): void => port.postMessage(answer);
  let index: Promise<SearchIndex> | undefined;
  let work: Promise<void> = Promise.resolve();
  let newest = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function grant({ id, query, most, only }: SearchWish): Promise<void> {
    // Who types on does not wait for what was typed before.
    if (id !== newest) return tell({ id, found: [] });
    index ??= openSearchIndex(directory, cacheFile);
    const opened = await index;
    if (performance.now() - lookedAt > FRESH_FOR) {
      await opened.refresh((done, all) => tell({ done, all }));
      lookedAt = performance.now();
    }
    const found = id === newest ? await opened.find(query, most, only && new Set(only)) : [];
    tell({ id, found });
  }

  port.on('message', (wish: SearchWish) => {
    newest = wish.id;
    work = work.then(() => grant(wish));
  });
}

/** What was looked at is not looked at again for so long, in ms: each letter that is typed is a search. */
const FRESH_FOR = 2_000;
