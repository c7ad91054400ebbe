import * as vscode from 'vscode';
import { choose } from '../quickPick.ts';
import type { Found } from '../workspace/found.ts';

/** Where the pickers get what they offer. */
export interface PickerParts {
  readonly changes: (which: 'staged' | 'unstaged') => Promise<Found>;
  readonly commit: (hash: string) => Promise<Found>;
  readonly recentCommits: (limit: number) => Promise<readonly Commit[]>;
  readonly fileProblems: (uri: vscode.Uri) => Promise<Found>;
  readonly workspaceProblems: () => Promise<Found>;
  /** Symbols of the workspace that fit a query, the best first. */
  readonly workspaceSymbols: (query: string, limit: number) => Promise<readonly vscode.SymbolInformation[]>;
  readonly symbolParts: (symbol: vscode.SymbolInformation) => Promise<Found>;
}

export interface Commit {
  readonly hash: string;
  readonly message: string;
}

/** Lets the user choose among staged changes, the others, and the newest commits. Undefined when cancelled. */
export async function pickChanges({
  changes,
  commit,
  recentCommits,
}: PickerParts): Promise<Found | undefined> {
  const { t } = vscode.l10n;
  const items = [
    { label: `$(git-stage) ${t('Staged Changes')}`, find: () => changes('staged') },
    { label: `$(git-compare) ${t('Changes Not Staged')}`, find: () => changes('unstaged') },
    ...(await recentCommits(MOST_COMMITS)).map(({ hash, message }) => ({
      label: `$(git-commit) ${message.split('\n', 1)[0]}`,
      description: hash.slice(0, 8),
      find: () => commit(hash),
    })),
  ];
  const picked = await choose(items, { title: t('Add Changes'), placeholder: t('Which changes?') });
  return picked?.find();
}

/** Problems of the active file, or of the workspace where the file has none; the user chooses where both have. */
export async function pickProblems(parts: PickerParts): Promise<Found | undefined> {
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

/** Lets the user choose a symbol of the workspace while typing its name. Undefined when cancelled. */
export async function pickSymbol({ workspaceSymbols, symbolParts }: PickerParts): Promise<Found | undefined> {
  const symbol = await symbolFrom(workspaceSymbols);
  return symbol && symbolParts(symbol);
}

interface SymbolItem extends vscode.QuickPickItem {
  readonly symbol: vscode.SymbolInformation;
}

function symbolFrom(symbols: PickerParts['workspaceSymbols']): Promise<vscode.SymbolInformation | undefined> {
  const pick = vscode.window.createQuickPick<SymbolItem>();
  pick.title = vscode.l10n.t('Add Symbol');
  pick.placeholder = vscode.l10n.t('Type the name of a function, class or other symbol');
  pick.matchOnDescription = true;
  const search = async (query: string): Promise<void> => {
    pick.busy = true;
    const found = await symbols(query, MOST_SYMBOLS);
    if (query !== pick.value) return;
    pick.items = found.map(symbolItem);
    pick.busy = false;
  };
  pick.onDidChangeValue((query) => void search(query));
  void search('');
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.symbol);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function symbolItem(symbol: vscode.SymbolInformation): SymbolItem {
  return {
    symbol,
    label: symbol.name,
    description: symbol.containerName,
    detail: vscode.workspace.asRelativePath(symbol.location.uri),
    // The language server has matched already, by rules of its own.
    alwaysShow: true,
  };
}

const MOST_COMMITS = 30;
const MOST_SYMBOLS = 100;
