import * as vscode from 'vscode';

export interface ChooseOptions<Item extends vscode.QuickPickItem> {
  readonly title: string;
  readonly placeholder: string;
  /** The item that stands under the cursor when the list opens. */
  readonly active?: Item | undefined;
}

/** A list like `showQuickPick` that opens at the current choice. Undefined when cancelled. */
export function choose<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  options: ChooseOptions<Item>,
): Promise<Item | undefined> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = options.title;
  pick.placeholder = options.placeholder;
  pick.matchOnDetail = true;
  pick.items = items;
  if (options.active) pick.activeItems = [options.active];
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}
