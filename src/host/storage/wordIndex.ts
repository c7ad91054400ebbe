import MiniSearch, { type AsPlainObject, type Options } from 'minisearch';
import { termsOf } from '../../core/history/searchTerms.ts';

/** What of a conversation is searched. */
export interface SearchedDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** The library's index over texts and their titles; with what it was saved as, that one. */
export function createWordIndex(saved?: AsPlainObject): MiniSearch<SearchedDocument> {
  return saved ? MiniSearch.loadJS<SearchedDocument>(saved, OPTIONS) : new FastIndex(OPTIONS);
}

const OPTIONS: Options<SearchedDocument> = {
  fields: ['title', 'text'],
  tokenize: termsOf,
  processTerm: (term) => term,
  autoVacuum: true,
};

/**
 * For each word of each text the library goes down its tree, which takes most of the time. Most words have come before: their
 * places are found in a plain map here. What comes of it is the same.
 */
class FastIndex extends MiniSearch<SearchedDocument> {
  constructor(options: Options<SearchedDocument>) {
    super(options);
    const tree = this._index;
    const known = new Map<string, ReturnType<typeof tree.fetch>>();
    const fetch = tree.fetch.bind(tree);
    const remove = tree.delete.bind(tree);
    tree.fetch = (term, initial) => {
      const before = known.get(term);
      if (before !== undefined) return before;
      const made = fetch(term, initial);
      known.set(term, made);
      return made;
    };
    tree.delete = (term) => {
      known.delete(term);
      remove(term);
    };
  }
}
