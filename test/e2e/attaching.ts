import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { BrowserContext, Frame, Locator } from 'playwright-core';
import { plainPng } from '../support/png.ts';
import type { Window } from '../support/vscode/window.ts';
import { type Chat, until } from './parley.ts';

/** Attaches files of the workspace in one go, as code does. Gives how many things were found. */
export function add(window: Window, workspace: string, ...names: readonly string[]): Promise<unknown> {
  return window.driver.run(
    (vscode, paths) => {
      const uris = paths.map((path) => vscode.Uri.file(path));
      return vscode.commands.executeCommand('parley.addToChat', uris[0], uris);
    },
    names.map((name) => join(workspace, name)),
  );
}

/** Opens a file of the workspace in an editor, which takes the focus. */
export function show(window: Window, path: string): Promise<void> {
  return select(window, path, 0, 0, 0, 0);
}

/** Opens a file of the workspace and selects from a line and character to another, counted from 0. */
export async function select(
  window: Window,
  path: string,
  ...range: readonly [number, number, number, number]
): Promise<void> {
  await window.driver.run(
    async (vscode, file, [fromLine, from, toLine, to]) => {
      const folder = vscode.workspace.workspaceFolders?.[0];
      if (!folder) throw new Error('no folder is open');
      const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, file));
      const editor = await vscode.window.showTextDocument(document);
      editor.selection = new vscode.Selection(fromLine, from, toLine, to);
    },
    path,
    range,
  );
}

/** Puts a line at the start of a file, without saving. */
export async function edit(window: Window, path: string, line: string): Promise<void> {
  await show(window, path);
  await window.driver.run(
    (vscode, text) =>
      vscode.window.activeTextEditor?.edit((change) => change.insert(new vscode.Position(0, 0), text)),
    line,
  );
}

/** What the active editor shows: the end of its path, its scheme, and the lines that are selected, counted from 1. */
export function activeEditor(window: Window): Promise<{
  readonly scheme: string;
  readonly name: string;
  readonly lines: string;
  readonly text: string;
}> {
  return window.driver.run((vscode) => {
    const editor = vscode.window.activeTextEditor;
    return {
      scheme: editor?.document.uri.scheme ?? '',
      name: editor?.document.uri.path.split('/').at(-1) ?? '',
      lines: editor ? `${editor.selection.start.line + 1}-${editor.selection.end.line + 1}` : '',
      text: editor?.document.getText() ?? '',
    };
  });
}

/** Waits until a language server has found something wrong with a file. */
export async function problemsOf(window: Window, path: string): Promise<void> {
  await until('the language server has found the problem', () =>
    window.driver.run((vscode, file) => {
      const all = vscode.languages.getDiagnostics();
      return all.some(([uri, found]) => uri.path.endsWith(file) && found.length > 0);
    }, path),
  );
}

/** Waits until the symbols of the active file are known. */
export async function symbolsOfActiveFile(window: Window): Promise<void> {
  await until('the language server knows the symbols', () =>
    window.driver.run(async (vscode) => {
      const uri = vscode.window.activeTextEditor?.document.uri;
      const symbols = await vscode.commands.executeCommand<unknown[]>(
        'vscode.executeDocumentSymbolProvider',
        uri,
      );
      return (symbols?.length ?? 0) > 0;
    }),
  );
}

/** Rows of the Explorer by the name they show. */
export function explorerRow({ page }: Window, name: string): Locator {
  return page.locator('.explorer-folders-view .monaco-list-row').filter({ hasText: name });
}

/** Selects rows of the Explorer, and opens none of them. */
export async function selectInExplorer(window: Window, ...names: readonly string[]): Promise<void> {
  await window.runCommand('View: Show Explorer');
  for (const name of names) {
    await explorerRow(window, name).click({ modifiers: ['ControlOrMeta'] });
    await explorerRow(window, name).and(window.page.locator('.selected')).waitFor();
  }
}

/** Everything that is said in the questions of a request. */
export function textOf(body: unknown): string {
  const { messages } = body as { messages: { content: { text?: string }[] }[] };
  return messages.flatMap(({ content }) => content.map(({ text = '' }) => text)).join('\n');
}

export interface SentFile {
  readonly media_type: string;
  /** Base64. */
  readonly data: string;
}

/** The images of a request, or its documents, oldest first. */
export function filesIn(body: unknown, kind: 'image' | 'document'): readonly SentFile[] {
  const { messages } = body as { messages: { content: { type: string; source?: SentFile }[] }[] };
  return messages.flatMap(({ content }) =>
    content.flatMap(({ type, source }) => (type === kind && source ? [source] : [])),
  );
}

/** Lets the pages of this window use the clipboard, webviews included. */
export async function allowClipboard(context: BrowserContext): Promise<void> {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
}

export function copyText({ page }: Window, text: string): Promise<void> {
  return page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
}

export function copyPicture({ page }: Window, png: Buffer): Promise<void> {
  return page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const picture = new Blob([data], { type: 'image/png' });
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })]);
  }, png.toString('base64'));
}

