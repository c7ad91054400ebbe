import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import type { Window } from './window.ts';

/** What the pictures of the context need. */
export interface ContextScene {
  readonly window: Window;
  readonly chat: FrameLocator;
  readonly workspace: string;
  shoot(state: string): Promise<void>;
  ask(text: string, state: string): Promise<void>;
}

/** The tree of the context: empty, with figures, with files that have changed since; and what a question shows of them. */
export async function picturesOfContext({
  window,
  chat,
  workspace,
  shoot,
  ask,
}: ContextScene): Promise<void> {
  const tree = window.page.getByRole('tree', { name: 'Context' });
  await writeSources(workspace);
  await window.driver.run((vscode) => vscode.commands.executeCommand('parley.context.focus'));
  await growTree(window);
  await shoot('contextEmpty');
  await window.driver.run((vscode) =>
    vscode.commands.executeCommand('parley.pinToContext', [
      'lib/',
      'glob:**/*.md',
      'guide/start.md',
      'gone.ts',
      'open-editors:',
    ]),
  );
  await tree.getByRole('treeitem', { name: /^Context: / }).waitFor();
  await ask('What is in there?', 'done');
  await tree.getByRole('treeitem', { name: /^Cache: warm/ }).waitFor();
  await tree.getByRole('treeitem', { name: /^lib\/, pinned/ }).click();
  await tree.getByRole('treeitem', { name: /^Left out/ }).click();
  await shoot('context');
  await appendFile(join(workspace, 'lib/value3.ts'), 'export const more = 1;\n');
  await rm(join(workspace, 'lib/value4.ts'));
  await tree.getByRole('treeitem', { name: /^Updates with the next question/ }).waitFor();
  await shoot('contextChanged');
  await ask('And now?', 'done');
  await chat.locator('[data-part="updates"] summary').click();
  await shoot('updates');
  await window.driver.run((vscode) =>
    vscode.commands.executeCommand('parley.unpinFromContext', [
      'lib/',
      'glob:**/*.md',
      'guide/start.md',
      'gone.ts',
      'open-editors:',
    ]),
  );
  await tree.getByRole('treeitem', { name: /^lib\/, pinned/ }).waitFor({ state: 'hidden' });
}

async function writeSources(workspace: string): Promise<void> {
  await mkdir(join(workspace, 'lib/parts/small'), { recursive: true });
  await mkdir(join(workspace, 'guide'), { recursive: true });
  const source = (name: string): string =>
    Array.from({ length: 150 }, (_, at) => `export const ${name}${at} = 'value ${at}';\n`).join('');
  for (let at = 0; at < 6; at++) await writeFile(join(workspace, `lib/value${at}.ts`), source(`v${at}_`));
  await writeFile(join(workspace, 'lib/parts/small/deep.ts'), source('deep'));
  await writeFile(join(workspace, 'lib/.env'), 'PASSWORD=abc\n');
  await writeFile(join(workspace, 'lib/package-lock.json'), '{}\n');
  await writeFile(join(workspace, 'guide/start.md'), '# Start\n\nHere.\n');
  await writeFile(join(workspace, 'README.md'), '# Values\n\nMany of them.\n');
}

/** Drags the upper edge of the tree so far up that its rows can be seen. */
async function growTree({ page }: Window): Promise<void> {
  const box = await page.locator('.part.sidebar .pane').last().boundingBox();
  if (!box) return;
  await page.mouse.move(box.x + 100, box.y);
  await page.mouse.down();
  await page.mouse.move(box.x + 100, box.y - Math.max(0, 420 - box.height), { steps: 4 });
  await page.mouse.up();
}
