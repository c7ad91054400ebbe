import * as vscode from 'vscode';
import { type Found, foundNothing, foundPart } from './found.ts';
import { withoutAnsi } from './plainText.ts';

/**
 * What is selected in the active terminal; a sentence when nothing is. VS Code hands a terminal's selection out over the
 * clipboard only, which has the same text afterwards as before. Never throws.
 */
export async function terminalSelection(): Promise<Found> {
  const terminal = vscode.window.activeTerminal;
  if (!terminal) return foundNothing(vscode.l10n.t('No terminal is open.'));
  const copied = await copiedSelection();
  const text = withoutAnsi(copied).replace(/^(\s*\n)+|\s+$/g, '');
  if (text === '') {
    const how = vscode.l10n.t(
      'Nothing is selected in the terminal {0}. Select text there first.',
      terminal.name,
    );
    return foundNothing(how);
  }
  return foundPart({
    kind: 'excerpt',
    origin: 'terminal',
    label: vscode.l10n.t('Terminal: {0}', terminal.name),
    languageId: 'plaintext',
    text: `${text}\n`,
  });
}

/** Empty when nothing is selected or the clipboard cannot be used. */
async function copiedSelection(): Promise<string> {
  const { clipboard } = vscode.env;
  let before = '';
  try {
    before = await clipboard.readText();
    // The clipboard may hold the selection already. Where it has no text it may hold a picture, which is not written over.
    const mark = before === '' ? '' : `parley ${crypto.randomUUID()}`;
    if (mark !== '') await clipboard.writeText(mark);
    await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
    const after = await clipboard.readText();
    return after === mark ? '' : after;
  } catch {
    return '';
  } finally {
    if (before !== '') await clipboard.writeText(before).then(undefined, () => undefined);
  }
}
