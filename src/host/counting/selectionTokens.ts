import * as vscode from 'vscode';
import { estimateText } from '../../core/money/estimateText.ts';
import { currentSettings } from '../settings.ts';
import { figure } from './tokenTable.ts';

/** Typing and selecting must rest for this long, in ms, before the figure changes. */
const REST = 250;

/** Longer texts, in UTF-16 units, are not reckoned at every key; the command still counts them. */
const LONGEST = 2_000_000;

/**
 * The tokens of the active selection, or of the whole file, in the status bar, reckoned on this machine. While the
 * setting `parley.showSelectionTokens` is off there is no item and nothing is listened to but settings.
 */
export function registerSelectionTokens(factor: () => number): vscode.Disposable {
  let shown: vscode.Disposable | undefined;
  const follow = (): void => {
    const isWanted = currentSettings().showSelectionTokens;
    if (isWanted) shown ??= showSelectionTokens(factor);
    else {
      shown?.dispose();
      shown = undefined;
    }
  };
  const settings = vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration('parley.showSelectionTokens')) follow();
  });
  follow();
  return new vscode.Disposable(() => {
    settings.dispose();
    shown?.dispose();
  });
}

/** What the item says of an editor: `$(symbol-numeric) ~1,234 tok`. */
export function selectionTokens(editor: vscode.TextEditor, factor: number): string {
  const selected = editor.selections.filter(({ isEmpty }) => !isEmpty);
  const { document } = editor;
  const ranges = selected.length > 0 ? selected : [undefined];
  const units = ranges.reduce((sum, range) => sum + lengthOf(document, range), 0);
  if (units > LONGEST) return `$(symbol-numeric) ${vscode.l10n.t('long text')}`;
  const tokens = ranges.reduce((sum, range) => sum + estimateText(document.getText(range)), 0);
  return `$(symbol-numeric) ${vscode.l10n.t('~{0} tok', figure(Math.round(tokens * factor)))}`;
}

/** Length of a range in UTF-16 units, without making its text. */
function lengthOf(document: vscode.TextDocument, range: vscode.Range | undefined): number {
  if (range) return document.offsetAt(range.end) - document.offsetAt(range.start);
  return document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
}

function showSelectionTokens(factor: () => number): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    'parley.selectionTokens',
    vscode.StatusBarAlignment.Right,
    100,
  );
  item.name = vscode.l10n.t('Tokens of Selection');
  item.tooltip = vscode.l10n.t(
    'Tokens of the selection, or else of the file, reckoned here. Click to count exactly.',
  );
  item.command = 'parley.countTokens';
  let timer: ReturnType<typeof setTimeout> | undefined;

  function update(): void {
    const editor = vscode.window.activeTextEditor;
    if (editor) item.text = selectionTokens(editor, factor());
    if (editor) item.show();
    else item.hide();
  }

  function later(): void {
    clearTimeout(timer);
    timer = setTimeout(update, REST);
  }

  update();
  return vscode.Disposable.from(
    item,
    vscode.window.onDidChangeActiveTextEditor(later),
    vscode.window.onDidChangeTextEditorSelection(later),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document === vscode.window.activeTextEditor?.document) later();
    }),
    new vscode.Disposable(() => clearTimeout(timer)),
  );
}
