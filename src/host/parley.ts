import * as vscode from 'vscode';
import type { Failure, ModelChoice } from '../core/conversation/model.ts';
import type { Session } from '../core/conversation/session.ts';
import { adviseOn } from '../core/failure.ts';
import type { Clock } from '../core/ports.ts';
import { type ChatView, registerChatView } from './chat/chatView.ts';
import { type Chats, createChats } from './chats.ts';
import { registerCommands } from './commands.ts';
import { type CreateClaude, createConnection } from './connection.ts';
import { createConversationCommands } from './conversationCommands.ts';
import { attachSelection } from './editorActions.ts';
import { createKeyCommands } from './keyCommands.ts';
import { createKeyStore } from './keyStore.ts';
import { createLog, type Log } from './log.ts';
import { createModelCatalogue, type ModelCatalogue } from './modelCatalogue.ts';
import { pickEffort, pickModel } from './pickers.ts';
import { onSettingsChanged } from './settings.ts';
import { createStatus } from './status.ts';
import { createStorage } from './storage/storage.ts';

/** Builds the whole host and registers it. Nothing is read from disk or sent before a page is opened. */
export function createParley(context: vscode.ExtensionContext, createClaude: CreateClaude): Parley {
  const log = createLog();
  const clock: Clock = { now: () => Date.now(), newId: () => crypto.randomUUID() };
  const storage = createStorage(context.globalStorageUri, context.storageUri, clock, log.warn);
  const keys = createKeyStore(context.secrets, context.globalState, process.env);
  const connection = createConnection(keys, createClaude);
  const catalogue = createModelCatalogue(storage.modelCache, connection);
  const lastModel = (): ModelChoice | undefined => context.globalState.get(LAST_MODEL);
  const onStorageFailure = (failure: Failure): void => tellStorageFailure(failure, view, log);
  const chats = createChats({ ...storage, clock, connection, catalogue, lastModel, onStorageFailure });
  const statusOf = createStatus(chats, catalogue, connection, keys);
  const refresh = (): void => void view.page?.refreshStatus();
  const keyCommands = createKeyCommands(keys, connection, () => void catalogue.refresh().then(refresh));
  const view: ChatView = registerChatView({
    chats,
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
    onShown: (conversation) => void storage.lastShown.write(conversation),
  });
  const conversations = createConversationCommands(view, chats, storage.store);
  const chooseModel = async (): Promise<ModelChoice | undefined> => {
    const session = (await view.reveal())?.session;
    return session && chooseModelFor(session, chats, catalogue, context.globalState);
  };
  const commands = registerCommands(
    {
      'parley.newConversation': conversations.start,
      'parley.openChat': async () => (await view.reveal())?.focus(),
      'parley.askAboutSelection': () => attachSelection(view),
      'parley.addSelection': () => attachSelection(view),
      'parley.setApiKey': keyCommands.set,
      'parley.removeApiKey': keyCommands.remove,
      'parley.switchProfile': keyCommands.switchProfile,
      'parley.selectModel': chooseModel,
      'parley.selectEffort': async () => chooseEffort((await view.reveal())?.session, chats, catalogue),
      'parley.searchConversations': conversations.search,
      'parley.renameConversation': conversations.rename,
      'parley.deleteConversation': conversations.remove,
      'parley.restoreConversation': conversations.restore,
      'parley.stop': () => view.page?.session.stop(),
      'parley.showLog': log.show,
    },
    log.warn,
  );
  context.subscriptions.push(
    log,
    view,
    commands,
    catalogue.onChanged(refresh),
    keys.onChanged(refresh),
    onSettingsChanged(() => {
      refresh();
      void catalogue.ready();
    }),
  );
  return {
    async settle() {
      await Promise.all([chats.flush(), storage.drafts.settle()]);
    },
  };
}

/** What `activate` keeps of the host. */
export interface Parley {
  /** Resolves when everything is on disk. */
  settle(): Promise<void>;
}

const LAST_MODEL = 'parley.lastModel';

/** The conversation shown last in this workspace, or a new one. */
async function firstSession(chats: Chats, last: unknown): Promise<Session> {
  if (typeof last !== 'string') return chats.create();
  const opened = await chats.open(last);
  return opened.ok ? opened.value : chats.create();
}

async function chooseModelFor(
  session: Session,
  chats: Chats,
  catalogue: ModelCatalogue,
  state: vscode.Memento,
): Promise<ModelChoice | undefined> {
  const model = await pickModel(catalogue, chats.modelOf(session).id);
  if (!model) return undefined;
  session.record({ type: 'modelChosen', model });
  await state.update(LAST_MODEL, model);
  return model;
}

async function chooseEffort(
  session: Session | undefined,
  chats: Chats,
  catalogue: ModelCatalogue,
): Promise<string | undefined> {
  const effort = session && (await pickEffort(catalogue, chats, session));
  if (effort !== undefined) session?.record({ type: 'effortChosen', effort });
  return effort;
}

function tellStorageFailure(failure: Failure, view: ChatView, log: Log): void {
  const { sentence } = adviseOn(failure, vscode.l10n.t);
  log.warn(sentence);
  if (view.page) view.page.tell(sentence);
  else void vscode.window.showErrorMessage(sentence);
}
