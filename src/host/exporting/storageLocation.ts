import * as vscode from 'vscode';
import { isSameFolder, judgeLocation, type Location } from '../storage/location.ts';

/** Where this window keeps the history. */
export interface StorageLocation extends vscode.Disposable {
  readonly folder: vscode.Uri;
  /** Tells what there is to tell once the window is up, and from then on what a change of the setting does. */
  watch(flush: () => Promise<void>): void;
}

/**
 * The folder of the setting `storage.location`, else that of VS Code. A folder that cannot be used is told at once, every time; until
 * it can be, VS Code's is used, so that no question is lost. What was written there meanwhile is offered to be brought to the folder
 * as soon as that is there again. The setting counts from the next start on: sessions and pages hold files of the old place.
 */
export function createStorageLocation(
  context: Pick<vscode.ExtensionContext, 'globalStorageUri' | 'globalState'>,
): StorageLocation {
  const standard = context.globalStorageUri;
  const location = chosenLocation();
  const isUsable = location?.kind === 'usable';
  const folder = isUsable ? vscode.Uri.file(location.folder) : standard;
  const subscriptions: vscode.Disposable[] = [];

  async function tellAtStart(flush: () => Promise<void>): Promise<void> {
    if (location && !isUsable) {
      await context.globalState.update(WENT_ASIDE, true);
      return tellUnusable(location);
    }
    if (!isUsable || context.globalState.get(WENT_ASIDE) !== true) return;
    const copy = vscode.l10n.t('Copy Them');
    const sentence = vscode.l10n.t(
      "While the folder {0} could not be used, conversations were kept in VS Code's own storage. Copy them to the folder?",
      location.folder,
    );
    const answer = await vscode.window.showInformationMessage(sentence, copy, vscode.l10n.t('Not Now'));
    if (answer !== copy) return;
    const isDone = await copyTo(folder, standard, flush);
    if (isDone) await context.globalState.update(WENT_ASIDE, undefined);
  }

  async function changed(flush: () => Promise<void>): Promise<void> {
    const next = chosenLocation() ?? { kind: 'usable', folder: standard.fsPath };
    if (next.kind !== 'usable') return tellUnusable(next);
    if (isSameFolder(next.folder, folder.fsPath)) return;
    const [reload, copy] = [vscode.l10n.t('Reload'), vscode.l10n.t('Copy History There and Reload')];
    const sentence = vscode.l10n.t(
      'Parley keeps conversations in {0} from the next reload of each window on. What there is stays where it is, unless you copy it.',
      next.folder,
    );
    const answer = await vscode.window.showInformationMessage(sentence, copy, reload);
    if (answer === copy && !(await copyTo(vscode.Uri.file(next.folder), folder, flush))) return;
    if (answer !== undefined) await vscode.commands.executeCommand('workbench.action.reloadWindow');
  }

  return {
    folder,
    watch(flush) {
      void tellAtStart(flush);
      const watching = vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('parley.storage.location')) void changed(flush);
      });
      subscriptions.push(watching);
    },
    dispose: () => vscode.Disposable.from(...subscriptions).dispose(),
  };
}

/** In the global state: true when conversations may have been written to VS Code's storage instead of the chosen folder. */
const WENT_ASIDE = 'parley.storageWentAside';

/** Undefined where the setting is empty. */
function chosenLocation(): Location | undefined {
  const setting: unknown = vscode.workspace.getConfiguration('parley').get('storage.location');
  return typeof setting === 'string' && setting.trim() !== '' ? judgeLocation(setting.trim()) : undefined;
}

async function copyTo(to: vscode.Uri, from: vscode.Uri, flush: () => Promise<void>): Promise<boolean> {
  await flush();
  const { copyHistory } = await import('./exporting.ts');
  return copyHistory(from, to);
}

async function tellUnusable(location: Location): Promise<void> {
  const open = vscode.l10n.t('Open Settings');
  const reload = vscode.l10n.t('Reload');
  const sentence = vscode.l10n.t(
    "{0} Until that is put right and the window is reloaded, conversations are kept where they were or in VS Code's own storage.",
    problemSentence(location),
  );
  const answer = await vscode.window.showErrorMessage(sentence, open, reload);
  if (answer === open) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'parley.storage.location');
  }
  if (answer === reload) await vscode.commands.executeCommand('workbench.action.reloadWindow');
}

function problemSentence({ kind, folder }: Location): string {
  switch (kind) {
    case 'relative':
      return vscode.l10n.t(
        'The setting "parley.storage.location" needs a full path, and {0} is none.',
        folder,
      );
    case 'missing':
      return vscode.l10n.t('The folder {0} of the setting "parley.storage.location" is not there.', folder);
    case 'noFolder':
      return vscode.l10n.t('{0}, which the setting "parley.storage.location" names, is no folder.', folder);
    default:
      return vscode.l10n.t(
        'Parley may not write to the folder {0} of the setting "parley.storage.location".',
        folder,
      );
  }
}
