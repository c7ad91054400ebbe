import * as vscode from 'vscode';
import type { Candidate } from './candidate.ts';
import type { MentionParts } from './mentions.ts';
import { fitOf, type Ranked } from './ranking.ts';

/** A language server may take long; a list that follows the keys may not. In ms. */
const WITHIN = 400;

/** Symbols of the workspace that are asked for. */
const LIMIT = 50;

/** A language server has matched by rules of its own; where ours see no fit, its symbols come last. */
const LEAST_FIT = 0.2;

/** Symbols of the active editor that fit, and from two letters on those of the workspace, as far as they come in time. */
export async function symbolsFor(query: string, parts: MentionParts): Promise<readonly Ranked<Candidate>[]> {
  if (query === '') return [];
  const [own, others] = await Promise.all([
    inTime(documentSymbols()),
    query.length < 2 ? [] : inTime(parts.workspaceSymbols(query, LIMIT)),
  ]);
  const seen = new Set<string>();
  const ranked = [
    ...own.map((symbol) => ({ symbol, score: fitOf(query, [symbol.name]) })),
    ...others.map((symbol) => ({ symbol, score: Math.max(LEAST_FIT, fitOf(query, [symbol.name])) })),
  ];
  return ranked.flatMap(({ symbol, score }) => {
    const { uri, range } = symbol.location;
    const key = `${symbol.name} ${uri} ${range.start.line}`;
    if (score === 0 || seen.has(key)) return [];
    seen.add(key);
    return [{ item: candidateOf(symbol, parts), score }];
  });
}

function candidateOf(symbol: vscode.SymbolInformation, { symbolParts }: MentionParts): Candidate {
  const path = vscode.workspace.asRelativePath(symbol.location.uri).replaceAll('\\', '/');
  return {
    kind: 'symbol',
    label: symbol.name,
    detail: symbol.containerName ? `${symbol.containerName} · ${path}` : path,
    find: () => symbolParts(symbol),
  };
}

async function documentSymbols(): Promise<readonly vscode.SymbolInformation[]> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (!uri) return [];
  const found: unknown = await vscode.commands.executeCommand('vscode.executeDocumentSymbolProvider', uri);
  return Array.isArray(found) ? found.flatMap((symbol) => flattened(symbol, uri, '')) : [];
}

/** Providers give trees or flat lists. */
function flattened(
  symbol: vscode.DocumentSymbol | vscode.SymbolInformation,
  uri: vscode.Uri,
  container: string,
): readonly vscode.SymbolInformation[] {
  if (!('children' in symbol)) return [symbol];
  const { name, kind, range, children } = symbol;
  const itself = new vscode.SymbolInformation(name, kind, container, new vscode.Location(uri, range));
  return [itself, ...children.flatMap((child) => flattened(child, uri, name))];
}

/** Nothing when it takes too long or fails. */
async function inTime<T>(symbols: Promise<readonly T[]>): Promise<readonly T[]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<readonly T[]>((resolve) => {
    timer = setTimeout(() => resolve([]), WITHIN);
  });
  try {
    return await Promise.race([symbols, tooLate]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}
