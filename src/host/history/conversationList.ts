import * as vscode from 'vscode';
import type { Prices } from '../../core/money/money.ts';
import type { ConversationSummary } from '../../core/ports.ts';
import type { ConversationSearch } from '../storage/conversationSearch.ts';
import type { DraftSummary } from '../storage/draftStore.ts';
import { draftRows } from './draftRows.ts';
import { heading, type ListItem, type ListTools, rowsByDay, rowsByText, rowsByTitle } from './listItems.ts';
import { createTextSearch } from './textSearch.ts';

export interface ConversationListParts {
  /** Newest first; none when it was cancelled. */
  readonly list: (isCancelled?: () => boolean) => Promise<readonly ConversationSummary[]>;
  /** Those of conversations that are not among these; newest first. */
  readonly drafts: (begun: Promise<readonly ConversationSummary[]>) => Promise<readonly DraftSummary[]>;
  readonly texts: Pick<ConversationSearch, 'find'>;
  readonly prices: () => Prices;
  /** This workspace as conversations name theirs; undefined in an empty window. */
  readonly workspace: string | undefined;
  /** Remembers whether only this workspace's conversations are listed. */
  readonly state: Pick<vscode.Memento, 'get' | 'update'>;
  /** The conversation that is shown in the panel. */
  readonly current: () => string | undefined;
  readonly actions: ListActions;
}

/** What can be done from the list. Each resolves when it is done; failures are told there. */
export interface ListActions {
  /** At a turn, where one is given. */
  open(id: string, turn?: string): Promise<void>;
  rename(summary: ConversationSummary): Promise<void>;
  pin(summary: ConversationSummary): Promise<void>;
  remove(summary: ConversationSummary): Promise<void>;
  restore(): Promise<void>;
}

export type RowAction = 'rename' | 'pin' | 'remove';

export interface ConversationList {
  /** Resolves when something was chosen or the list was left. */
  show(): Promise<void>;
  /** Does this with the conversation under the cursor; false when the list is not shown. */
  act(action: RowAction): boolean;
}

/** What the list opens with: after a name was changed it is as it was before. */
interface ListState {
  readonly value: string;
  /** Id of the conversation under the cursor. */
  readonly active: string | undefined;
}

/** What there is to list. */
interface Listed {
  readonly summaries: readonly ConversationSummary[];
  readonly drafts: readonly DraftSummary[];
}

/** The key under which the filter is remembered. */
export const ONLY_HERE = 'parley.onlyThisWorkspace';

/** True while the list is open, for keybindings. */
const SHOWN = 'parley.conversationsShown';

/** Titles that are shown while one types; who does not see the one in mind types on. */
const MOST_TITLES = 200;

/** Rows that stand there at once; thousands take the editor a moment, in which one sees these. */
const AT_FIRST = 200;

/** In ms. */
const WHOLE_AFTER = 100;

/** A list of all conversations that is searched by title at once and by text a moment later. */
export function createConversationList(parts: ConversationListParts): ConversationList {
  let open: OpenList | undefined;
  return {
    async show() {
      let state: ListState | undefined = { value: '', active: parts.current() };
      while (state) {
        const list = openList(parts, state);
        open = list;
        state = await list.closed;
        open = undefined;
      }
    },
    act(action) {
      open?.act(action);
      return open !== undefined;
    },
  };
}

interface OpenList {
  act(action: RowAction): void;
  /** Resolves when it is left; with what it is to be opened again with, if it is. */
  readonly closed: Promise<ListState | undefined>;
}

