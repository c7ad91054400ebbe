import * as vscode from 'vscode';
import type { ContextFacts } from '../../../core/context/facts.ts';
import { pinKey } from '../../../core/context/pinText.ts';
import { droppedIn } from '../../attaching/dropped.ts';
import { factsWithout } from '../contextFacts.ts';
import type { ContextViewParts } from '../contextView.ts';
import type { PinnedFiles } from '../pinning/pinnedFiles.ts';
import { likelyPlace, rootName } from '../pinning/places.ts';
import { createGivenRows } from './givenRows.ts';
import { saySame } from './sameFacts.ts';
import { contextRows, type TreeRow } from './treeModel.ts';
import { lookingWords, tokenWords } from './treeWords.ts';

export const CONTEXT_VIEW = 'parley.context';

/** The tree of the workspace's context, below the chat. */
export interface ContextTree extends vscode.Disposable {
  /** The rows below one, as VS Code is given them; the upper ones without. Never rejects. */
  rowsBelow(row?: TreeRow): Promise<readonly TreeRow[]>;
  /** Opens the tree without taking the focus. */
  reveal(): Promise<void>;
  /** The rows that are selected. */
  selected(): readonly TreeRow[];
  /** What VS Code is told to ask for anew: these rows and what is below them, or everything. */
  readonly onDidChange: vscode.Event<TreeRow[] | undefined>;
}

export interface ContextTreeParts extends Pick<ContextViewParts, 'pinned' | 'facts' | 'onFactsChanged'> {
  readonly now: () => number;
  /** Pins what was dropped on the tree. */
  readonly drop: (uris: readonly vscode.Uri[]) => Promise<unknown>;
}

/** The time that is left to a cache entry is looked at so often, in ms. */
const TICK = 20_000;

/** Nothing is looked at before the tree is visible, and nothing while it is not. */
export function createContextTree({
  pinned,
  facts,
  onFactsChanged,
  now,
  drop,
}: ContextTreeParts): ContextTree {
  const changed = new vscode.EventEmitter<TreeRow[] | undefined>();
  const parents = new WeakMap<TreeRow, TreeRow>();
  const given = createGivenRows();
  const spinner = createSpinner();
  let upper: readonly TreeRow[] | undefined;
  let shown: ContextFacts | undefined;
  let timed: { readonly row: TreeRow; readonly shown: string } | undefined;
  let expires: number | undefined;
  let isAsking = false;
  let isStale = false;

  const view = vscode.window.createTreeView<TreeRow>(CONTEXT_VIEW, {
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      getChildren: async (row) => [...(await rowsBelow(row))],
      getTreeItem: itemNow,
      getParent: (row) => parents.get(row),
    },
    canSelectMany: true,
    showCollapseAll: true,
    dragAndDropController: {
      dragMimeTypes: [],
      dropMimeTypes: ['text/uri-list'],
      async handleDrop(_target, data) {
        const list = (await data.get('text/uri-list')?.asString()) ?? '';
        const uris = droppedIn(list).filter((each) => each instanceof vscode.Uri);
        if (uris.length > 0) await drop(uris);
      },
    },
  });

  function itemNow(row: TreeRow): vscode.TreeItem {
    const current = given.current(row);
    const item = itemOf(current.at?.(now()) ?? current);
    if (current.at) timed = { row, shown: String(item.description) };
    return item;
  }

  async function rowsBelow(row?: TreeRow): Promise<readonly TreeRow[]> {
    if (!row && !upper) {
      // What is known at once stands there while files are still being looked at.
      await pinned.ready();
      show({ ...factsWithout(pinned), looking: pinned.looking ?? { files: 0 } });
      void refresh();
    }
    const rows = row ? (given.current(row).rows?.() ?? []) : (upper ?? []);
    if (row) for (const each of rows) parents.set(each, row);
    given.give(rows, row);
    return rows;
  }

  function show(known: ContextFacts): void {
    const { t } = vscode.l10n;
    const { files, tokens, exact, cache } = known;
    upper = contextRows(known, now(), rootNames(), t);
    expires = cache.expires;
    view.description = files.length === 0 ? '' : tokenWords(tokens, t, exact ? '' : '~');
    tellState();
  }

  function tellState(): void {
    spinner.turn(pinned.looking !== undefined);
    const words = stateWords(pinned);
    if ((view.message ?? '') !== words) view.message = words;
  }

  /** What has been pinned stands there at once, also while thousands of files are still being looked at. */
  function showPins(): void {
    const { pins } = pinned;
    if (!shown || shown.pins === pins) return;
    const before = new Set(shown.pins.map(pinKey));
    if (pins.every((pin) => before.has(pinKey(pin)))) return;
    shown = { ...shown, pins, looking: pinned.looking ?? { files: 0 } };
    show(shown);
    changed.fire(undefined);
  }

  /** Once at a time; what has changed meanwhile is asked for once more. */
  async function refresh(): Promise<void> {
    isStale = true;
    if (isAsking) return;
    isAsking = true;
    while (isStale) {
      isStale = false;
      showPins();
      const known = await facts();
      if (shown && saySame(shown, known)) tellState();
      else {
        show(known);
        shown = known;
        tellChanges();
      }
    }
    isAsking = false;
  }

  function tellChanges(): void {
    const changes = given.update(upper ?? []);
    if (changes === 'all') {
      timed = undefined;
      changed.fire(undefined);
    } else {
      if (changes.length > 0) changed.fire([...changes]);
      tick();
    }
  }

  function follow(): void {
    if (!view.visible) isStale = true;
    else if (pinned.looking && isAsking) tellState();
    else void refresh();
  }

  function tick(): void {
    if (!timed || !view.visible) return;
    const { row, shown: before } = timed;
    const current = given.current(row);
    const { description } = current.at?.(now()) ?? current;
    if (description === before) return;
    timed = { row, shown: description };
    changed.fire([row]);
    if (expires !== undefined && expires <= now()) void refresh();
  }

  const timer = setInterval(tick, TICK);
  const listening = vscode.Disposable.from(
    pinned.onChanged(follow),
    onFactsChanged(follow),
    vscode.workspace.onDidGrantWorkspaceTrust(follow),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible && isStale) void refresh();
    }),
  );
  return {
    rowsBelow,
    async reveal() {
      const [first] = given.upper.length > 0 ? given.upper : await rowsBelow();
      if (first) await view.reveal(first, { select: false, focus: false });
    },
    selected: () => view.selection,
    onDidChange: changed.event,
    dispose() {
      clearInterval(timer);
      spinner.turn(false);
      vscode.Disposable.from(listening, view, changed).dispose();
    },
  };
}

