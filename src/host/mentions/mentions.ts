import * as vscode from 'vscode';
import type { Mention } from '../../core/attaching.ts';
import { foundNothing } from '../workspace/found.ts';
import type { Candidate } from './candidate.ts';
import { createFileList, type FileList, type ListedEntry, type Listing } from './fileList.ts';
import { inTime, WITHIN } from './inTime.ts';
import { goneSentence, type MentionParts, type Mentions } from './mentionParts.ts';
import { offersNow } from './offers.ts';
import { best, createNameIndex, fitOf, type NameIndex, type Ranked } from './ranking.ts';
import { createRecentEditors, openTabs, type RecentEditors } from './recentEditors.ts';
import { symbolsFor } from './symbolOffers.ts';

/** Mentions in a list. */
export const MOST_MENTIONS = 50;

/** A list may be replaced while the user chooses from it, so those before still count. */
const LISTS_KEPT = 5;

/** What the list of files takes longer for than `within`, in ms, is offered once it is there: until then there is the rest. */
export function createMentions(
  parts: MentionParts,
  files: FileList = createFileList(),
  within = WITHIN,
  recent: RecentEditors = createRecentEditors(),
): Mentions {
  let lists: readonly ReadonlyMap<string, Candidate>[] = [];
  let made = 0;
  let indexed: { readonly listing: Listing; readonly index: Index } | undefined;

  async function index(): Promise<Index> {
    const listing = await files.current();
    if (indexed?.listing !== listing) indexed = { listing, index: indexOf(listing) };
    return indexed.index;
  }

  async function candidatesFor(query: string): Promise<readonly Candidate[]> {
    if (query === '') {
      return likely(parts, recent.list(), await inTime(files.current(), indexed?.listing ?? EMPTY, within));
    }
    const [named, beyond, symbols, commits, conversations] = await Promise.all([
      inTime(index(), indexed?.index ?? indexOf(EMPTY), within),
      inTime(files.beyond(query), [], within),
      symbolsFor(query, parts),
      commitsFor(query, parts),
      conversationsFor(query, parts),
    ]);
    const offers = offersNow(parts).map((offer) => ({
      item: offer,
      score: fitOf(query, [offer.label, ...offer.words]),
    }));
    const entries = entriesFor(query, named, beyond, recent.list(), parts);
    return best([...offers, ...entries, ...symbols, ...commits, ...conversations], MOST_MENTIONS);
  }

  function listed(candidates: readonly Candidate[]): readonly Mention[] {
    const list = ++made;
    const named = candidates.map((candidate, at): readonly [string, Candidate] => [
      `${list}.${at}`,
      candidate,
    ]);
    lists = [new Map(named), ...lists].slice(0, LISTS_KEPT);
    return named.map(([id, { kind, label, detail }]) => ({ id, kind, label, detail }));
  }

  function candidateOf(id: string): Candidate | undefined {
    return lists.map((list) => list.get(id)).find((found) => found !== undefined);
  }

  /** Queries are counted, so that what is late for one that nobody waits for any more is not looked for. */
  let queries = 0;

  return {
    find: async (query) => listed(await candidatesFor(query.trim())),
    async findLate(query) {
      const mine = ++queries;
      const listing = files.current();
      if ((await inTime(listing, undefined, within)) !== undefined) return undefined;
      await listing;
      return mine === queries ? listed(await candidatesFor(query.trim())) : undefined;
    },
    async take(id) {
      return candidateOf(id)?.find() ?? foundNothing(goneSentence());
    },
    uriOf: (id) => candidateOf(id)?.uri,
    dispose() {
      files.dispose();
      recent.dispose();
    },
  };
}

interface Index {
  readonly files: NameIndex<ListedEntry>;
  readonly folders: NameIndex<ListedEntry>;
}

const EMPTY: Listing = { files: [], folders: [] };

function indexOf({ files, folders }: Listing): Index {
  return { files: createNameIndex(files), folders: createNameIndex(folders) };
}

