import * as vscode from 'vscode';
import type { ConversationSearch } from '../storage/conversationSearch.ts';
import type { FoundText } from '../storage/searchIndex.ts';

/** The search in texts that follows what is typed. */
export interface TextSearch {
  readonly isBusy: boolean;
  /** Looks for this once nothing more is typed for a moment; `only` are the conversations to look in. */
  start(query: string, only: readonly string[] | undefined): void;
  /** What is known of this query so far; what was found for another one is no answer. */
  found(query: string): readonly FoundText[];
  /** A sentence where there is more, or less, than rows can tell. */
  hint(query: string): string | undefined;
  stop(): void;
}

/** In ms. */
const PAUSE = 120;

const MOST_TEXTS = 50;

/** A single letter is in every text. */
const SHORTEST = /^(.{2,}|[^\0-\x7f])/su;

/** `onChanged` hears when there is more to show. */
export function createTextSearch(texts: Pick<ConversationSearch, 'find'>, onChanged: () => void): TextSearch {
  let asked = '';
  let answer: { readonly query: string; readonly found: readonly FoundText[] | undefined } | undefined;
  let progress: { readonly done: number; readonly all: number } | undefined;
  let isBusy = false;
  let runs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function find(query: string, only: readonly string[] | undefined, run: number): Promise<void> {
    const found = await texts.find(query, {
      most: MOST_TEXTS,
      only,
      onProgress(done, all) {
        if (run !== runs || done === all) return;
        const isFurther = !progress || percent({ done, all }) !== percent(progress);
        progress = { done, all };
        if (isFurther) onChanged();
      },
      onFound(soFar) {
        if (run !== runs) return;
        answer = { query, found: soFar };
        onChanged();
      },
    });
    if (run !== runs) return;
    answer = { query, found };
    progress = undefined;
    isBusy = false;
    onChanged();
  }

  return {
    get isBusy() {
      return isBusy;
    },
    start(query, only) {
      runs += 1;
      asked = query;
      clearTimeout(timer);
      isBusy = SHORTEST.test(query);
      const run = runs;
      if (isBusy) timer = setTimeout(() => void find(query, only, run), PAUSE);
    },
    found: (query) => (answer?.query === query ? (answer.found ?? []) : []),
    hint(query) {
      if (isBusy && query === asked) {
        if (!progress) return vscode.l10n.t('Searching in texts…');
        return vscode.l10n.t('Reading conversations to search in them… {0} %', percent(progress));
      }
      const isMissing = answer?.query === query && answer.found === undefined;
      return isMissing ? vscode.l10n.t('Texts cannot be searched here.') : undefined;
    },
    stop() {
      runs += 1;
      clearTimeout(timer);
    },
  };
}

function percent({ done, all }: { readonly done: number; readonly all: number }): number {
  return Math.floor((100 * done) / Math.max(1, all));
}
