import * as vscode from 'vscode';
import type { CodePart } from '../../core/conversation/model.ts';

/**
 * The selected code, one part for each selection; with nothing selected the innermost symbol around the
 * cursor, and where there is none the whole line. Empty when there is no text at all.
 */
export async function selectedCode(editor: vscode.TextEditor): Promise<readonly CodePart[]> {
  const { document, selections } = editor;
  const chosen = selections.filter((selection) => !selection.isEmpty);
  const ranges = chosen.length > 0 ? chosen : [await enclosing(document, editor.selection.active)];
  return ranges.flatMap((range) => {
    const part = codePart(document, range);
    return part ? [part] : [];
  });
}

/** A range of a document as an attachment; undefined when it holds nothing but white space. */
export function codePart(document: vscode.TextDocument, range: vscode.Range): CodePart | undefined {
  const text = document.getText(range);
  if (text.trim() === '') return undefined;
  const endsAtLineStart = range.end.character === 0 && range.end.line > range.start.line;
  return {
    kind: 'code',
    path: shownPath(document.uri),
    uri: document.uri.toString(),
    languageId: document.languageId,
    startLine: range.start.line + 1,
    endLine: range.end.line + (endsAtLineStart ? 0 : 1),
    unsaved: document.isDirty,
    text,
  };
}

function shownPath(uri: vscode.Uri): string {
  return uri.scheme === 'untitled' ? uri.path : vscode.workspace.asRelativePath(uri).replaceAll('\\', '/');
}

async function enclosing(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Range> {
  const symbols = await symbolsOf(document);
  const innermost = smallestAround(symbols, position);
  return innermost ?? document.lineAt(position.line).range;
}

/** A language server that is still starting may take long; a gesture may not. In ms. */
const SYMBOLS_WITHIN = 1500;

async function symbolsOf(document: vscode.TextDocument): Promise<readonly vscode.DocumentSymbol[]> {
  try {
    const tooLate = new Promise((resolve) => setTimeout(resolve, SYMBOLS_WITHIN));
    const found: unknown = await Promise.race([
      vscode.commands.executeCommand('vscode.executeDocumentSymbolProvider', document.uri),
      tooLate,
    ]);
    return Array.isArray(found) ? found.filter((symbol) => 'range' in symbol && 'children' in symbol) : [];
  } catch {
    return [];
  }
}

/** Functions, classes and the like count; a variable inside a function is too little to ask about. */
function smallestAround(
  symbols: readonly vscode.DocumentSymbol[],
  position: vscode.Position,
): vscode.Range | undefined {
  for (const symbol of symbols) {
    if (!symbol.range.contains(position)) continue;
    const inner = smallestAround(symbol.children, position);
    return inner ?? (BLOCKS.has(symbol.kind) ? symbol.range : undefined);
  }
  return undefined;
}

const BLOCKS: ReadonlySet<vscode.SymbolKind> = new Set([
  vscode.SymbolKind.Class,
  vscode.SymbolKind.Constructor,
  vscode.SymbolKind.Enum,
  vscode.SymbolKind.Function,
  vscode.SymbolKind.Interface,
  vscode.SymbolKind.Method,
  vscode.SymbolKind.Module,
  vscode.SymbolKind.Namespace,
  vscode.SymbolKind.Struct,
]);
