import * as vscode from 'vscode';
import type { Failure } from '../core/conversation/model.ts';
import type { Session } from '../core/conversation/session.ts';
import { adviseOn } from '../core/failure.ts';
import type { Clock } from '../core/ports.ts';
import { createAsking } from './asking.ts';
import { createAttaching } from './attaching/attaching.ts';
import { createExcerptView } from './attaching/excerptView.ts';
import { createSelectionOffers } from './attaching/selectionOffer.ts';
import { createAutoCompaction } from './autoCompaction.ts';
import { createBudgets } from './budgets.ts';
import type { ChatPage } from './chat/chatPage.ts';
import { type ChatView, registerChatView } from './chat/chatView.ts';
import { createPageShrinker } from './chat/pageShrinker.ts';
import { type Chats, createChats } from './chats.ts';
import { registerCommands } from './commands.ts';
import { type CreateClaude, createConnection } from './connection.ts';
import { createContextDesk } from './context/contextDesk.ts';
import { createContextView } from './context/contextView.ts';
import { createContextFiles } from './context/packing/contextFiles.ts';
import { importsOf } from './context/pinning/imports.ts';
import { createConversationCommands } from './conversationCommands.ts';
import { createCountTexts } from './counting/countTexts.ts';
import { createTokenCounting } from './counting/tokenCounting.ts';
import { createExportCommands } from './exporting/exportCommands.ts';
import { createStorageLocation } from './exporting/storageLocation.ts';
import { createKeyCommands } from './keyCommands.ts';
import { createKeyStore } from './keyStore.ts';
import { createLog, type Log } from './log.ts';
import { createFileList } from './mentions/fileList.ts';
import { createModelCatalogue } from './modelCatalogue.ts';
import { createModelCommands } from './modelCommands.ts';
import { createRateLimits } from './rateLimits.ts';
import { onSettingsChanged } from './settings.ts';
import { createSpendingNotes } from './spendingNotes.ts';
import { createStatus } from './status.ts';
import { type DraftTrouble, EMPTY_DRAFT } from './storage/draftStore.ts';
import { createStorage } from './storage/storage.ts';
import { createUsageView } from './usage/usageView.ts';
import { createInstructions } from './workspace/instructions.ts';

