import * as vscode from 'vscode';
import { activeSymbols } from '../workspace/symbols.ts';
import type { Candidate } from './candidate.ts';
import { inTime } from './inTime.ts';
import type { MentionParts } from './mentionParts.ts';
import { fitOf, type Ranked } from './ranking.ts';

/** Symbols of the workspace that are asked for. */
const LIMIT = 50;

/** A language server has matched by rules of its own; where ours see no fit, its symbols come last. */
const LEAST_FIT = 0.2;

/** Symbols of the active editor that fit, and from two letters on those of the workspace, as far as they come in time. */
export async function symbolsFor(query: string, parts: MentionParts): Promise<readonly Ranked<Candidate>[]> {
  if (query === '') return [];
  const [own, others] = await Promise.all([
    inTime(activeSymbols(), []),
    query.length < 2 ? [] : inTime(parts.workspaceSymbols(query, LIMIT), []),
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
