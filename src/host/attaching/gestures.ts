import * as vscode from 'vscode';
import { recognize } from '../../core/request/attachments.ts';
import type { ChatPage } from '../chat/chatPage.ts';
import type { ChatView } from '../chat/chatView.ts';
import { type Found, foundNothing, foundPart, NOTHING, together } from '../workspace/found.ts';

/** What brings things in front of Claude: each reveals the chat, attaches, and puts the cursor into the composer. */
export interface Gestures {
  /** Resolves with the number of things attached; 0 when nothing was found, which is told. */
  add(find: () => Promise<Found>): Promise<number>;
  /** Attaches what lies at the given URIs: what the Explorer or a tab passes along, or the active editor's file. */
  addAt(args: readonly unknown[]): Promise<number>;
  pickFiles(): Promise<number>;
  pickFolder(): Promise<number>;
  pickImages(): Promise<number>;
  imageByAddress(given: unknown): Promise<number>;
  /** Only a page can read pictures from the clipboard. */
  pasteImage(): Promise<void>;
  /** Attaches and suggests words for the question. */
  ask(find: () => Promise<Found>, text: string): Promise<number>;
}

export interface GestureParts {
  readonly view: () => ChatView;
  /** Whatever lies at a URI that is no folder. */
  readonly foundAt: (uri: vscode.Uri) => Promise<Found>;
  readonly folderListing: (uri: vscode.Uri) => Promise<Found>;
}

export function createGestures({ view, foundAt, folderListing }: GestureParts): Gestures {
  async function onPage(act: (page: ChatPage) => Promise<number>): Promise<number> {
    const page = await view().reveal();
    if (!page) return 0;
    const count = await act(page);
    page.focus();
    return count;
  }

  /** The find comes first: revealing the chat takes the focus from what is looked for. */
  async function add(find: () => Promise<Found>): Promise<number> {
    const found = await find();
    return onPage((page) => page.attach(found));
  }

  const at = (uris: readonly vscode.Uri[]): Promise<Found> => findAll(uris, foundAt, folderListing);

  /** A drawing of lines is code to everybody but the one who looks for a picture. */
  async function pictureAt(uri: vscode.Uri): Promise<Found> {
    const found = await foundAt(uri);
    const [part] = found.parts;
    if (part?.kind !== 'code' || recognize(new TextEncoder().encode(part.text)) !== 'svg') return found;
    const label = part.path.split('/').at(-1) ?? part.path;
    return { ...NOTHING, pictures: [{ label, bytes: new TextEncoder().encode(part.text) }] };
  }

  async function pick(options: vscode.OpenDialogOptions, find = foundAt): Promise<number> {
    const start = vscode.workspace.workspaceFolders?.[0]?.uri;
    const picked = await vscode.window.showOpenDialog({
      ...(start ? { defaultUri: start } : {}),
      ...options,
    });
    return picked ? add(() => findAll(picked, find, folderListing)) : 0;
  }

  return {
    add,
    addAt: (args) => {
      const uris = urisIn(args);
      return add(() => (uris.length === 0 ? Promise.resolve(foundNothing(NO_FILE())) : at(uris)));
    },
    pickFiles: () =>
      pick({ canSelectMany: true, openLabel: vscode.l10n.t('Attach'), title: vscode.l10n.t('Attach Files') }),
    pickFolder: () =>
      pick({
        canSelectFiles: false,
        canSelectFolders: true,
        openLabel: vscode.l10n.t('Attach'),
        title: vscode.l10n.t('Attach the Listing of a Folder'),
      }),
    pickImages: () =>
      pick(
        {
          canSelectMany: true,
          openLabel: vscode.l10n.t('Attach'),
          title: vscode.l10n.t('Attach Images'),
          filters: { [vscode.l10n.t('Images')]: IMAGES, [vscode.l10n.t('All Files')]: ['*'] },
        },
        pictureAt,
      ),
    async imageByAddress(given) {
      const url = typeof given === 'string' && problemOf(given) === undefined ? given : await askForAddress();
      if (url === undefined) return 0;
      return add(async () => foundPart({ kind: 'image', label: labelOf(url), source: { type: 'url', url } }));
    },
    async pasteImage() {
      const page = await view().reveal();
      page?.focus();
      if (page && !page.post({ type: 'pasteAsked' }))
        page.tell(vscode.l10n.t('Press Ctrl+V in the composer.'));
    },
    async ask(find, text) {
      const found = await find();
      return onPage(async (page) => {
        const count = await page.attach(found);
        if (count > 0) await page.suggest(text);
        return count;
      });
    },
  };
}

