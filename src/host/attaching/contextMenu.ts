import * as vscode from 'vscode';
import { choose } from '../quickPick.ts';

/** What the `+` of the composer can do: each entry runs a command or one of these functions. */
export interface ContextMenuParts {
  readonly pickFiles: () => Promise<unknown>;
  readonly canTakeScreenshot: boolean;
}

/** Lets the user choose what goes in front of Claude. Resolves when it is attached, or the choice was cancelled. */
export async function chooseContext({ pickFiles, canTakeScreenshot }: ContextMenuParts): Promise<void> {
  const picked = await choose<Entry>(entries(pickFiles, canTakeScreenshot), {
    title: vscode.l10n.t('Add Context'),
    placeholder: vscode.l10n.t('What shall Claude see?'),
  });
  await picked?.run?.();
}

interface Entry extends vscode.QuickPickItem {
  readonly run?: () => unknown;
}

function entries(pickFiles: () => Promise<unknown>, canTakeScreenshot: boolean): readonly Entry[] {
  const { t } = vscode.l10n;
  const group = (label: string): Entry => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const entry = (icon: string, label: string, run: () => unknown, description = ''): Entry => ({
    label: `$(${icon}) ${label}`,
    description,
    run,
  });
  const command = (icon: string, label: string, id: string, description?: string): Entry =>
    entry(icon, label, () => vscode.commands.executeCommand(id), description);
  return [
    group(t('Code')),
    command('list-selection', t('Selection'), 'parley.addSelection', t('or the function at the cursor')),
    command('file-code', t('Active File'), 'parley.addToChat', t('with unsaved changes')),
    command('symbol-method', t('Symbol…'), 'parley.addSymbol'),
    entry('files', t('Files…'), pickFiles, t('text, PDF, notebooks, pictures')),
    command('folder', t('Folder Listing…'), 'parley.addFolderListing'),
    group(t('Pictures')),
    command('file-media', t('Images…'), 'parley.attachImage'),
    command('link', t('Image by Address…'), 'parley.attachImageUrl'),
    command('clippy', t('Image from Clipboard'), 'parley.pasteImage'),
    ...(canTakeScreenshot ? [command('device-camera', t('Screenshot'), 'parley.takeScreenshot')] : []),
    group(t('State of the editor')),
    command('warning', t('Problems'), 'parley.addProblems'),
    command('git-compare', t('Changes…'), 'parley.addChanges', t('staged, not staged, or of a commit')),
    command('terminal', t('Terminal Selection'), 'parley.addTerminalSelection'),
    command('debug-console', t('Debug Console'), 'parley.addDebugConsole'),
  ];
}
