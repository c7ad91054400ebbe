import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import { repositories } from '../../src/host/workspace/changes.ts';
import { openRepositories } from '../../src/host/workspace/git.ts';
import { type TestFolder, testFolder, until } from './folder.ts';

/** A real Git repository that VS Code has opened. */
export interface TestRepository extends TestFolder {
  /** Runs git in it and gives what it prints. */
  git(...args: readonly string[]): string;
  /** Deletes it; resolves when VS Code has noticed. */
  close(): Promise<void>;
}

/** A repository without a commit, with these files in its folder. */
export async function testRepository(
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<TestRepository> {
  const folder = testFolder(name);
  const identity = [
    '-c',
    'user.name=A Tester',
    '-c',
    'user.email=t@example.com',
    '-c',
    'commit.gpgsign=false',
  ];
  const git = (...args: readonly string[]): string =>
    execFileSync('git', [...identity, ...args], { cwd: folder.uri.fsPath, encoding: 'utf8' }).trim();
  const isOpen = async (): Promise<boolean> =>
    (await repositories()).some(({ path }) => path === folder.uri.path);
  await folder.clean();
  for (const [path, content] of Object.entries(files)) await folder.write(path, content);
  git('init', '-q', '-b', 'main');
  const extension = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
  assert.ok(extension);
  await (await extension.activate()).getAPI(1).openRepository(folder.uri);
  await until(isOpen);
  return {
    ...folder,
    git,
    async close() {
      const open = await openRepositories();
      await folder.clean();
      const own =
        typeof open === 'string' ? [] : open.filter(({ rootUri }) => rootUri.path === folder.uri.path);
      await until(async () => {
        for (const repository of own) await repository.status().catch(() => undefined);
        return !(await isOpen());
      });
    },
  };
}

interface GitApi {
  openRepository(root: vscode.Uri): Promise<unknown>;
}
