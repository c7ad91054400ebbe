import * as vscode from 'vscode';
import { fail, succeed } from '../../core/ports.ts';
import { storageFailure } from '../storage/files.ts';
import { historyFiles, storedFiles } from '../storage/historyFiles.ts';
import { CANCELLED } from '../storage/jsonExport.ts';
import type { Location } from '../storage/location.ts';
import { type Merged, merge } from '../storage/merging.ts';
import { valueOrTell, withNotification } from './longTask.ts';

/** Says that a folder cannot be used, and what happens until it can. */
export async function sayUnusable(location: Location): Promise<void> {
  const [open, reload] = [vscode.l10n.t('Open Settings'), vscode.l10n.t('Reload')];
  const sentence = vscode.l10n.t(
    "{0} Until it is put right and the window reloaded, conversations are kept where they were, or in VS Code's own storage.",
    problemSentence(location),
  );
  const answer = await vscode.window.showErrorMessage(sentence, open, reload);
  if (answer === open)
    await vscode.commands.executeCommand('workbench.action.openSettings', 'parley.storage.location');
  if (answer === reload) await reloadWindow();
}

/** Offers to bring what was kept elsewhere to the folder. True once it is there. */
export async function offerCopy(
  from: vscode.Uri,
  to: vscode.Uri,
  flush: () => Promise<void>,
): Promise<boolean> {
  const copy = vscode.l10n.t('Copy Them');
  const sentence = vscode.l10n.t(
    "While the folder {0} could not be used, conversations were kept in VS Code's own storage. Copy them to the folder?",
    to.fsPath,
  );
  const answer = await vscode.window.showInformationMessage(sentence, copy, vscode.l10n.t('Not Now'));
  return answer === copy && (await copyHistory(from, to, flush));
}

/** Says that another folder counts from the next start on, and offers to copy the history there first. */
export async function offerMove(from: vscode.Uri, to: vscode.Uri, flush: () => Promise<void>): Promise<void> {
  const [reload, copy] = [vscode.l10n.t('Reload'), vscode.l10n.t('Copy History There and Reload')];
  const sentence = vscode.l10n.t(
    'Parley keeps conversations in {0} from the next reload of each window on. Those there are stay where they are, unless you copy them.',
    to.fsPath,
  );
  const answer = await vscode.window.showInformationMessage(sentence, copy, reload);
  if (answer === copy && !(await copyHistory(from, to, flush))) return;
  if (answer !== undefined) await reloadWindow();
}

/** Merges the history of one folder into another. False when it failed or was cancelled, and the user knows. */
async function copyHistory(from: vscode.Uri, to: vscode.Uri, flush: () => Promise<void>): Promise<boolean> {
  await flush();
  const copied = await withNotification(vscode.l10n.t('Copying the history'), async (signal, report) => {
    try {
      const files = await historyFiles(from.fsPath);
      let done = 0;
      return succeed(
        await merge(storedFiles(files, signal), to.fsPath, () => report.files(++done, files.length)),
      );
    } catch (error) {
      return fail<Merged>(signal.aborted ? { kind: 'storage', message: CANCELLED } : storageFailure(error));
    }
  });
  const what = vscode.l10n.t('The history could not be copied whole: {0}. What is there stays as it is.');
  return valueOrTell(copied, what, () => undefined) !== undefined;
}

function reloadWindow(): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.reloadWindow');
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
