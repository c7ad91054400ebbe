import * as vscode from 'vscode';
import type { Pin } from '../../core/context/pinned.ts';
import type { ListedEntry } from '../mentions/fileList.ts';
import { best, createNameIndex } from '../mentions/ranking.ts';
import type { ContextViewParts } from './contextView.ts';
import { pinPath } from './pinning/places.ts';
import type { Given } from './pinning.ts';

/** Entries that are offered at a time. */
const OFFERED = 100;

/** Lets the user look for files and folders of the workspace and choose several. Undefined when cancelled. */
export function pickEntries(files: ContextViewParts['files']): Promise<Given | undefined> {
  const pick = vscode.window.createQuickPick<EntryItem>();
  pick.title = vscode.l10n.t('Pin Files and Folders');
  pick.placeholder = vscode.l10n.t('Type a name; what is checked stays checked while you go on looking');
  pick.canSelectMany = true;
  const find = createSearch(files);
  let chosen: readonly EntryItem[] = [];
  let asked = 0;
  let looking: Promise<void> = Promise.resolve();

  async function look(query: string): Promise<void> {
    const number = ++asked;
    pick.busy = true;
    const found = await find(query);
    if (number !== asked) return;
    const known = new Set(chosen.map(({ id }) => id));
    // Setting the items takes all checks away, and says so as if the user had done it.
    const kept = chosen;
    pick.items = [...kept, ...found.filter(({ id }) => !known.has(id))];
    pick.selectedItems = kept;
    chosen = kept;
    pick.busy = false;
  }

  return new Promise((resolve) => {
    const follow = (query: string): void => {
      looking = look(query);
    };
    pick.onDidChangeValue(follow);
    pick.onDidChangeSelection((items) => {
      chosen = items;
    });
    pick.onDidAccept(async () => {
      // What stands there may have been found for what was typed before.
      await looking;
      const active = pick.selectedItems.length > 0 ? pick.selectedItems : pick.activeItems;
      // VS Code makes none active by itself where several can be checked: who typed a name and pressed Enter means the best.
      const best = pick.value.trim() === '' ? [] : pick.items.slice(0, 1);
      const meant = active.length > 0 ? active : best;
      resolve({ pins: meant.map(({ pin }) => pin), sentences: [] });
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
    follow('');
  });
}

interface EntryItem extends vscode.QuickPickItem {
  readonly id: string;
  readonly pin: Pin;
}

/** Folders come first without a query; with one, what fits best. */
function createSearch(files: ContextViewParts['files']): (query: string) => Promise<readonly EntryItem[]> {
  const indexes = files.current().then((listing) => ({
    listing,
    files: createNameIndex(listing.files),
    folders: createNameIndex(listing.folders),
  }));
  return async (query) => {
    const { listing, ...index } = await indexes;
    const wanted = query.trim();
    if (wanted === '') {
      const folders = listing.folders.map((entry) => itemOf(entry, 'folder'));
      return [...folders, ...listing.files.map((entry) => itemOf(entry, 'file'))]
        .flatMap((item) => item ?? [])
        .slice(0, OFFERED);
    }
    const beyond = createNameIndex(await files.beyond(wanted));
    const ranked = [
      ...index.folders
        .find(wanted, OFFERED)
        .map(({ item, score }) => ({ item: itemOf(item, 'folder'), score })),
      ...[...index.files.find(wanted, OFFERED), ...beyond.find(wanted, OFFERED)].map(({ item, score }) => ({
        item: itemOf(item, 'file'),
        score,
      })),
    ];
    return best(ranked, OFFERED).flatMap((item) => item ?? []);
  };
}

/** The list is found here, so nothing of it is to be hidden by what VS Code takes for a fit. */
function itemOf({ uri, name }: ListedEntry, kind: 'file' | 'folder'): EntryItem | undefined {
  const path = pinPath(uri);
  if (path === undefined || path === '.') return undefined;
  return {
    id: `${kind}:${path}`,
    label: kind === 'folder' ? `$(folder) ${name}/` : `$(file) ${name}`,
    description: path.slice(0, Math.max(0, path.lastIndexOf('/'))),
    alwaysShow: true,
    pin: { kind, path },
  };
}
