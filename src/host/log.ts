import * as vscode from 'vscode';

/** The output channel "Parley": what happened, never what was said. */
export interface Log extends vscode.Disposable {
  info(line: string): void;
  warn(line: string): void;
  show(): void;
}

export function createLog(): Log {
  const channel = vscode.window.createOutputChannel('Parley', { log: true });
  return {
    info: (line) => channel.info(line),
    warn: (line) => channel.warn(line),
    show: () => channel.show(true),
    dispose: () => channel.dispose(),
  };
}
