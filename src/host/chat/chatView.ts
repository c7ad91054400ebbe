import * as vscode from 'vscode';
import type { Session } from '../../core/conversation/session.ts';
import { type PageFiles, pageHtml } from '../pageHtml.ts';
import { type ChatPage, type ChatPageParts, createChatPage } from './chatPage.ts';
import { grantWishes, type WishParts } from './wishes.ts';

export const CHAT_VIEW = 'parley.chat';

const FILES: PageFiles = {
  styles: ['dist/codicon.css', 'media/chat.css'],
  script: 'dist/webview.js',
  highlight: 'dist/highlight.js',
  pictures: true,
};

/** The chat in the side bar (or wherever the user drags it). */
export interface ChatView extends vscode.Disposable {
  /** The page, as soon as VS Code has made the view; undefined before. */
  readonly page: ChatPage | undefined;
  /** Opens the view and resolves with its page; undefined when VS Code does not show it. */
  reveal(): Promise<ChatPage | undefined>;
}

export interface ChatViewParts extends ChatPageParts, WishParts {
  readonly extension: vscode.Uri;
  /** The conversation to show when the view is made. */
  readonly firstSession: () => Promise<Session>;
}

export function registerChatView(parts: ChatViewParts): ChatView {
  let page: ChatPage | undefined;
  let last: Session | undefined;
  const resolved = new vscode.EventEmitter<ChatPage>();

  /** While no page was there another window may have taken the conversation. */
  async function openAgain(session: Session): Promise<Session> {
    const opened = await parts.chats.open(session.conversation.id);
    return opened.ok ? opened.value : session;
  }

  async function resolve(view: vscode.WebviewView): Promise<void> {
    view.webview.options = {
      enableScripts: true,
      enableCommandUris: false,
      localResourceRoots: ['dist', 'media'].map((folder) => vscode.Uri.joinPath(parts.extension, folder)),
    };
    page?.dispose();
    const session = last ? await openAgain(last) : await parts.firstSession();
    parts.onShown(session.conversation.id);
    const current = createChatPage(view.webview, session, parts);
    const wishes = grantWishes(view.webview, current, parts);
    page = current;
    view.onDidChangeVisibility(() => view.visible || current.sleep());
    view.onDidDispose(() => {
      wishes.dispose();
      current.dispose();
      last = current.session;
      if (page === current) page = undefined;
    });
    view.webview.html = pageHtml(view.webview, parts.extension, FILES);
    resolved.fire(current);
  }

  const registration = vscode.window.registerWebviewViewProvider(CHAT_VIEW, { resolveWebviewView: resolve });

  return {
    get page() {
      return page;
    },
    async reveal() {
      const made = page ? Promise.resolve(page) : once(resolved.event);
      await vscode.commands.executeCommand(`${CHAT_VIEW}.focus`);
      return made;
    },
    dispose() {
      registration.dispose();
      page?.dispose();
      resolved.dispose();
    },
  };
}

/** The next value of an event; undefined when none comes within ten seconds. */
function once<T>(event: vscode.Event<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(undefined), 10_000);
    const listening = event((value) => done(value));
    function done(value: T | undefined): void {
      clearTimeout(timer);
      listening.dispose();
      resolve(value);
    }
  });
}
