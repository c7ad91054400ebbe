import * as vscode from 'vscode';
import type { ChatPage } from '../chat/chatPage.ts';
import type { ChatView } from '../chat/chatView.ts';
import { type Found, foundNothing } from '../workspace/found.ts';
import { problemOfAddress } from './dropped.ts';
import { type Finders, findAll, pictureAt, pictureByAddress } from './findAll.ts';
import { cancellable } from './longWork.ts';

/** What brings things in front of Claude: each reveals the chat, attaches, and puts the cursor into the composer. */
export interface Gestures {
  /** Resolves with the number of things attached; 0 when nothing was found, which is told. */
  add(find: (token: vscode.CancellationToken) => Promise<Found>): Promise<number>;
  /** Attaches what lies at the given URIs: what the Explorer or a tab passes along, or the active editor's file. */
  addAt(args: readonly unknown[]): Promise<number>;
  pickFiles(): Promise<number>;
  /** These two take URIs from who calls them as commands, and ask where there are none. */
  pickFolder(given: unknown): Promise<number>;
  pickImages(given: unknown): Promise<number>;
  imageByAddress(given: unknown): Promise<number>;
  /** Only a page can read pictures from the clipboard. */
  pasteImage(): Promise<void>;
  /** Attaches and suggests words for the question. */
  ask(find: () => Promise<Found>, text: string): Promise<number>;
}

export interface GestureParts extends Finders {
  readonly view: () => ChatView;
}

export function createGestures({ view, ...finders }: GestureParts): Gestures {
  async function onPage(act: (page: ChatPage) => Promise<number>): Promise<number> {
    const page = await view().reveal();
    if (!page) return 0;
    const count = await act(page);
    page.focus();
    return count;
  }

  /** What is found late belongs to the conversation for which it was looked for. */
  const shownNow = (): string | undefined => view().page?.session.conversation.id;

  /** The find comes first: revealing the chat takes the focus from what is looked for. */
  /** The find comes first: revealing the chat takes the focus from what is looked for. */
  async function add(find: (token: vscode.CancellationToken) => Promise<Found>): Promise<number> {
    const conversation = shownNow();
    const found = await cancellable(vscode.l10n.t('Finding what to attach'), find);
    return onPage((page) => page.attach(found, conversation));
  }

  const addAll = (uris: readonly vscode.Uri[], how: Finders = finders): Promise<number> =>
    add((token) => findAll(uris, how, token));

  const pictures: Finders = { ...finders, foundAt: (uri) => pictureAt(uri, finders.foundAt) };

  async function pick(options: vscode.OpenDialogOptions, how?: Finders): Promise<number> {
    const start = vscode.workspace.workspaceFolders?.[0]?.uri;
    const picked = await vscode.window.showOpenDialog({
      ...(start ? { defaultUri: start } : {}),
      ...options,
    });
    return picked ? addAll(picked, how) : 0;
  }

  return {
    add,
    addAt: (args) => {
      const uris = urisIn(args);
      return uris.length === 0 ? add(async () => foundNothing(NO_FILE())) : addAll(uris);
    },
    pickFiles: () =>
      pick({ canSelectMany: true, openLabel: vscode.l10n.t('Attach'), title: vscode.l10n.t('Attach Files') }),
    pickFolder: (given) =>
      given instanceof vscode.Uri
        ? addAll([given])
        : pick({
            canSelectFiles: false,
            canSelectFolders: true,
            openLabel: vscode.l10n.t('Attach'),
            title: vscode.l10n.t('Attach the Listing of a Folder'),
          }),
    pickImages(given) {
      const uris = given instanceof vscode.Uri ? [given] : urisOf(given);
      if (uris.length > 0) return addAll(uris, pictures);
      const options = {
        canSelectMany: true,
        openLabel: vscode.l10n.t('Attach'),
        title: vscode.l10n.t('Attach Images'),
        filters: { [vscode.l10n.t('Images')]: IMAGES, [vscode.l10n.t('All Files')]: ['*'] },
      };
      return pick(options, pictures);
    },
    async imageByAddress(given) {
      const url =
        typeof given === 'string' && problemOfAddress(given) === undefined ? given : await askForAddress();
      if (url === undefined) return 0;
      return add(async () => pictureByAddress(url));
    },
    async pasteImage() {
      const page = await view().reveal();
      page?.focus();
      page?.paste();
    },
    async ask(find, text) {
      const conversation = shownNow();
      const found = await find();
      return onPage(async (page) => {
        const count = await page.attach(found, conversation);
        if (count > 0) await page.suggest(text);
        return count;
      });
    },
  };
}

const IMAGES = ['png', 'jpg', 'jpeg', 'gif', 'webp', 'bmp', 'svg', 'avif', 'ico', 'heic', 'tif', 'tiff'];

const NO_FILE = (): string => vscode.l10n.t('Open a file first, or choose one in the Explorer.');

/** The Explorer passes the entry under the pointer and all that are selected; the palette passes nothing. */
function urisIn([first, all]: readonly unknown[]): readonly vscode.Uri[] {
  const several = urisOf(all);
  if (several.length > 0) return several;
  if (first instanceof vscode.Uri) return [first];
  const active = activeResource();
  return active ? [active] : [];
}

function urisOf(given: unknown): readonly vscode.Uri[] {
  return Array.isArray(given) ? given.filter((each) => each instanceof vscode.Uri) : [];
}

/** The file of the active tab, also where it is no text (a picture, a notebook). */
export function activeResource(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const isFile =
    input instanceof vscode.TabInputText ||
    input instanceof vscode.TabInputCustom ||
    input instanceof vscode.TabInputNotebook;
  if (isFile) return input.uri;
  return input instanceof vscode.TabInputTextDiff
    ? input.modified
    : vscode.window.activeTextEditor?.document.uri;
}

async function askForAddress(): Promise<string | undefined> {
  const url = await vscode.window.showInputBox({
    title: vscode.l10n.t('Attach Image by Address'),
    prompt: vscode.l10n.t('The API fetches the picture itself; Parley never does.'),
    placeHolder: 'https://',
    validateInput: (value) => (value.trim() === '' ? undefined : problemOfAddress(value.trim())),
  });
  return url?.trim() || undefined;
}
