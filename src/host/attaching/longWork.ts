import * as vscode from 'vscode';

/** Work that is done in less is not worth a word. In ms. */
const SHOWN_AFTER = 500;

/** Shows that work is going on until it ends; its button cancels. */
export type ShowProgress = (title: string, work: Promise<unknown>, cancel: () => void) => void;

/** Does work that may take long: after a while a notification says so and lets the user cancel it, which the token tells. */
export async function cancellable<T>(
  title: string,
  work: (token: vscode.CancellationToken) => Promise<T>,
  show: ShowProgress = showNotification,
  after = SHOWN_AFTER,
): Promise<T> {
  const source = new vscode.CancellationTokenSource();
  const running = work(source.token);
  const timer = setTimeout(() => show(title, running, () => source.cancel()), after);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
    source.dispose();
  }
}

function showNotification(title: string, work: Promise<unknown>, cancel: () => void): void {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  void vscode.window.withProgress(options, async (_progress, token) => {
    token.onCancellationRequested(cancel);
    await work.catch(() => undefined);
  });
}
