import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { pngOf } from '../png.ts';
import type { Window } from './window.ts';

/** What the pictures of attachments need. */
export interface AttachmentScene {
  readonly window: Window;
  readonly chat: FrameLocator;
  readonly workspace: string;
  shoot(state: string): Promise<void>;
}

/** Chips of every kind, the list behind `@`, the offered selection, and a picture shown large and marked. */
export async function picturesOfAttachments({
  window,
  chat,
  workspace,
  shoot,
}: AttachmentScene): Promise<void> {
  const composer = chat.getByRole('textbox', { name: 'Message Claude' });
  await writeFile(join(workspace, 'screenshot.png'), screenshot());
  await writeFile(join(workspace, 'parseListOfManyThings.ts'), 'export const one = 1;\n'.repeat(40));
  await writeFile(join(workspace, 'cut.png'), screenshot().subarray(0, 90));
  await attach(window, workspace, ['parseListOfManyThings.ts', 'screenshot.png', 'cut.png']);
  await chat.locator('img').first().waitFor();
  await writeFile(join(workspace, 'parseListOfManyThings.ts'), 'export const two = 2;\n');
  await chat.getByText('changed').first().waitFor();
  await window.driver.run(async (vscode) => {
    const content = 'const offered = [\n  "these",\n  "lines",\n];\n';
    const document = await vscode.workspace.openTextDocument({ content, language: 'typescript' });
    const editor = await vscode.window.showTextDocument(document);
    editor.selection = new vscode.Selection(0, 0, 3, 2);
  });
  await chat.getByRole('button', { name: /^Attach / }).waitFor();
  await shoot('chips');
  await composer.pressSequentially('Compare it with @parse');
  await chat.getByRole('option').first().waitFor();
  await shoot('mentions');
  await composer.press('Escape');
  await chat.locator('img').first().click();
  const dialog = chat.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Black Out' }).click();
  await shoot('viewer');
  await window.page.keyboard.press('Escape');
  if (await dialog.isVisible()) await window.page.keyboard.press('Escape');
  await composer.press('Enter');
  await chat.getByRole('article').last().and(chat.locator('[data-state="done"]')).waitFor();
  await chat.locator('.question .chips').last().scrollIntoViewIfNeeded();
  await shoot('sentChips');
}

function attach(window: Window, workspace: string, names: readonly string[]): Promise<unknown> {
  return window.driver.run(
    (vscode, paths) => {
      const uris = paths.map((path) => vscode.Uri.file(path));
      return vscode.commands.executeCommand('parley.addToChat', uris[0], uris);
    },
    names.map((name) => join(workspace, name)),
  );
}

/** Something that looks like a window with text in it. */
function screenshot(): Buffer {
  return pngOf(1280, 800, (x, y) => {
    if (y < 36) return [44, 44, 60];
    if (x < 220) return [32, 32, 44];
    const isLine = y % 24 < 10 && x > 250 && x < 250 + ((y * 37) % 900);
    return isLine ? [140, 190, 255] : [24, 24, 34];
  });
}
