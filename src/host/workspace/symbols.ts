import * as vscode from 'vscode';
import {
  asked,
  blockAround,
  documentSymbols,
  flattened,
  isDocumentSymbol,
  type NamedSymbol,
} from './documentSymbols.ts';
import { type Found, foundNothing, foundPart } from './found.ts';
import { codePart, symbolPart } from './selection.ts';
import { shownPath } from './shownPath.ts';

/** Symbols of the workspace that fit a query, the best first; empty when none come within 1.5 s. Never throws. */
export async function workspaceSymbols(
  query: string,
  limit: number,
): Promise<readonly vscode.SymbolInformation[]> {
  const found = await asked('vscode.executeWorkspaceSymbolProvider', query);
  return found.filter((symbol) => symbol instanceof vscode.SymbolInformation).slice(0, limit);
}

/** The symbols of the active editor, each before those inside of it; empty when there are none. Never throws. */
export async function activeSymbols(): Promise<readonly vscode.SymbolInformation[]> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (!uri) return [];
  const found = await asked('vscode.executeDocumentSymbolProvider', uri);
  return found.flatMap((symbol) => informationOf(symbol, uri, ''));
}

/** Providers give trees or flat lists. */
function informationOf(
  symbol: unknown,
  uri: vscode.Uri,
  container: string,
): readonly vscode.SymbolInformation[] {
  if (!isDocumentSymbol(symbol)) return symbol instanceof vscode.SymbolInformation ? [symbol] : [];
  const { name, kind, range, children } = symbol;
  const itself = new vscode.SymbolInformation(name, kind, container, new vscode.Location(uri, range));
  return [itself, ...children.flatMap((child) => informationOf(child, uri, name))];
}

/**
 * The whole code of a symbol, with its name: the symbol of the document that is meant or lies around the location, as far
 * as the language knows it, else the lines of the location itself. Says in a sentence when the file cannot be read.
 */
export async function symbolParts(symbol: vscode.SymbolInformation | vscode.Location): Promise<Found> {
  const isNamed = symbol instanceof vscode.SymbolInformation;
  const { uri, range } = isNamed ? symbol.location : symbol;
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const symbols = await documentSymbols(uri);
    const named = isNamed ? symbolNamed(symbol.name, symbols, range) : undefined;
    const meant = named ?? blockAround(symbols, document.validateRange(range).start);
    const part = meant ? symbolPart(document, meant) : codePart(document, wholeLines(document, range));
    const nothing = vscode.l10n.t('There is no code at that place in {0}.', shownPath(uri));
    return part ? foundPart(part) : foundNothing(nothing);
  } catch {
    return foundNothing(vscode.l10n.t('{0} cannot be read any more.', shownPath(uri)));
  }
}

/** The symbol of that name that touches the range, or the nearest where none does; names may come with `()` or their container. */
function symbolNamed(
  name: string,
  symbols: readonly vscode.DocumentSymbol[],
  range: vscode.Range,
): NamedSymbol | undefined {
  const bare = bareName(name);
  const candidates = flattened(symbols).filter((each) => bareName(each.symbol.name) === bare);
  const distance = ({ symbol }: NamedSymbol): number =>
    Math.abs(symbol.selectionRange.start.line - range.start.line);
  const touching = candidates.filter(({ symbol }) => symbol.range.intersection(range));
  return (touching.length > 0 ? touching : candidates).toSorted(
    (one, other) => distance(one) - distance(other),
  )[0];
}

function bareName(name: string): string {
  return name.replace(/\(.*$/s, '').split('.').at(-1) ?? name;
}

function wholeLines(document: vscode.TextDocument, range: vscode.Range): vscode.Range {
  const { start, end } = document.validateRange(range);
  return new vscode.Range(start.line, 0, end.line, document.lineAt(end.line).text.length);
}