/** It is there at once, and filled when what there is to list has been read. */
function openList(parts: ConversationListParts, state: ListState): OpenList {
  let listing: Listed | undefined;
  let reopening: ListState | undefined;
  let isLeft = false;
  let isWhole = true;
  let whole: ReturnType<typeof setTimeout> | undefined;
  const pick = vscode.window.createQuickPick<ListItem>();
  const texts = createTextSearch(parts.texts, () => update());
  const buttons = createButtons();
  const filter = parts.workspace === undefined ? undefined : filterButton(parts.state);

  const isFiltered = (): boolean => filter?.toggle?.checked ?? false;

  function listed(): readonly ConversationSummary[] {
    const { summaries } = listing ?? NOTHING;
    if (!isFiltered()) return summaries;
    return summaries.filter(({ workspace }) => workspace === parts.workspace);
  }

  function rows({ drafts }: Listed): readonly ListItem[] {
    const tools: ListTools = {
      current: parts.current(),
      now: Date.now(),
      prices: parts.prices(),
      buttonsOf: buttons.of,
    };
    const query = pick.value.trim();
    const unsent = draftRows(drafts, query, tools.current);
    if (query === '') {
      const all = [...unsent, ...rowsByDay(listed(), tools)];
      return isWhole ? [...all, heading(''), trashRow()] : all.slice(0, AT_FIRST);
    }
    const byId = new Map(listed().map((summary) => [summary.id, summary]));
    const byTitle = rowsByTitle(listed(), query, MOST_TITLES, tools);
    const all = [...byTitle, ...unsent, ...rowsByText(texts.found(query), byId, query, tools)];
    const hint = texts.hint(query) ?? (all.length === 0 ? vscode.l10n.t('Nothing was found') : undefined);
    return hint === undefined ? all : [...all, heading(''), { label: hint, alwaysShow: true }];
  }

  /** The cursor stays where it was, if it was moved there. */
  function update(active = keyOf(pick.activeItems[0])): void {
    const wasFirst = keyOf(pick.items.find(({ kind }) => kind === undefined)) === active;
    const items = listing ? rows(listing) : [];
    pick.busy = texts.isBusy || !listing;
    pick.keepScrollPosition = active !== '';
    pick.items = items;
    // Without a key the first row is meant; a heading must not be made active.
    const isWanted = active !== '' && !wasFirst;
    const still = isWanted ? items.find((item) => keyOf(item) === active) : undefined;
    if (still) pick.activeItems = [still];
  }

  function look(): void {
    // In which conversations to look is not known before they are.
    const isKnown = listing !== undefined || !isFiltered();
    texts.start(isKnown ? pick.value.trim() : '', isFiltered() ? listed().map(({ id }) => id) : undefined);
    update('');
  }

  async function load(): Promise<void> {
    const read = await readListed(parts, () => isLeft);
    if (isLeft) return;
    listing = read;
    const { length } = read.summaries;
    isWhole = length < AT_FIRST;
    if (!isWhole) whole = setTimeout(showWhole, WHOLE_AFTER);
    if (length + read.drafts.length === 0) pick.placeholder = vscode.l10n.t('There are no conversations yet');
    if (isFiltered()) look();
    // What was typed meanwhile asks for what fits it best.
    update(pick.value === state.value ? (state.active ?? '') : '');
  }

  function showWhole(): void {
    isWhole = true;
    if (pick.value.trim() === '') update();
  }

  async function act(action: RowAction, summary: ConversationSummary): Promise<void> {
    if (action === 'rename') reopening = { value: pick.value, active: summary.id };
    await parts.actions[action](summary);
    if (reopening) return close(reopening);
    const read = await readListed(parts, () => isLeft);
    if (isLeft) return;
    listing = read;
    update();
  }

  let close: (again: ListState | undefined) => void = () => undefined;
  const closed = new Promise<ListState | undefined>((resolve) => {
    close = resolve;
  });

  pick.title = vscode.l10n.t('Conversations');
  pick.placeholder = vscode.l10n.t('Search titles and texts');
  // By keys one does not come to the buttons of a row.
  pick.prompt = vscode.l10n.t('F2: rename · Alt+P: pin · Shift+Delete: delete');
  pick.buttons = filter ? [filter] : [];
  pick.matchOnDetail = true;
  // Rows stay in the order in which they are given, below their headings. The editor knows this of its own lists; one that did
  // not take it would show the same rows in another order.
  Object.assign(pick, { sortByLabel: false });
  pick.value = state.value;
  look();

  pick.onDidChangeValue(look);
  pick.onDidTriggerButton(() => {
    void parts.state.update(ONLY_HERE, isFiltered());
    look();
  });
  pick.onDidTriggerItemButton(({ item, button }) => {
    const action = buttons.actionOf(button);
    if (item.summary && action) void act(action, item.summary);
  });
  pick.onDidAccept(() => {
    const [chosen] = pick.selectedItems;
    if (!chosen?.summary && !chosen?.opens && !chosen?.draft) return;
    const { summary, turn, draft } = chosen;
    const id = summary?.id ?? draft;
    pick.hide();
    void (id === undefined ? parts.actions.restore() : parts.actions.open(id, turn));
  });
  pick.onDidHide(() => {
    void vscode.commands.executeCommand('setContext', SHOWN, false);
    isLeft = true;
    clearTimeout(whole);
    texts.stop();
    pick.dispose();
    if (!reopening) close(undefined);
  });
  void vscode.commands.executeCommand('setContext', SHOWN, true);
  pick.show();
  void load();
  return {
    closed,
    act(action) {
      const summary = pick.activeItems[0]?.summary;
      if (summary && summary.newerVersion === undefined) void act(action, summary);
    },
  };
}

const NOTHING: Listed = { summaries: [], drafts: [] };

async function readListed(parts: ConversationListParts, isCancelled: () => boolean): Promise<Listed> {
  const list = parts.list(isCancelled);
  const [summaries, drafts] = await Promise.all([list, parts.drafts(list)]);
  return { summaries, drafts };
}

/** Names a row, however often rows are made anew. */
function keyOf(item: ListItem | undefined): string {
  if (item?.kind === vscode.QuickPickItemKind.Separator) return '';
  if (!item?.summary) return item?.label ?? '';
  return item.turn === undefined ? item.summary.id : `${item.summary.id} ${item.turn}`;
}

interface RowButtons {
  of(summary: ConversationSummary): readonly vscode.QuickInputButton[];
  actionOf(button: vscode.QuickInputButton): RowAction | undefined;
}

function createButtons(): RowButtons {
  const button = (icon: string, tooltip: string): vscode.QuickInputButton => ({
    iconPath: new vscode.ThemeIcon(icon),
    tooltip,
  });
  const pin = button('pin', vscode.l10n.t('Pin'));
  const unpin = button('pinned', vscode.l10n.t('Unpin'));
  const rename = button('edit', vscode.l10n.t('Rename'));
  const remove = button('trash', vscode.l10n.t('Delete'));
  const actions = new Map<vscode.QuickInputButton, RowAction>([
    [pin, 'pin'],
    [unpin, 'pin'],
    [rename, 'rename'],
    [remove, 'remove'],
  ]);
  return {
    of: ({ pinned }) => [pinned ? unpin : pin, rename, remove],
    actionOf: (pressed) => actions.get(pressed),
  };
}

function filterButton(state: ConversationListParts['state']): vscode.QuickInputButton {
  return {
    iconPath: new vscode.ThemeIcon('root-folder'),
    tooltip: vscode.l10n.t('This Workspace Only'),
    location: vscode.QuickInputButtonLocation.Input,
    toggle: { checked: state.get(ONLY_HERE, false) },
  };
}

function trashRow(): ListItem {
  return {
    label: vscode.l10n.t('Deleted Conversations…'),
    iconPath: new vscode.ThemeIcon('trash'),
    opens: 'trash',
  };
}