/** Pastes a picture into the question that is being written. */
export async function pastePicture(window: Window, chat: Chat): Promise<void> {
  await copyPicture(window, Buffer.from(plainPng(40, 30)));
  await chat.composer.focus();
  await chat.composer.press('Control+V');
  await hasPicture(chat);
}

/** Waits for the pasted picture, with its bytes: it is drawn small. */
export async function hasPicture({ chips }: Chat): Promise<void> {
  await chips.getByText('40×30').waitFor();
  await until('the picture is drawn', () =>
    chips.locator('img').evaluate((img: HTMLImageElement) => img.naturalWidth > 0),
  );
}

/** A picture as the browser decodes it. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of a px, 0 to 255, like `0 0 0 255`. */
  at(x: number, y: number): string;
}

export async function decode(frame: Frame, { data, media_type }: SentFile): Promise<Pixels> {
  const { width, height, rgba } = await frame.evaluate(
    async ([base64, type]) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      const pixels = context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? new Uint8ClampedArray();
      let letters = '';
      for (let from = 0; from < pixels.length; from += 0x8000)
        letters += String.fromCharCode(...pixels.subarray(from, from + 0x8000));
      return { width: bitmap.width, height: bitmap.height, rgba: btoa(letters) };
    },
    [data, media_type] as const,
  );
  const bytes = Buffer.from(rgba, 'base64');
  return {
    width,
    height,
    at: (x, y) => bytes.subarray((y * width + x) * 4, (y * width + x) * 4 + 4).join(' '),
  };
}

/** A JPEG of stripes, as the browser writes it. */
export async function jpegFrom(frame: Frame, width: number, height: number): Promise<Buffer> {
  const base64 = await frame.evaluate(
    ([w, h]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: w, height: h });
      const context = canvas.getContext('2d');
      for (let x = 0; context && x < w; x += 10) {
        context.fillStyle = `hsl(${x} 80% 50%)`;
        context.fillRect(x, 0, 10, h);
      }
      return canvas.toDataURL('image/jpeg').replace(/^[^,]*,/, '');
    },
    [width, height] as const,
  );
  return Buffer.from(base64, 'base64');
}

/** Moves the chat beside the Explorer: a view of its own container hides it. */
export async function moveChatAside(window: Window): Promise<void> {
  await window.driver.run((vscode) =>
    vscode.commands.executeCommand('vscode.moveViews', {
      viewIds: ['parley.chat'],
      destinationId: 'workbench.panel.chat',
    }),
  );
}

/** Drags rows of the Explorer onto the chat: the row given, and with it all that are selected. */
export async function dragFromExplorer(window: Window, name: string): Promise<void> {
  const target = await window.page.locator('iframe.webview').last().boundingBox();
  const source = await explorerRow(window, name).boundingBox();
  if (!target || !source) throw new Error('The Explorer and the chat are not both shown');
  const { mouse, keyboard } = window.page;
  await mouse.move(source.x + 60, source.y + 10);
  await mouse.down();
  await mouse.move(source.x + 80, source.y + 30, { steps: 4 });
  // VS Code keeps drags to itself until Shift is held.
  await keyboard.down('Shift');
  await mouse.move(target.x + target.width / 2, target.y + target.height / 2, { steps: 12 });
  await mouse.move(target.x + target.width / 2 + 4, target.y + target.height / 2 + 4, { steps: 4 });
  await mouse.up();
  await keyboard.up('Shift');
}

/** Drops files on the chat as from the desktop. */
export async function dropFromDesktop(
  window: Window,
  context: BrowserContext,
  files: readonly string[],
): Promise<void> {
  const box = await window.page.locator('iframe.webview').last().boundingBox();
  if (!box) throw new Error('The chat is not shown');
  const session = await context.newCDPSession(window.page);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, ...at, data, modifiers: SHIFT });
  }
}

/** As the browser's protocol numbers the keys held down. */
const SHIFT = 8;

/** Runs git in a folder, as somebody. */
export function gitIn(folder: string): (...args: readonly string[]) => void {
  return (...args) => {
    const somebody = ['-c', 'user.name=t', '-c', 'user.email=t@t'];
    execFileSync('git', [...somebody, ...args], { cwd: folder });
  };
}

/** Waits until VS Code's own git has seen that something has changed. */
export async function gitKnowsChanges(window: Window): Promise<void> {
  await until('git knows the changes', () =>
    window.driver.run((vscode) => {
      const git = vscode.extensions.getExtension('vscode.git')?.exports?.getAPI(1);
      return git?.repositories[0]?.state.workingTreeChanges.length > 0;
    }),
  );
}

/** Opens a terminal "build" and types a command into it. */
export async function openTerminal(window: Window, command: string): Promise<void> {
  await window.driver.run((vscode, typed) => {
    const terminal = vscode.window.createTerminal({ name: 'build', shellPath: '/bin/sh' });
    terminal.show();
    terminal.sendText(typed);
  }, command);
  await window.page.locator('.terminal-wrapper.active .xterm-screen').waitFor();
}

export async function selectAllInTerminal({ driver }: Window): Promise<void> {
  await driver.run((vscode) => vscode.commands.executeCommand('workbench.action.terminal.selectAll'));
}
