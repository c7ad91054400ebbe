import * as vscode from 'vscode';
import type { ExcerptPart } from '../../core/conversation/parts.ts';
import { blockAround, documentSymbols } from './documentSymbols.ts';
import { contentAt, decoded } from './fileText.ts';
import { type Found, foundNothing, foundPart } from './found.ts';
import { withPlainEnds } from './plainText.ts';
import { codePart, symbolPart } from './selection.ts';
import { CELL, isSame, shownPath } from './shownPath.ts';

/**
 * The problems of a file, or of the cells of a notebook, as one excerpt: a line each with its line of code below. A sentence
 * when there are none. Never throws.
 */
export async function fileProblems(uri: vscode.Uri): Promise<Found> {
  const path = shownPath(uri);
  const nothing = vscode.l10n.t('There are no problems in {0}.', path);
  const own = everyProblem().filter((problem) => isIn(problem.uri, uri));
  return excerpt(own, vscode.l10n.t('Problems in {0}', path), nothing, { uri: uri.toString() });
}

/** The problems of all files as one excerpt; a sentence when there are none. Never throws. */
export async function workspaceProblems(): Promise<Found> {
  const nothing = vscode.l10n.t('There are no problems in the workspace.');
  return excerpt(everyProblem(), vscode.l10n.t('Problems in the workspace'), nothing, {});
}

/** `detail` of an excerpt with single problems of a file, which is not all that the file has. */
export const SINGLE = 'single';

/** The problems that touch a range, and the code of the symbol around it; a sentence when there is no problem. Never throws. */
export async function problemAt(uri: vscode.Uri, at: vscode.Range | vscode.Diagnostic): Promise<Found> {
  const range = 'message' in at ? at.range : at;
  const touching = vscode.languages.getDiagnostics(uri).filter((each) => each.range.intersection(range));
  const diagnostics = 'message' in at ? [at] : touching;
  const path = shownPath(uri);
  const nothing = vscode.l10n.t('There is no problem at that place in {0}.', path);
  const label = vscode.l10n.t('Problem in {0}', path);
  const own = diagnostics.map((diagnostic) => ({ uri, diagnostic }));
  const found = await excerpt(own, label, nothing, { uri: uri.toString(), detail: SINGLE });
  return found.parts.length === 0
    ? found
    : { ...found, parts: [...(await codeAround(uri, range)), ...found.parts] };
}

interface Problem {
  readonly uri: vscode.Uri;
  readonly diagnostic: vscode.Diagnostic;
}

function everyProblem(): readonly Problem[] {
  return vscode.languages
    .getDiagnostics()
    .flatMap(([uri, diagnostics]) => diagnostics.map((diagnostic) => ({ uri, diagnostic })));
}

/** The cells of a notebook are documents with its path. */
function isIn(uri: vscode.Uri, file: vscode.Uri): boolean {
  return uri.toString() === file.toString() || (uri.scheme === CELL && uri.path === file.path);
}

/** Problems that are listed, and those that have their line of code below. */
const MOST_LISTED = 1_000;
const MOST_WITH_CODE = 200;
/** UTF-16 units of a line of code; longer ones are no lines for people. */
const LONGEST_LINE = 300;

async function excerpt(
  problems: readonly Problem[],
  title: string,
  nothing: string,
  more: Pick<ExcerptPart, 'uri' | 'detail'>,
): Promise<Found> {
  if (problems.length === 0) return foundNothing(nothing);
  const placed = problems.map((problem) => ({ ...problem, path: shownPath(problem.uri) })).sort(byPlace);
  const files = new Map<string, readonly string[]>();
  for (const { uri } of placed.slice(0, MOST_WITH_CODE)) {
    const key = uri.toString();
    if (!files.has(key)) files.set(key, await linesOf(uri));
  }
  const lines = placed.slice(0, MOST_LISTED).flatMap((problem, index) => {
    const code = files.get(problem.uri.toString())?.[problem.diagnostic.range.start.line]?.trim() ?? '';
    const isShown = index < MOST_WITH_CODE && code !== '';
    return [problemLine(problem), ...(isShown ? [`    ${code.slice(0, LONGEST_LINE)}`] : [])];
  });
  const rest = placed.length - MOST_LISTED;
  if (rest > 0) lines.push(`… and ${rest.toLocaleString('en-US')} more problems`);
  const label = `${title} (${counts(problems)})`;
  const text = `${lines.join('\n')}\n`;
  return foundPart({ kind: 'excerpt', origin: 'problems', label, languageId: 'plaintext', text, ...more });
}

