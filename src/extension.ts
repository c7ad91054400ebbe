import * as vscode from 'vscode';
import { createParley, type Parley } from './host/parley.ts';

/** How long an answer may send no byte at all, and how long it may take to begin, in ms. */
const IDLE = 120_000;
const HEADERS = 180_000;

let parley: Parley | undefined;

/** Builds and registers everything; the SDK is loaded when the first request is made, not here. */
export function activate(context: vscode.ExtensionContext): void {
  try {
    parley = createParley(context, async (address) => {
      const { createClaude } = await import('./claude/gateway.ts');
      return createClaude({ ...address, idleTimeout: IDLE, headersTimeout: HEADERS });
    });
  } catch (error) {
    // VS Code does not show that an activation failed.
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(vscode.l10n.t('Parley could not start: {0}', reason));
    throw error;
  }
}

/** Lets the last words reach the disk. */
export async function deactivate(): Promise<void> {
  await parley?.settle();
}
