import * as vscode from 'vscode';
import { isSameFolder, judgeLocation, type Location } from '../storage/location.ts';

/** Where this window keeps the history. */
export interface StorageLocation extends vscode.Disposable {
  readonly folder: vscode.Uri;
  /** Tells what there is to tell once the window is up, and from then on what a change of the setting does. */
  watch(flush: () => Promise<void>): void;
}

/**
 * The folder of the setting `storage.location`, else that of VS Code. A folder that cannot be used is told at once, every time;
 * until it can be, VS Code's is used, so that no question is lost. What was written there meanwhile is offered to be brought to
 * the folder as soon as that is there again. The setting counts from the next start on: sessions and pages hold files of the old
 * place.
 */
export function createStorageLocation(
  context: Pick<vscode.ExtensionContext, 'globalStorageUri' | 'globalState'>,
): StorageLocation {
  const standard = context.globalStorageUri;
  const chosen = chosenLocation();
  const folder = chosen?.kind === 'usable' ? vscode.Uri.file(chosen.folder) : standard;
  let watching: vscode.Disposable | undefined;

  async function tellAtStart(flush: () => Promise<void>): Promise<void> {
    if (!chosen) return;
    const isUsable = chosen.kind === 'usable';
    if (isUsable && context.globalState.get(WENT_ASIDE) !== true) return;
    const { locationTalk: talk } = await import('./exporting.ts');
    if (!isUsable) {
      await context.globalState.update(WENT_ASIDE, true);
      await talk.sayUnusable(chosen);
    } else if (await talk.offerCopy(standard, folder, flush)) {
      await context.globalState.update(WENT_ASIDE, undefined);
    }
  }

  async function changed(flush: () => Promise<void>): Promise<void> {
    const next = chosenLocation() ?? ({ kind: 'usable', folder: standard.fsPath } as const);
    if (next.kind === 'usable' && isSameFolder(next.folder, folder.fsPath)) return;
    const { locationTalk: talk } = await import('./exporting.ts');
    if (next.kind !== 'usable') await talk.sayUnusable(next);
    else await talk.offerMove(folder, vscode.Uri.file(next.folder), flush);
  }

  return {
    folder,
    watch(flush) {
      void tellAtStart(flush);
      watching = vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('parley.storage.location')) void changed(flush);
      });
    },
    dispose: () => watching?.dispose(),
  };
}

/** In the global state: true when conversations may have been written to VS Code's storage instead of the chosen folder. */
const WENT_ASIDE = 'parley.storageWentAside';

/** Undefined where the setting is empty. */
function chosenLocation(): Location | undefined {
  const setting: unknown = vscode.workspace.getConfiguration('parley').get('storage.location');
  return typeof setting === 'string' && setting.trim() !== '' ? judgeLocation(setting.trim()) : undefined;
}
