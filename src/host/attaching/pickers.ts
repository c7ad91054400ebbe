import * as vscode from 'vscode';
import { choose } from '../quickPick.ts';
import type { Commit, Which } from '../workspace/changes.ts';
import type { Found } from '../workspace/found.ts';

/** Where the pickers get what they offer. */
export interface PickerParts {
  readonly changes: (which: Which, repository?: vscode.Uri) => Promise<Found>;
  readonly commit: (hash: string, repository?: vscode.Uri) => Promise<Found>;
  readonly recentCommits: (limit: number) => Promise<readonly Commit[]>;
  readonly fileProblems: (uri: vscode.Uri) => Promise<Found>;
  readonly workspaceProblems: () => Promise<Found>;
  /** Those of the active editor. */
  readonly activeSymbols: () => Promise<readonly vscode.SymbolInformation[]>;
  /** Symbols of the workspace that fit a query, the best first. */
  readonly workspaceSymbols: (query: string, limit: number) => Promise<readonly vscode.SymbolInformation[]>;
  readonly symbolParts: (symbol: vscode.SymbolInformation) => Promise<Found>;
}

/**
 * Lets the user choose among staged changes, the others, and the newest commits, of all repositories unless one is named.
 * Undefined when cancelled.
 */
export async function pickChanges(
  { changes, commit, recentCommits }: Pick<PickerParts, 'changes' | 'commit' | 'recentCommits'>,
  root?: vscode.Uri,
): Promise<Found | undefined> {
  const { t } = vscode.l10n;
  const commits = (await recentCommits(MOST_COMMITS)).filter(
    ({ repository }) => !root || repository.toString() === root.toString(),
  );
  const items = [
    { label: `$(git-stage) ${t('Staged Changes')}`, find: () => changes('staged', root) },
    { label: `$(git-compare) ${t('Changes Not Staged')}`, find: () => changes('unstaged', root) },
    ...commits.map(({ hash, message, repository }) => ({
      label: `$(git-commit) ${message.split('\n', 1)[0]}`,
      description: hash.slice(0, 8),
      find: () => commit(hash, repository),
    })),
  ];
  const picked = await choose(items, { title: t('Add Changes'), placeholder: t('Which changes?') });
  return picked?.find();
}

/** Problems of the active file, or of the workspace where the file has none; the user chooses where both have. */
export async function pickProblems(
  parts: Pick<PickerParts, 'fileProblems' | 'workspaceProblems'>,
): Promise<Found | undefined> {
  const { t } = vscode.l10n;
  const active = vscode.window.activeTextEditor?.document.uri;
  const here = active ? vscode.languages.getDiagnostics(active).length : 0;
  const everywhere = vscode.languages.getDiagnostics().reduce((sum, [, found]) => sum + found.length, 0);
  if (!active || here === 0 || here === everywhere) {
    return active && here > 0 ? parts.fileProblems(active) : parts.workspaceProblems();
  }
  const items = [
    { label: t('Active File'), description: t('{0} problems', here), find: () => parts.fileProblems(active) },
    { label: t('Workspace'), description: t('{0} problems', everywhere), find: parts.workspaceProblems },
  ];
  const picked = await choose(items, { title: t('Add Problems'), placeholder: t('Problems of what?') });
  return picked?.find();
}

type SymbolParts = Pick<PickerParts, 'activeSymbols' | 'workspaceSymbols' | 'symbolParts'>;

/** Lets the user choose a symbol, of the active editor first, then of the workspace by its name. Undefined when cancelled. */
export async function pickSymbol(parts: SymbolParts): Promise<Found | undefined> {
  const symbol = await symbolFrom(parts);
  return symbol && parts.symbolParts(symbol);
}

interface SymbolItem extends vscode.QuickPickItem {
  readonly symbol?: vscode.SymbolInformation;
}

function symbolFrom({
  activeSymbols,
  workspaceSymbols,
}: SymbolParts): Promise<vscode.SymbolInformation | undefined> {
  const pick = vscode.window.createQuickPick<SymbolItem>();
  pick.title = vscode.l10n.t('Add Symbol');
  pick.placeholder = vscode.l10n.t('Type the name of a function, class or other symbol');
  pick.matchOnDescription = true;
  const here = activeSymbols();
  const search = async (query: string): Promise<void> => {
    pick.busy = true;
    const own = await here;
    // The ones of the editor do not wait for a language server that looks through everything.
    if (pick.value === query) pick.items = symbolItems(own, []);
    const others = await workspaceSymbols(query, MOST_SYMBOLS);
    if (query !== pick.value) return;
    pick.items = symbolItems(own, others);
    pick.busy = false;
  };
  pick.onDidChangeValue((query) => void search(query));
  void search('');
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      // Enter while nothing is found yet chooses nothing.
      if (!item) return;
      resolve(item.symbol);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/** What to choose from: the symbols of the active editor, then those of the workspace that are not among them. */
export function symbolItems(
  own: readonly vscode.SymbolInformation[],
  others: readonly vscode.SymbolInformation[],
): readonly SymbolItem[] {
  const kind = vscode.QuickPickItemKind.Separator;
  const places = new Set(own.map(placeOf));
  const elsewhere = others.filter((symbol) => !places.has(placeOf(symbol)));
  return [
    ...(own.length > 0 ? [{ kind, label: vscode.l10n.t('Active Editor') }] : []),
    ...own.map((symbol) => symbolItem(symbol)),
    ...(elsewhere.length > 0 ? [{ kind, label: vscode.l10n.t('Workspace') }] : []),
    // The language server has matched already, by rules of its own.
    ...elsewhere.map((symbol) => ({ ...symbolItem(symbol), alwaysShow: true })),
  ];
}

function placeOf({ name, location: { uri, range } }: vscode.SymbolInformation): string {
  return `${name} ${uri} ${range.start.line}`;
}

function symbolItem(symbol: vscode.SymbolInformation): SymbolItem {
  return {
    symbol,
    label: symbol.name,
    description: symbol.containerName,
    detail: vscode.workspace.asRelativePath(symbol.location.uri),
  };
}

const MOST_COMMITS = 30;
const MOST_SYMBOLS = 100;