type Placed = Problem & { readonly path: string };

function byPlace(one: Placed, other: Placed): number {
  if (one.path !== other.path) return one.path < other.path ? -1 : 1;
  return one.diagnostic.range.start.compareTo(other.diagnostic.range.start);
}

/** `src/a.ts:3:5 error TS2304 (ts): Cannot find name 'x'.` and below it the places that belong to it. */
function problemLine({ path, diagnostic }: Placed): string {
  const { severity, source, message, relatedInformation = [] } = diagnostic;
  const code = codeOf(diagnostic);
  const name = code === '' ? '' : ` ${source === 'ts' || source === 'js' ? `TS${code}` : code}`;
  const from = source ? ` (${source})` : '';
  const text = withPlainEnds(message).trim().replaceAll('\n', '\n    ');
  const related = relatedInformation.map(
    ({ location: { uri, range }, message: said }) => `\n    ${place(shownPath(uri), range)}: ${said}`,
  );
  return `${place(path, diagnostic.range)} ${SEVERITIES[severity]}${name}${from}: ${text}${related.join('')}`;
}

const SEVERITIES = ['error', 'warning', 'info', 'hint'] as const;

function place(path: string, { start }: vscode.Range): string {
  return `${path}:${start.line + 1}:${start.character + 1}`;
}

function codeOf({ code }: vscode.Diagnostic): string {
  return String((typeof code === 'object' ? code.value : code) ?? '');
}

/** Nothing is opened for it: an opened file would be looked through by its language, which may find more problems. */
async function linesOf(uri: vscode.Uri): Promise<readonly string[]> {
  const open = vscode.workspace.textDocuments.find((document) => isSame(document.uri, uri));
  if (open) return withPlainEnds(open.getText()).split('\n');
  const content = uri.scheme === CELL ? undefined : await contentAt(uri);
  const text = content?.kind === 'bytes' ? await decoded(content.bytes, { uri }) : undefined;
  return text === undefined ? [] : withPlainEnds(text).split('\n');
}

function counts(problems: readonly Problem[]): string {
  const { t } = vscode.l10n;
  const count = (severity: vscode.DiagnosticSeverity): number =>
    problems.filter(({ diagnostic }) => diagnostic.severity === severity).length;
  const errors = count(vscode.DiagnosticSeverity.Error);
  const warnings = count(vscode.DiagnosticSeverity.Warning);
  const others = problems.length - errors - warnings;
  return [
    ...(errors === 0 ? [] : [errors === 1 ? t('1 error') : t('{0} errors', errors)]),
    ...(warnings === 0 ? [] : [warnings === 1 ? t('1 warning') : t('{0} warnings', warnings)]),
    ...(others === 0 ? [] : [others === 1 ? t('1 hint') : t('{0} hints', others)]),
  ].join(', ');
}

/** Lines before and after a problem that stands in no symbol. */
const AROUND = 10;

async function codeAround(uri: vscode.Uri, range: vscode.Range): Promise<Found['parts']> {
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const block = blockAround(await documentSymbols(uri), range);
    const last = Math.min(document.lineCount - 1, range.end.line + AROUND);
    const near = new vscode.Range(
      Math.max(0, range.start.line - AROUND),
      0,
      last,
      document.lineAt(last).text.length,
    );
    const part = block ? symbolPart(document, block) : codePart(document, near);
    return part ? [part] : [];
  } catch {
    return [];
  }
}
