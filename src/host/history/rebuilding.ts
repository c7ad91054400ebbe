import * as vscode from 'vscode';
import type { ReadingProblem, Rebuilt } from '../storage/summaries.ts';

/** Reads all journals anew, shows how far it is, and says what it has found. */
export async function rebuildHistory(
  rebuild: (
    onProgress: (done: number, all: number) => void,
    isCancelled: () => boolean,
  ) => Promise<Rebuilt | undefined>,
  log: (line: string) => void,
): Promise<Rebuilt | undefined> {
  const title = vscode.l10n.t('Reading all conversations');
  const location = vscode.ProgressLocation.Notification;
  const rebuilt = await vscode.window.withProgress(
    { location, title, cancellable: true },
    (progress, token) => {
      let shown = 0;
      return rebuild(
        (done, all) => {
          const percent = Math.floor((100 * done) / all);
          progress.report({ increment: percent - shown, message: vscode.l10n.t('{0} of {1}', done, all) });
          shown = percent;
        },
        () => token.isCancellationRequested,
      );
    },
  );
  if (rebuilt) tell(rebuilt, log);
  return rebuilt;
}

function tell({ conversations, newer, problems }: Rebuilt, log: (line: string) => void): void {
  const count = conversations.toLocaleString(vscode.env.language);
  const all =
    conversations === 1
      ? vscode.l10n.t('There is 1 conversation.')
      : vscode.l10n.t('There are {0} conversations.', count);
  const lines = [
    ...problems.map(problemSentence),
    ...newer.map((file) => vscode.l10n.t('{0} was written by a newer version of Parley.', file)),
  ];
  if (lines.length === 0) return void vscode.window.showInformationMessage(all);
  for (const line of lines) log(line);
  const [first = ''] = lines;
  const more = lines.length - 1;
  const rest = more === 0 ? '' : vscode.l10n.t('The log names {0} more.', more);
  void vscode.window.showWarningMessage([all, first, rest].filter((sentence) => sentence !== '').join(' '));
}

function problemSentence({ file, problem }: ReadingProblem): string {
  if ('code' in problem) return vscode.l10n.t('{0} could not be read ({1}).', file, problem.code);
  return vscode.l10n.t(
    '{0} line(s) of {1} could not be read; they are left where they are, and the rest was read.',
    problem.lines,
    file,
  );
}
