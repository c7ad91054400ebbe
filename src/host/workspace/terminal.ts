import * as vscode from 'vscode';
import { type Found, foundNothing, foundPart } from './found.ts';
import { withoutAnsi } from './plainText.ts';

/**
 * What is selected in the active terminal; a sentence when nothing is. VS Code hands a terminal's selection out over the
 * clipboard only. Afterwards that has the same text as before, or none where it had none. What cannot be brought back is
 * anything else than text (a picture, files): it is lost as soon as something is selected in the terminal, as by copying
 * there; where nothing is selected it stays. Never throws.
 */
export async function terminalSelection(clipboard: vscode.Clipboard = vscode.env.clipboard): Promise<Found> {
  const terminal = vscode.window.activeTerminal;
  if (!terminal) return foundNothing(vscode.l10n.t('No terminal is open.'));
  const copied = await copiedSelection(clipboard);
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
async function copiedSelection(clipboard: vscode.Clipboard): Promise<string> {
  let before: string | undefined;
  let now: string | undefined;
  const copied = async (): Promise<string> => {
    await vscode.commands.executeCommand('workbench.action.terminal.copySelection');
    now = await clipboard.readText();
    return now;
  };
  try {
    before = await clipboard.readText();
    const first = await copied();
    if (first !== before || first === '') return first;
    // Nothing is selected, or the very text that was copied before: only another text in between tells.
    now = `parley ${crypto.randomUUID()}`;
    await clipboard.writeText(now);
    const mark = now;
    const second = await copied();
    return second === mark ? '' : second;
  } catch {
    return '';
  } finally {
    if (before !== undefined && now !== undefined && now !== before) {
      await clipboard.writeText(before).then(undefined, () => undefined);
    }
  }
}
