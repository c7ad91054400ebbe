import * as vscode from 'vscode';
import { readSettings, type Settings } from '../core/settings.ts';

/** The settings as they stand now, for a file or folder if one is given. A workspace's values for restricted settings count in trusted workspaces only. */
export function currentSettings(scope?: vscode.Uri): Settings {
  const configuration = vscode.workspace.getConfiguration('parley', scope);
  return readSettings((key) => configuration.get(key));
}

/** Calls back after any `parley.*` setting has changed. */
export function onSettingsChanged(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration('parley')) listener();
  });
}
