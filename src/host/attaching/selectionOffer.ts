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

/** UTF-16 units; more than this is selected to be copied or deleted, hardly to be asked about. */
const LONGEST = 2_000_000;

/** `onChanged` hears that another selection would be offered now. Its text is read only when somebody asks for the offer. */
export function createSelectionOffers(onChanged: () => void): SelectionOffers {
  let current: Selected | undefined;
  /** What was taken or turned down is not offered again. */
  let settled: string | undefined;
  /** The setting is being written and does not say so yet. */
  let isDeclining = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    const editor = vscode.window.activeTextEditor;
    // The focus in a panel or an output channel leaves what was selected in the file before.
    if (editor && NOT_OFFERED.has(editor.document.uri.scheme)) return;
    const isWanted = currentSettings().offerSelection && !isDeclining;
    const next = editor && isWanted ? selectedIn(editor) : undefined;
    if (next?.key !== settled) settled = undefined;
    offerThis(settled === undefined ? next : undefined);
  }

  function offerThis(next: Selected | undefined): void {
    if (next?.key === current?.key) return;
    current = next;
    onChanged();
  }

  function settle(): void {
    settled = current?.key;
    offerThis(undefined);
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
      return current?.offer() ?? null;
    },
    take() {
      const taken = current?.parts() ?? [];
      settle();
      return taken;
    },
    async decline() {
      isDeclining = true;
      settle();
      try {
        await vscode.workspace
          .getConfiguration('parley')
          .update('offerSelection', false, vscode.ConfigurationTarget.Global);
      } finally {
        isDeclining = false;
      }
    },
    dispose() {
      clearTimeout(timer);
      listening.dispose();
    },
  };
}

/** Schemes of outputs and input boxes, which VS Code takes for editors as well. */
const NOT_OFFERED: ReadonlySet<string> = new Set(['output', 'debug', 'comment', 'vscode-interactive-input']);

/** A selection whose text is not read yet. */
interface Selected {
  /** The same as long as the same text of the same document is selected. */
  readonly key: string;
  parts(): readonly CodePart[];
  offer(): SelectionOffer | null;
}

/** Undefined when nothing is selected, or too much. */
function selectedIn({ document, selections }: vscode.TextEditor): Selected | undefined {
  const ranges = selections.filter(({ isEmpty }) => !isEmpty);
  const lengths = ranges.map(({ start, end }) => document.offsetAt(end) - document.offsetAt(start));
  if (ranges.length === 0 || lengths.reduce((sum, length) => sum + length, 0) > LONGEST) return undefined;
  const places = ranges.map(({ start, end }) => [start.line, start.character, end.line, end.character]);
  let parts: readonly CodePart[] | undefined;
  let offer: SelectionOffer | null | undefined;
  const read = (): readonly CodePart[] => {
    parts ??= ranges.flatMap((range) => codePart(document, range) ?? []);
    return parts;
  };
  return {
    key: `${document.uri} ${document.version} ${places.join(' ')}`,
    parts: read,
    offer() {
      offer = offer === undefined ? offerOf(read()) : offer;
      return offer;
    },
  };
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
