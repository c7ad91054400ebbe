import * as path from 'node:path';
import { type ConversationSearch, createConversationSearch } from './conversationSearch.ts';
import type { Rebuilt } from './summaries.ts';

/** What is derived from the journals, and can be made anew from them. */
export interface DerivedFiles {
  readonly texts: ConversationSearch;
  /** Reads all journals anew; see `rebuildIndex`. */
  rebuild(
    onProgress: (done: number, all: number) => void,
    isCancelled: () => boolean,
  ): Promise<Rebuilt | undefined>;
  dispose(): void;
}

export function createDerivedFiles(root: string): DerivedFiles {
  const directory = path.join(root, 'conversations');
  const texts = createConversationSearch({ directory, cacheFile: path.join(root, 'search.json') });
  return {
    texts,
    dispose: () => texts.dispose(),
    async rebuild(onProgress, isCancelled) {
      const { rebuildIndex } = await import('./summaries.ts');
      return rebuildIndex(directory, path.join(root, 'index.json'), onProgress, isCancelled);
    },
  };
}
