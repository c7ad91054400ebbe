import * as vscode from 'vscode';
import type { ChatView } from './chat/chatView.ts';
import { selectedCode } from './workspace/selection.ts';

/**
 * Attaches the selection of the active editor to the question being written and puts the cursor into the
 * composer. Resolves with the number of pieces attached.
 */
export async function attachSelection(view: ChatView): Promise<number> {
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
  if (!editor) {
    void vscode.window.showInformationMessage(vscode.l10n.t(NO_TEXT));
    return 0;
  }
  const parts = await selectedCode(editor);
  const page = await view.reveal();
  if (!page) return 0;
  for (const part of parts) await page.attach(part);
  if (parts.length === 0) page.tell(vscode.l10n.t('There is no text at the cursor to ask about.'));
  page.focus();
  return parts.length;
}

const NO_TEXT = 'Open a text editor first; an image or another binary file has no text to select.';
