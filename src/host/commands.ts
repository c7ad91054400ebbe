import * as vscode from 'vscode';
import type { CommandId } from '../core/settings.ts';

/** What each command does; the type makes it impossible to forget one. */
export type CommandTable = { readonly [Id in CommandId]: (...args: readonly unknown[]) => unknown };

/** Registers the commands. A command that fails says so and is logged, instead of failing in silence. */
export function registerCommands(table: CommandTable, onFailure: (line: string) => void): vscode.Disposable {
  const registered = Object.entries(table).map(([id, run]) =>
    vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
      try {
        return await run(...args);
      } catch (error) {
        onFailure(`${id} failed: ${error instanceof Error ? error.message : 'unknown reason'}`);
        void vscode.window.showErrorMessage(vscode.l10n.t('That did not work. The log of Parley says more.'));
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}