/**
 * What lies at these URIs, in their order; a folder gives its listing. Web addresses, as browsers pass them along when a
 * picture is dropped, are pictures that the API fetches.
 */
export async function findAll(
  uris: readonly vscode.Uri[],
  foundAt: (uri: vscode.Uri) => Promise<Found>,
  folderListing: (uri: vscode.Uri) => Promise<Found>,
): Promise<Found> {
  const finds: Found[] = [];
  for (const uri of uris.slice(0, MOST_AT_ONCE)) {
    if (uri.scheme === 'https' || uri.scheme === 'http') {
      const url = uri.toString(true);
      finds.push(foundPart({ kind: 'image', label: labelOf(url), source: { type: 'url', url } }));
    } else finds.push(await ((await isFolder(uri)) ? folderListing(uri) : foundAt(uri)));
  }
  const rest = uris.length - MOST_AT_ONCE;
  const most = vscode.l10n.t(
    '{0} files are attached at once at most; {1} were left out.',
    MOST_AT_ONCE,
    rest,
  );
  return together([...finds, rest > 0 ? foundNothing(most) : NOTHING]);
}

/** So many that nobody means them one by one. */
const MOST_AT_ONCE = 200;

const IMAGES = ['png', 'jpg', 'jpeg', 'gif', 'webp', 'bmp', 'svg', 'avif', 'ico', 'heic', 'tif', 'tiff'];

const NO_FILE = (): string => vscode.l10n.t('Open a file first, or choose one in the Explorer.');

/** The Explorer passes the entry under the pointer and all that are selected; the palette passes nothing. */
function urisIn([first, all]: readonly unknown[]): readonly vscode.Uri[] {
  const several = Array.isArray(all) ? all.filter((each) => each instanceof vscode.Uri) : [];
  if (several.length > 0) return several;
  if (first instanceof vscode.Uri) return [first];
  const active = activeResource();
  return active ? [active] : [];
}

/** The file of the active tab, also where it is no text (a picture, a notebook). */
function activeResource(): vscode.Uri | undefined {
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

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    const { type } = await vscode.workspace.fs.stat(uri);
    return (type & vscode.FileType.Directory) !== 0;
  } catch {
    return false;
  }
}

async function askForAddress(): Promise<string | undefined> {
  const url = await vscode.window.showInputBox({
    title: vscode.l10n.t('Attach Image by Address'),
    prompt: vscode.l10n.t('The API fetches the picture itself; Parley never does.'),
    placeHolder: 'https://',
    validateInput: (value) => (value.trim() === '' ? undefined : problemOf(value.trim())),
  });
  return url?.trim() || undefined;
}

function problemOf(url: string): string | undefined {
  if (/^https?:\/\/[^\s/?#]+\S*$/i.test(url) && url.length <= LONGEST_ADDRESS) return undefined;
  return vscode.l10n.t('Enter a web address that starts with https://');
}

const LONGEST_ADDRESS = 8_000;

/** The file name at the end of an address, or the host where it has none. */
function labelOf(url: string): string {
  const { pathname, host } = new URL(url);
  return (pathname.split('/').at(-1) || host).slice(0, 100);
}
