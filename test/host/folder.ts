import assert from 'node:assert/strict';
import * as vscode from 'vscode';

/** A new folder of the workspace, for one test file. */
export interface TestFolder {
  readonly uri: vscode.Uri;
  at(path: string): vscode.Uri;
  write(path: string, content?: string | Uint8Array): Promise<vscode.Uri>;
  remove(path: string): Promise<void>;
  /** Empties it. */
  clean(): Promise<void>;
}

export function testFolder(name: string): TestFolder {
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(workspace, 'the tests run in a workspace');
  const uri = vscode.Uri.joinPath(workspace.uri, name);
  const at = (path: string): vscode.Uri => vscode.Uri.joinPath(uri, path);
  const remove = async (path: string): Promise<void> => {
    await vscode.workspace.fs.delete(at(path), { recursive: true }).then(undefined, () => undefined);
  };
  return {
    uri,
    at,
    remove,
    async write(path, content = '') {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      await vscode.workspace.fs.writeFile(at(path), bytes);
      return at(path);
    },
    clean: () => remove('.'),
  };
}

export function uncancelled(): vscode.CancellationToken {
  return new vscode.CancellationTokenSource().token;
}

/** In ms; what has not happened by then does not happen, and the other tests shall still be reported. */
const WITHIN = 40_000;

/** Resolves when the condition holds; looks again after each turn of the event loop. Fails when it never holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + WITHIN;
  while (!(await holds())) {
    assert.ok(performance.now() < end, `never came to hold: ${holds}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
