import * as vscode from 'vscode';
import type { CodePart } from '../../core/conversation/parts.ts';
import { blockAround, documentSymbols, type NamedSymbol } from './documentSymbols.ts';
import { shownPath } from './shownPath.ts';

/**
 * The selected code, one part for each selection; with nothing selected the innermost symbol around the
 * cursor, and where there is none the whole line. Empty when there is no text at all.
 */
export async function selectedCode(editor: vscode.TextEditor): Promise<readonly CodePart[]> {
  const { document, selections } = editor;
  const chosen = selections.filter((selection) => !selection.isEmpty);
  const parts =
    chosen.length > 0
      ? chosen.map((range) => codePart(document, range))
      : [await codeAround(document, editor.selection.active)];
  return parts.filter((part) => part !== undefined);
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

/** All of a symbol, from the start of its first line where only white space stands before it. */
export function symbolPart(
  document: vscode.TextDocument,
  { symbol, name }: NamedSymbol,
): CodePart | undefined {
  const part = codePart(document, indented(document, document.validateRange(symbol.range)));
  return part && { ...part, scope: 'symbol', symbol: name };
}

async function codeAround(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<CodePart | undefined> {
  const block = blockAround(await documentSymbols(document.uri), position);
  return block ? symbolPart(document, block) : codePart(document, document.lineAt(position.line).range);
}

function indented(document: vscode.TextDocument, { start, end }: vscode.Range): vscode.Range {
  const { firstNonWhitespaceCharacterIndex } = document.lineAt(start.line);
  return new vscode.Range(
    start.character <= firstNonWhitespaceCharacterIndex ? start.with({ character: 0 }) : start,
    end,
  );
}
