import * as vscode from 'vscode';
import type { Prices } from '../../core/money/money.ts';
import { csvOf } from '../../core/money/report.ts';
import type { SpendingLog } from '../../core/ports.ts';
import {
  decodeToUsageHost,
  type ToUsageHost,
  type ToUsagePage,
  USAGE_PROTOCOL_VERSION,
} from '../../core/usageProtocol.ts';
import { type PageFiles, pageHtml } from '../pageHtml.ts';
import { exportCsv } from './exportCsv.ts';
import { dayOf, usageFacts } from './usageFacts.ts';

/** The editor tab "Parley: Usage and Cost". */
export interface UsageView extends vscode.Disposable {
  /** Opens the tab, or shows it when it is open already. */
  show(): Promise<void>;
}

export interface UsageViewParts {
  /** Where the extension is installed. */
  readonly extension: vscode.Uri;
  readonly log: SpendingLog;
  readonly prices: () => Prices;
  /** Titles of the conversations that can be opened, by id. */
  readonly titles: () => Promise<ReadonlyMap<string, string>>;
  /** The headers that told the limits last, by name without `anthropic-ratelimit-`; undefined before. */
  readonly rateLimits: () =>
    | { readonly at: number; readonly limits: Readonly<Record<string, string>> }
    | undefined;
  readonly openConversation: (id: string) => void;
  /** Fires when anything that the tab shows may have changed. */
  readonly onChanged: vscode.Event<void>;
  /** Hears what went wrong, a line each, for the log of the extension. */
  readonly warn?: (line: string) => void;
}

const FILES: PageFiles = { styles: ['media/usage.css'], script: 'dist/usage.js', pictures: false };

export function createUsageView(parts: UsageViewParts): UsageView {
  let panel: { readonly tab: vscode.WebviewPanel; readonly refresh: () => void } | undefined;
  const changes = parts.onChanged(() => panel?.refresh());

  function open(): void {
    const tab = vscode.window.createWebviewPanel(
      'parley.usage',
      vscode.l10n.t('Parley: Usage and Cost'),
      vscode.ViewColumn.Active,
      {
        enableScripts: true,
        enableCommandUris: false,
        enableFindWidget: true,
        localResourceRoots: ['dist', 'media'].map((folder) => vscode.Uri.joinPath(parts.extension, folder)),
      },
    );
    panel = { tab, refresh: feed(tab, parts) };
    tab.onDidDispose(() => {
      panel = undefined;
    });
    tab.webview.html = pageHtml(tab.webview, parts.extension, FILES);
  }

  return {
    async show() {
      if (panel) panel.tab.reveal();
      else open();
    },
    dispose() {
      changes.dispose();
      panel?.tab.dispose();
    },
  };
}

/** The facts are gathered at most this often, in ms, however much changes. */
const GATHER_EVERY = 500;

/** Tells the page everything when it starts, and again with each call of the returned function while it is seen. */
function feed(tab: vscode.WebviewPanel, parts: UsageViewParts): () => void {
  let isAwake = false;
  let timer: NodeJS.Timeout | undefined;
  const warn = (line: string): void => parts.warn?.(line);

  async function tell(): Promise<void> {
    const [entries, titles] = await Promise.all([parts.log.since(0), parts.titles()]);
    if (!isAwake) return;
    const around = { prices: parts.prices(), titles, rateLimits: parts.rateLimits(), now: Date.now() };
    const facts = usageFacts(entries, around);
    const message: ToUsagePage = { type: 'usageChanged', version: USAGE_PROTOCOL_VERSION, facts };
    void tab.webview.postMessage(message);
  }

  function attempt(work: Promise<void>): void {
    work.catch((error: unknown) => {
      warn(`The usage page failed: ${error instanceof Error ? error.message : 'unknown reason'}`);
    });
  }

  function refresh(): void {
    if (!isAwake) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      attempt(tell());
    }, GATHER_EVERY);
  }

  function sleep(): void {
    isAwake = false;
    clearTimeout(timer);
    timer = undefined;
  }

  async function grant(wish: ToUsageHost): Promise<void> {
    switch (wish.type) {
      case 'ready':
        isAwake = true;
        return tell();
      case 'openConversation':
        return parts.openConversation(wish.conversation);
      case 'exportCsv': {
        const entries = await parts.log.since(0);
        return void (await exportCsv(csvOf(entries, parts.prices()), dayOf(Date.now())));
      }
      case 'report':
        return warn(`The usage page reports: ${wish.message.slice(0, 2000)}`);
    }
  }

  tab.webview.onDidReceiveMessage((message: unknown) => {
    const wish = decodeToUsageHost(message);
    if (wish) attempt(grant(wish));
    else warn('The usage page sent a message that is no wish; it was dropped.');
  });
  tab.onDidChangeViewState(() => {
    // A hidden page is gone; it says `ready` when it is shown again.
    if (!tab.visible) sleep();
  });
  tab.onDidDispose(sleep);
  return refresh;
}
