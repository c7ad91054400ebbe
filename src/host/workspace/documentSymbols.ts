import * as vscode from 'vscode';

/** A language server that is still starting may take long; a gesture may not. In ms. */
const WITHIN = 1500;

/**
 * Symbols of a document as a tree, as its language has them; empty when there are none or they take longer than 1.5 s.
 * Never throws.
 */
export async function documentSymbols(uri: vscode.Uri): Promise<readonly vscode.DocumentSymbol[]> {
  const found = await asked('vscode.executeDocumentSymbolProvider', uri);
  return found.filter(isDocumentSymbol);
}

/** What a command of VS Code lists; empty when it fails, gives no list, or takes longer than 1.5 s. */
export async function asked(command: string, ...args: readonly unknown[]): Promise<readonly unknown[]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise((resolve) => {
    timer = setTimeout(resolve, WITHIN);
  });
  try {
    const found: unknown = await Promise.race([vscode.commands.executeCommand(command, ...args), tooLate]);
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}

/** A symbol with the names of the symbols around it, `Class.method`. */
export interface NamedSymbol {
  readonly symbol: vscode.DocumentSymbol;
  readonly name: string;
}

/** All symbols of a tree, each before those inside of it. */
export function flattened(
  symbols: readonly vscode.DocumentSymbol[],
  outer: readonly string[] = [],
): readonly NamedSymbol[] {
  return symbols.flatMap((symbol) => {
    const names = [...outer, symbol.name];
    return [{ symbol, name: names.join('.') }, ...flattened(symbol.children, names)];
  });
}

/** The innermost function, class or the like around a range; a variable inside a function is too little to ask about. */
export function blockAround(
  symbols: readonly vscode.DocumentSymbol[],
  at: vscode.Range | vscode.Position,
): NamedSymbol | undefined {
  return flattened(symbols).findLast(({ symbol }) => BLOCKS.has(symbol.kind) && symbol.range.contains(at));
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

/** Tells a tree's symbol from one of a flat list, and from anything else. */
export function isDocumentSymbol(symbol: unknown): symbol is vscode.DocumentSymbol {
  return typeof symbol === 'object' && symbol !== null && 'range' in symbol && 'children' in symbol;
}