/** Builds the whole host and registers it. Before a page is opened nothing is sent, and no more of the disk touched than a folder chosen for the history. */
export function createParley(context: vscode.ExtensionContext, createClaude: CreateClaude): Parley {
  const log = createLog();
  const clock = createClock();
  const location = createStorageLocation(context);
  const storage = createStorage(location.folder, context.storageUri, clock, log.warn);
  const keys = createKeyStore(context.secrets, context.globalState, process.env);
  const rateLimits = createRateLimits(clock);
  const connection = createConnection(keys, createClaude, rateLimits.take);
  const catalogue = createModelCatalogue(storage.modelCache, connection);
  const instructions = createInstructions(log.warn);
  const models = createModelCommands(
    () => view,
    () => asking,
    catalogue,
    context.globalState,
  );
  const shrinker = createPageShrinker(
    storage.attachments,
    (message) => view.page?.post(message) ?? false,
    clock.newId,
  );
  const contextFiles = createContextFiles({ ...storage, clock, log: log.warn });
  const { pinned, packs } = contextFiles;
  const asking = createAsking({
    ...storage,
    attachments: packs.attachments,
    workspaceOf: packs.contextFor,
    clock,
    connection,
    catalogue,
    shrinker,
    account: () => keys.active,
    lastModel: models.last,
    instructionFiles: instructions.read,
    log: log.warn,
  });
  const autoCompaction = createAutoCompaction(asking, catalogue, () => chats);
  const figures = new vscode.EventEmitter<void>();
  const spending = createSpendingNotes(storage.spending, clock, log.warn, () => figures.fire());
  const budgets = createBudgets(asking, storage.spending, clock);
  const chats: Chats = createChats({
    ...storage,
    clock,
    asking,
    budgets,
    beforeAsking: (session) => contextDesk.repackIfCheaper(session),
    onEvents(session, events) {
      void spending.note(session, events);
      autoCompaction(session, events);
      contextDesk.onEvents(session, events);
      void conversations.onEvents(session, events);
    },
    onOpened: (session) => void spending.catchUp(session),
    isShown: (id) => view.page?.session.conversation.id === id,
    onHandsChanged: (session) => view.page?.changedHands(session),
    onGone: (session) => void view.page?.gone(session),
    onReadOnly: () => view.page?.tell(vscode.l10n.t('This conversation is open in another window.')),
    onStorageFailure: (failure) => tellStorageFailure(failure, view, log),
    onStorageWorks: () => view.page?.tell(vscode.l10n.t('The conversation is written to disk again.')),
  });
  const statusOf = createStatus(asking, catalogue, connection, keys);
  const refresh = (): void => void view.page?.refreshStatus();
  const keyCommands = createKeyCommands(keys, connection, () => void catalogue.refresh().then(refresh));
  const offers = createSelectionOffers(() => view.page?.refreshOffer());
  const excerpts = createExcerptView();
  const files = createFileList();
  const attaching = createAttaching({
    files,
    view: () => view,
    attachments: storage.attachments,
    conversations: storage.store,
  });
  const view: ChatView = registerChatView({
    ...storage,
    sources: attaching.sources,
    offers,
    excerpts,
    pinAt: (uri) => contextView.pinAt(uri),
    beforeQuote: (session) => contextDesk.repackIfCheaper(session),
    onAwake: () => contextDesk.refresh(),
    catalogue,
    chats,
    asking,
    clock,
    shrinker,
    statusOf,
    log,
    extension: context.extensionUri,
    drafts: storage.drafts,
    newId: clock.newId,
    importKey: keyCommands.importFromEnvironment,
    firstSession: async () => {
      void catalogue.ready();
      return firstSession(chats, await storage.lastShown.read());
    },
    onShown(conversation) {
      void storage.lastShown.write(conversation);
      contextDesk.refresh();
    },
  });
  const counting = createTokenCounting({
    asking,
    clock,
    claude: connection.claude,
    session: () => view.page?.session,
    draft: async () => view.page?.draft() ?? EMPTY_DRAFT,
  });
  const conversations = createConversationCommands(view, chats, {
    ...storage,
    asking,
    catalogue,
    budgets,
    clock,
    prices: asking.prices,
    state: context.workspaceState,
    onSpent: () => figures.fire(),
    log: log.warn,
  });
  const contextDesk = createContextDesk({
    ...contextFiles,
    asking,
    budgets,
    clock,
    spending: storage.spending,
    countTexts: createCountTexts(connection.claude),
    session: shownOrNew(() => view.page, chats),
    async ours(conversation) {
      const opened = await chats.open(conversation);
      return opened.ok && !opened.value.readOnly ? opened.value : undefined;
    },
    shown: () => (view.page?.isAwake ? view.page : undefined),
    refreshQuote: () => view.page?.refreshQuote(),
  });
  const contextView = createContextView({ ...contextDesk, pinned, files, importsOf });
  const usage = createUsageView({
    extension: context.extensionUri,
    log: storage.spending,
    prices: asking.prices,
    titles: async () => new Map((await storage.store.list()).map(({ id, title }) => [id, title])),
    rateLimits: rateLimits.last,
    openConversation: (id) => void conversations.show(id),
    onChanged: figures.event,
    warn: log.warn,
  });
  storage.drafts.onTrouble((trouble) => tellDraftTrouble(trouble, view));
  const flush = async (): Promise<void> => {
    // What fails on one of them is no reason not to wait for the others.
    await Promise.allSettled([chats.flush(), storage.drafts.settle(), storage.endpoints.settle()]);
  };
  const exporting = createExportCommands({
    ...storage,
    folder: location.folder,
    workspace: context.storageUri,
    clock,
    prices: asking.prices,
    flush,
    shown: async () => shownId(view.page?.session, await storage.lastShown.read()),
    show: conversations.show,
    log: log.warn,
  });
  location.watch(flush);
  const commands = registerCommands(
    {
      'parley.newConversation': conversations.start,
      'parley.openChat': async () => (await view.reveal())?.focus(),
      ...attaching.commands,
      ...contextView.commands,
      'parley.countTokens': counting.countTokens,
      'parley.countConversationTokens': counting.countConversationTokens,
      'parley.countDraftTokens': counting.countDraftTokens,
      'parley.setApiKey': keyCommands.set,
      'parley.removeApiKey': keyCommands.remove,
      'parley.switchProfile': keyCommands.switchProfile,
      'parley.selectModel': models.model,
      'parley.selectEffort': models.effort,
      'parley.selectThinking': models.thinking,
      'parley.searchConversations': conversations.search,
      'parley.renameConversation': conversations.rename,
      'parley.deleteConversation': conversations.remove,
      'parley.pinConversation': conversations.togglePin,
      'parley.restoreConversation': conversations.restore,
      'parley.suggestTitle': conversations.suggestTitle,
      'parley.rebuildHistory': conversations.rebuildHistory,
      'parley.forkConversation': conversations.fork,
      ...exporting.commands,
      'parley.compact': conversations.compact,
      'parley.undoCompaction': conversations.undoCompaction,
      'parley.stop': () => view.page?.session.stop(),
      'parley.showUsage': usage.show,
      'parley.showLog': log.show,
    },
    log.warn,
  );

  context.subscriptions.push(
    log,
    view,
    usage,
    attaching,
    contextView,
    contextDesk,
    exporting,
    location,
    pinned,
    counting,
    offers,
    excerpts,
    commands,
    figures,
    storage.derived,
    instructions,
    instructions.onChanged(refresh),
    catalogue.onChanged(refresh),
    keys.onChanged(refresh),
    onSettingsChanged(() => {
      refresh();
      figures.fire();
      contextDesk.refresh();
      void catalogue.ready();
    }),
  );
  return {
    async settle() {
      await flush();
      await storage.lock.close();
    },
  };
}

