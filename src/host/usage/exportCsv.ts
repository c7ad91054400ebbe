import * as vscode from 'vscode';

/**
 * Asks where to, writes the text there and says so. `today` (`2026-11-22`) goes into the proposed name. Resolves with
 * the place, or undefined when the user thought better of it; a file that cannot be written is told, not thrown.
 */
export async function exportCsv(text: string, today: string): Promise<vscode.Uri | undefined> {
  const target = await vscode.window.showSaveDialog({
    defaultUri: proposal(`parley-usage-${today}.csv`),
    filters: { CSV: ['csv'] },
    title: vscode.l10n.t('Export Usage and Cost'),
  });
  if (!target) return undefined;
  const place = vscode.workspace.asRelativePath(target);
  try {
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(vscode.l10n.t('{0} could not be written: {1}', place, reason));
    return undefined;
  }
  void offerToOpen(target, vscode.l10n.t('Usage and cost were written to {0}.', place));
  return target;
}

function proposal(name: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return folder ? vscode.Uri.joinPath(folder.uri, name) : vscode.Uri.file(name);
}

async function offerToOpen(target: vscode.Uri, sentence: string): Promise<void> {
  const open = vscode.l10n.t('Open');
  if ((await vscode.window.showInformationMessage(sentence, open)) !== open) return;
  await vscode.commands.executeCommand('vscode.open', target);
}