/** Without a query: what lies open, what is wrong, what has changed; then the folders, the upper ones first. */
function likely(parts: MentionParts, recent: readonly string[], listing: Listing): readonly Candidate[] {
  const offers = offersNow(parts);
  const open = new Map(openTabs().map((uri) => [uri.toString(), uri]));
  const editors = recent.flatMap((key) => {
    const uri = open.get(key);
    return uri ? [fileCandidate(entryOf(uri), parts)] : [];
  });
  return [
    ...offers.filter(({ kind }) => kind === 'selection'),
    ...editors,
    ...offers.filter(({ kind }) => kind !== 'selection'),
    ...listing.folders.map((folder) => folderCandidate(folder, parts)),
  ].slice(0, MOST_MENTIONS);
}

/** What a file gains by having been looked at last; the ones before it gain less. */
const RECENT_GAIN = 0.2;

/** Folders are asked about less often than files. */
const FOLDER_SHARE = 0.95;

function entriesFor(
  query: string,
  { files, folders }: Index,
  beyond: readonly ListedEntry[],
  recent: readonly string[],
  parts: MentionParts,
): readonly Ranked<Candidate>[] {
  const ranks = new Map(recent.map((uri, at) => [uri, RECENT_GAIN * (1 - at / recent.length)]));
  const gain = (uri: vscode.Uri): number => ranks.get(uri.toString()) ?? 0;
  const found = [
    ...createNameIndex(openTabs().map(entryOf)).find(query, MOST_MENTIONS),
    ...files.find(query, MOST_MENTIONS),
    ...createNameIndex(beyond).find(query, MOST_MENTIONS),
  ];
  const once = new Map(found.toReversed().map((entry) => [entry.item.uri.toString(), entry]));
  return [
    ...[...once.values()].toReversed().map(({ item, score }) => ({
      item: fileCandidate(item, parts),
      score: score + gain(item.uri),
    })),
    ...folders.find(query, MOST_MENTIONS).map(({ item, score }) => ({
      item: folderCandidate(item, parts),
      score: score * FOLDER_SHARE,
    })),
  ];
}

function entryOf(uri: vscode.Uri): ListedEntry {
  const path =
    uri.scheme === 'untitled' ? uri.path : vscode.workspace.asRelativePath(uri).replaceAll('\\', '/');
  return { uri, path, name: path.split('/').at(-1) ?? path };
}

function fileCandidate({ uri, name, path }: ListedEntry, { foundAt }: MentionParts): Candidate {
  return { kind: 'file', label: name, detail: folderOf(path), uri, find: () => foundAt(uri) };
}

function folderCandidate({ uri, name, path }: ListedEntry, { folderListing }: MentionParts): Candidate {
  return { kind: 'folder', label: `${name}/`, detail: folderOf(path), uri, find: () => folderListing(uri) };
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Commits that are offered when one types `commit`, and then words of its message. */
const MOST_COMMITS = 20;

async function commitsFor(query: string, parts: MentionParts): Promise<readonly Ranked<Candidate>[]> {
  const typed = /^com(?:m|mi|mit|mits)?(?:\s+(.+))?$/i.exec(query);
  if (!typed) return [];
  const wanted = typed[1];
  const commits = await parts.recentCommits(MOST_COMMITS).catch(() => []);
  return commits.map(({ hash, message }, at) => ({
    item: {
      kind: 'changes',
      label: vscode.l10n.t('commit {0}', hash.slice(0, 8)),
      detail: message.split('\n', 1)[0] ?? '',
      find: () => parts.commit(hash),
    },
    // Without words the newest come first.
    score: wanted ? fitOf(wanted, [message, hash]) : 0.9 - at / 1000,
  }));
}

/** Conversations are found by two letters of their title. */
async function conversationsFor(query: string, parts: MentionParts): Promise<readonly Ranked<Candidate>[]> {
  if (query.length < 2) return [];
  const summaries = await parts.conversations().catch(() => []);
  return summaries.map(({ id, title, updatedAt }) => ({
    item: {
      kind: 'conversation',
      label: title,
      detail: new Date(updatedAt).toISOString().slice(0, 10),
      find: () => parts.conversation(id),
    },
    score: fitOf(query, [title]) * CONVERSATION_SHARE,
  }));
}

/** Titles are whole sentences, in which almost any letters are found. */
const CONVERSATION_SHARE = 0.8;