function rootNames(): readonly string[] {
  return (vscode.workspace.workspaceFolders ?? []).map(rootName);
}

/** What stands above the rows. */
function stateWords({ looking, pins, known }: PinnedFiles): string {
  const { t } = vscode.l10n;
  if (looking) return lookingWords(looking.files, t);
  if (pins.length === 0 || vscode.workspace.isTrusted) return '';
  return known
    ? t('Restricted Mode: of this workspace only what you pin yourself is read.')
    : t('Restricted Mode: nothing is read until you trust this workspace or pin something.');
}

/** The bar at the top of the view that says that work is going on. */
function createSpinner(): { turn(on: boolean): void } {
  let stop: (() => void) | undefined;
  return {
    turn(on) {
      if (on === (stop !== undefined)) return;
      if (!on) {
        stop?.();
        stop = undefined;
        return;
      }
      const promise = new Promise<void>((resolve) => {
        stop = resolve;
      });
      void vscode.window.withProgress({ location: { viewId: CONTEXT_VIEW } }, () => promise);
    },
  };
}

/** A row as VS Code shows it. */
export function itemOf(row: TreeRow): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(row.label, row.rows ? (row.isOpen ? Expanded : Collapsed) : None);
  item.id = row.id;
  item.description = row.description;
  item.tooltip = row.tooltip;
  item.contextValue = row.kind;
  // The marks of estimates read badly aloud.
  item.accessibilityInformation = { label: row.spoken.replaceAll(/[~≈]/g, '') };
  const uri = uriOf(row);
  if (uri) {
    item.resourceUri = uri;
    item.command = { command: 'vscode.open', title: vscode.l10n.t('Open File'), arguments: [uri] };
  }
  if (row.kind === 'repack') item.command = { command: 'parley.repackContext', title: row.label };
  item.iconPath = iconOf(row);
  return item;
}

function uriOf({ uri, opens }: TreeRow): vscode.Uri | undefined {
  if (uri !== undefined) return vscode.Uri.parse(uri, true);
  return opens === undefined ? undefined : likelyPlace(opens);
}

function iconOf({ icon }: TreeRow): vscode.ThemeIcon {
  if (icon === 'file') return vscode.ThemeIcon.File;
  if (icon === 'folder') return vscode.ThemeIcon.Folder;
  const color = COLORS[icon];
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}

/** Colors that every theme has, for what the eye should find. */
const COLORS: Readonly<Record<string, string>> = {
  sync: 'gitDecoration.modifiedResourceForeground',
  shield: 'list.warningForeground',
  warning: 'list.warningForeground',
};
