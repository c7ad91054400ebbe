import * as path from 'node:path';
import type * as vscode from 'vscode';
import type { AttachmentStore, Clock, SpendingLog } from '../../core/ports.ts';
import { createAttachmentStore } from './attachmentStore.ts';
import { createConversationStore, type FileConversationStore } from './conversationStore.ts';
import { createDerivedFiles, type DerivedFiles } from './derivedFiles.ts';
import { createDraftStore, type DraftStore } from './draftStore.ts';
import { createEndpointMemory, type EndpointMemory } from './endpointMemory.ts';
import { followJournal, type JournalListener } from './journalFollower.ts';
import { createJsonCache, type JsonCache } from './jsonCache.ts';
import { createSpendingLog } from './spendingLog.ts';
import { createWriterLock, type WriterLock } from './writerLock.ts';

/** Everything of Parley that lies on disk. */
export interface Storage {
  readonly store: FileConversationStore;
  readonly lock: WriterLock;
  /** Reads along in a conversation that another window writes. Gives a function that ends it. */
  readonly follow: (id: string, listener: JournalListener) => () => void;
  /** The index of the list and that of the search. */
  readonly derived: DerivedFiles;
  readonly drafts: DraftStore;
  readonly modelCache: JsonCache;
  readonly attachments: AttachmentStore;
  readonly spending: SpendingLog;
  /** What endpoints have refused. */
  readonly endpoints: EndpointMemory;
  /** Id of the conversation this workspace showed last. */
  readonly lastShown: JsonCache;
  /** What is pinned to this workspace, and the packs that its conversations began with. */
  readonly pins: JsonCache;
  readonly revisions: JsonCache;
  /** Names this workspace as VS Code does; undefined in an empty window. */
  readonly workspace: string | undefined;
}

/** Conversations are shared by all workspaces of this machine; what was shown last and what is pinned belong to one. */
export function createStorage(
  shared: vscode.Uri,
  workspace: vscode.Uri | undefined,
  clock: Pick<Clock, 'now' | 'newId'>,
  log: (line: string) => void,
): Storage {
  const root = shared.fsPath;
  const own = (workspace ?? shared).fsPath;
  const lock = createWriterLock(path.join(root, 'conversations'));
  return {
    lock,
    follow: (id, listener) => followJournal(path.join(root, 'conversations', `${id}.jsonl`), id, listener),
    store: createConversationStore(root, lock, clock, log),
    derived: createDerivedFiles(root),
    drafts: createDraftStore(root, log),
    modelCache: createJsonCache(path.join(root, 'models.json')),
    attachments: createAttachmentStore(path.join(root, 'attachments')),
    spending: createSpendingLog(path.join(root, 'spending'), log),
    endpoints: createEndpointMemory(createJsonCache(path.join(root, 'endpoints.json')), clock.now),
    lastShown: createJsonCache(path.join(own, 'lastShown.json')),
    pins: createJsonCache(path.join(own, 'pins.json')),
    revisions: createJsonCache(path.join(own, 'revisions.json')),
    workspace: workspace && workspaceName(path.basename(path.dirname(workspace.fsPath))),
  };
}

/** A second window of the same folder may be given a storage of its own, named after the first with a number. */
function workspaceName(folder: string): string {
  return folder.replace(/(?<=.)-\d+$/, '');
}
