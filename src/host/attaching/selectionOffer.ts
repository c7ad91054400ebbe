import * as vscode from 'vscode';
import type { SelectionOffer } from '../../core/attaching.ts';
import type { CodePart } from '../../core/conversation/parts.ts';
import { estimateText } from '../../core/money/estimateText.ts';
import { currentSettings } from '../settings.ts';
import { codePart } from '../workspace/selection.ts';

/** The selection of the active editor, offered in the composer until it is taken or goes away. */
export interface SelectionOffers extends vscode.Disposable {
  /** What is offered now. */
  readonly offer: SelectionOffer | null;
  /** The offered code, one part for each cursor's selection; it is not offered again until the selection changes. */
  take(): readonly CodePart[];
  /** Turns offering off, in the user's settings. */
  decline(): Promise<void>;
}

/** Selecting with the mouse changes the selection many times a second. In ms. */
const REST = 150;

export function createSelectionOffers(onChanged: () => void): SelectionOffers {
  let parts: readonly CodePart[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    const editor = vscode.window.activeTextEditor;
    // The focus in a panel or an output channel leaves what was selected in the file before.
    if (editor && NOT_OFFERED.has(editor.document.uri.scheme)) return;
    offerThese(editor && currentSettings().offerSelection ? selected(editor) : []);
  }

  function offerThese(next: readonly CodePart[]): void {
    if (JSON.stringify(next) === JSON.stringify(parts)) return;
    parts = next;
    onChanged();
  }

  function later(): void {
    clearTimeout(timer);
    timer = setTimeout(look, REST);
  }

  const listening = vscode.Disposable.from(
    vscode.window.onDidChangeTextEditorSelection(later),
    vscode.window.onDidChangeActiveTextEditor(later),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('parley.offerSelection')) later();
    }),
  );
  later();
  return {
    get offer() {
      return offerOf(parts);
    },
    take() {
      const taken = parts;
      offerThese([]);
      return taken;
    },
    async decline() {
      await vscode.workspace
        .getConfiguration('parley')
        .update('offerSelection', false, vscode.ConfigurationTarget.Global);
      offerThese([]);
    },
    dispose() {
      clearTimeout(timer);
      listening.dispose();
    },
  };
}

/** Schemes of outputs and input boxes, which VS Code takes for editors as well. */
const NOT_OFFERED: ReadonlySet<string> = new Set(['output', 'debug', 'comment', 'vscode-interactive-input']);

function selected({ document, selections }: vscode.TextEditor): readonly CodePart[] {
  return selections.flatMap((selection) => {
    const part = selection.isEmpty ? undefined : codePart(document, selection);
    return part ? [part] : [];
  });
}

function offerOf(parts: readonly CodePart[]): SelectionOffer | null {
  const [first] = parts;
  if (!first) return null;
  const places = parts.map(({ path, startLine, endLine }) =>
    startLine === endLine ? `${path}:${startLine}` : `${path}:${startLine}-${endLine}`,
  );
  const name = (places[0] ?? '').split('/').at(-1) ?? '';
  return {
    label: parts.length === 1 ? name : vscode.l10n.t('{0} and {1} more', name, parts.length - 1),
    title: places.join('\n'),
    tokens: parts.reduce((total, { text }) => total + estimateText(text), 0),
  };
}