/** What `activate` keeps of the host. */
export interface Parley {
  /** The end: resolves when everything is on disk and other windows may go on with it. */
  settle(): Promise<void>;
}

function createClock(): Clock {
  return {
    now: () => Date.now(),
    newId: () => crypto.randomUUID(),
    random: () => Math.random(),
    after(ms, callback) {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** The conversation that is shown; where none is, always the same one that has not begun. */
function shownOrNew(page: () => ChatPage | undefined, chats: Chats): () => Session {
  let idle: Session | undefined;
  return () => {
    const shown = page()?.session;
    if (!shown) idle ??= chats.create();
    return shown ?? idle ?? chats.create();
  };
}

/** The id of the conversation that is shown, or was shown last. */
function shownId(shown: Session | undefined, last: unknown): string | undefined {
  if (shown) return shown.conversation.id;
  return typeof last === 'string' ? last : undefined;
}

/** The conversation shown last in this workspace, or a new one. */
async function firstSession(chats: Chats, last: unknown): Promise<Session> {
  if (typeof last !== 'string') return chats.create();
  const opened = await chats.open(last);
  return opened.ok ? opened.value : chats.create();
}

function tellStorageFailure(failure: Failure, view: ChatView, log: Log): void {
  const { sentence } = adviseOn(failure, vscode.l10n.t);
  log.warn(sentence);
  if (view.page) view.page.tell(sentence);
  else void vscode.window.showErrorMessage(sentence);
}

function tellDraftTrouble(trouble: DraftTrouble, { page }: ChatView): void {
  const sentence =
    trouble === 'unread'
      ? vscode.l10n.t('What you had written here cannot be read just now. It is left as it is.')
      : vscode.l10n.t('What you write cannot be kept on disk just now. It is tried again until it works.');
  if (page) page.tell(sentence);
  else void vscode.window.showWarningMessage(sentence);
}
