import * as vscode from 'vscode';
import type { ModelChoice } from '../../core/conversation/model.ts';
import { adviseOn } from '../../core/failure.ts';
import { tokenFactor } from '../../core/money/modelFacts.ts';
import { nameOf } from '../workspace/folders.ts';
import type { CountTexts, TextCounts } from './countTexts.ts';
import { type Gathered, gatherTexts, type Uncounted } from './gatherTexts.ts';
import type { TokenDocument, TokenDocuments } from './tokenDocuments.ts';
import { figure, type TokenReport, tokenTable, totalOf } from './tokenTable.ts';

export interface CountFilesParts {
  readonly model: ModelChoice;
  readonly countTexts: CountTexts;
  readonly documents: TokenDocuments;
  readonly tell: (sentence: string) => void;
  /** Counts a single text and tells the figure. */
  readonly countOne: (name: string, text: string) => Promise<number>;
}

/**
 * Counts files and what lies below folders. One file is told in a sentence; more are shown as a table, with estimates at
 * first. The user can cancel; what has been found by then stays. Resolves with the sum in tokens.
 */
export async function countFiles(uris: readonly vscode.Uri[], parts: CountFilesParts): Promise<number> {
  const title = titleOf(uris);
  const options = {
    location: vscode.ProgressLocation.Notification,
    cancellable: true,
    title: vscode.l10n.t('Counting tokens of {0}', title),
  };
  const outcome = await vscode.window.withProgress(options, async (progress, token) => {
    const factor = tokenFactor(parts.model.id);
    const gathered = await gatherTexts(uris, factor, token, (files) => {
      if (files % FILES_A_REPORT === 0) {
        progress.report({ message: vscode.l10n.t('{0} files read', figure(files)) });
      }
    });
    const single = singleOf(uris, gathered);
    return single ?? countGathered(title, gathered, parts, progress, token);
  });
  if (typeof outcome === 'number') return outcome;
  const text = await outcome.text();
  return text === undefined ? 0 : parts.countOne(nameOf(outcome.uri), text);
}

const FILES_A_REPORT = 100;

/** The one file that was named, where it can be counted. */
function singleOf(
  uris: readonly vscode.Uri[],
  { files, uncounted }: Gathered,
): Gathered['files'][number] | undefined {
  const [only] = files;
  const isNamed = uris.length === 1 && only?.uri.toString() === uris[0]?.toString();
  return isNamed && uncounted.length === 0 ? only : undefined;
}

async function countGathered(
  title: string,
  gathered: Gathered,
  { model, countTexts, documents, tell }: CountFilesParts,
  progress: vscode.Progress<{ readonly message: string }>,
  token: vscode.CancellationToken,
): Promise<number> {
  const { files } = gathered;
  if (files.length === 0) {
    tell(nothingSentence(title, gathered));
    return 0;
  }
  const estimates: TextCounts = {
    figures: files.map(({ estimate }) => ({ tokens: estimate, exactness: 'estimated' })),
  };
  const report = (counts: TextCounts, state: string): string =>
    tokenTable(
      {
        ...reportOf(title, model, gathered, counts, state),
        ...(counts.figures.every(({ exactness }) => exactness === 'estimated')
          ? {}
          : { estimate: totalOf(estimates.figures) }),
      },
      vscode.l10n.t,
    );
  const first = token.isCancellationRequested
    ? vscode.l10n.t('Cancelled: this is what had been read, as estimates.')
    : vscode.l10n.t('These are estimates; the API is counting.');
  const document = await show(documents, title, report(estimates, first));
  if (token.isCancellationRequested) return totalOf(estimates.figures);
  const counts = await countTexts(model.id, files, {
    onCancelled: (listener) => token.onCancellationRequested(listener),
    onProgress: (done, all) =>
      progress.report({ message: vscode.l10n.t('request {0} of {1} counted', done, all) }),
  });
  document.replace(report(counts, stateOf(counts, token.isCancellationRequested)));
  return totalOf(counts.figures);
}

function show(documents: TokenDocuments, title: string, text: string): Promise<TokenDocument> {
  const name = title.replaceAll('/', ' ');
  return documents.show(vscode.l10n.t('Tokens of {0}', name), text);
}

function stateOf({ figures, failure }: TextCounts, isCancelled: boolean): string {
  if (isCancelled) return vscode.l10n.t('Cancelled: what the API had not counted is estimated.');
  if (failure) return adviseOn(failure, vscode.l10n.t).sentence;
  const isPartial = figures.some(({ exactness }) => exactness === 'estimated');
  return isPartial ? vscode.l10n.t('Some texts are white space only, or too much for one count.') : '';
}

function reportOf(
  title: string,
  model: ModelChoice,
  { files, uncounted }: Gathered,
  { figures }: TextCounts,
  state: string,
): TokenReport {
  return {
    title,
    model: model.name,
    state,
    rows: files.flatMap(({ uri }, at) => {
      const counted = figures[at];
      return counted ? [{ ...counted, label: nameOf(uri) }] : [];
    }),
    leftOut: uncounted.map((entry) => ({
      label: nameOf(entry.uri),
      reason: reasonOf(entry),
    })),
  };
}

function reasonOf({ reason, rule = '' }: Uncounted): string {
  switch (reason) {
    case 'ignored':
      return vscode.l10n.t('ignored ({0})', rule);
    case 'link':
      return vscode.l10n.t('a link to a folder');
    case 'binary':
      return vscode.l10n.t('binary');
    case 'tooLarge':
      return vscode.l10n.t('too large');
    case 'unreadable':
      return vscode.l10n.t('cannot be read');
  }
}

function titleOf(uris: readonly vscode.Uri[]): string {
  const [only] = uris;
  return only && uris.length === 1 ? nameOf(only) : vscode.l10n.t('{0} entries', uris.length);
}

function nothingSentence(title: string, { uncounted }: Gathered): string {
  const [first] = uncounted;
  return first
    ? vscode.l10n.t('There is nothing to count in {0}: {1}.', title, reasonOf(first))
    : vscode.l10n.t('There is nothing to count in {0}.', title);
}
