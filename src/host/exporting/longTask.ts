import * as vscode from 'vscode';
import type { Failure } from '../../core/conversation/model.ts';
import type { Result } from '../../core/ports.ts';
import { CANCELLED } from '../storage/jsonExport.ts';

/** Hears how far the work is; says so a hundred times at most. */
export interface Report {
  readonly files: (done: number, all: number) => void;
  readonly bytes: (done: number, all: number) => void;
}

/** Work with a notification that shows how far it is and can cancel it. */
export function withNotification<T>(
  title: string,
  work: (signal: AbortSignal, report: Report) => Promise<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    vscode.window.withProgress(options, async (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      return work(stop.signal, createReport(progress));
    }),
  );
}

function createReport(progress: vscode.Progress<{ message?: string; increment?: number }>): Report {
  let said = 0;
  const say = (done: number, all: number, sentence: (percent: number) => string): void => {
    const percent = all === 0 ? 100 : Math.floor((100 * done) / all);
    if (percent === said) return;
    progress.report({ message: sentence(percent), increment: percent - said });
    said = percent;
  };
  return {
    files: (done, all) => say(done, all, () => vscode.l10n.t('{0} of {1} files', done, all)),
    bytes: (done, all) => say(done, all, (percent) => vscode.l10n.t('{0} %', percent)),
  };
}

/** The value, or undefined once the user has been told why there is none. `what` is the sentence about it, `{0}` the reason. */
export function valueOrTell<T>(result: Result<T>, what: string, log: (line: string) => void): T | undefined {
  if (result.ok) return result.value;
  if (result.failure.message !== CANCELLED) tellFailure(result.failure, what, log);
  return undefined;
}

function tellFailure({ message }: Failure, what: string, log: (line: string) => void): void {
  const sentence = what.replace('{0}', () => reasonOf(message ?? ''));
  log(sentence);
  void vscode.window.showErrorMessage(sentence);
}

function reasonOf(code: string): string {
  switch (code) {
    case 'ENOSPC':
      return vscode.l10n.t('the disk is full');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return vscode.l10n.t('that place may not be written to or read ({0})', code);
    case 'ENOENT':
      return vscode.l10n.t('it is not there');
    default:
      return code;
  }
}
