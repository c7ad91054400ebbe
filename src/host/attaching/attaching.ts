import * as vscode from 'vscode';
import type { Conversation } from '../../core/conversation/model.ts';
import type { AttachmentStore, ConversationSummary, Result } from '../../core/ports.ts';
import type { CommandId } from '../../core/settings.ts';
import type { ChatView } from '../chat/chatView.ts';
import type { Sources } from '../chat/wishes.ts';
import type { CommandTable } from '../commands.ts';
import type { FileList } from '../mentions/fileList.ts';
import { mentionsWhenAsked } from '../mentions/mentionsWhenAsked.ts';
import { createScreenshot } from '../screenshot.ts';
import { changes, commit, recentCommits, rootOf } from '../workspace/changes.ts';
import { conversationExcerpt } from '../workspace/conversations.ts';
import { createDebugConsole } from '../workspace/debugConsole.ts';
import { createFiles } from '../workspace/files.ts';
import { folderListing } from '../workspace/folders.ts';
import { type Found, foundNothing, foundPart, NOTHING } from '../workspace/found.ts';
import { fileProblems, problemAt, workspaceProblems } from '../workspace/problems.ts';
import { selectedCode } from '../workspace/selection.ts';
import { activeSymbols, symbolParts, workspaceSymbols } from '../workspace/symbols.ts';
import { terminalSelection } from '../workspace/terminal.ts';
import { testFailure } from '../workspace/testFailures.ts';
import { chooseContext } from './contextMenu.ts';
import { droppedIn } from './dropped.ts';
import { registerExplainAction } from './explainAction.ts';
import { findAll } from './findAll.ts';
import { createGestures } from './gestures.ts';
import { cancellable } from './longWork.ts';
import { pickChanges, pickProblems, pickSymbol } from './pickers.ts';
import { changesMeant } from './sourceControl.ts';

/** The commands that put things in front of Claude. */
export type AttachingCommand = Extract<
  CommandId,
  | 'parley.askAboutSelection'
  | 'parley.attach'
  | `parley.add${string}`
  | `parley.attach${string}`
  | 'parley.explainProblem'
  | 'parley.pasteImage'
  | 'parley.takeScreenshot'
>;

/** Everything that can be attached, from wherever it is asked for. */
export interface Attaching extends vscode.Disposable {
  readonly commands: Pick<CommandTable, AttachingCommand>;
  /** For what the page asks for. */
  readonly sources: Sources;
}

export interface AttachingParts {
  /** The files of the workspace; disposed with this. */
  readonly files: FileList;
  readonly view: () => ChatView;
  readonly attachments: AttachmentStore;
  readonly conversations: {
    list(): Promise<readonly ConversationSummary[]>;
    read(id: string): Promise<Result<Conversation>>;
  };
}

export function createAttaching({ files, view, attachments, conversations }: AttachingParts): Attaching {
  const { foundAt, foundInBytes } = createFiles(attachments);
  const debugConsole = createDebugConsole();
  const screenshot = createScreenshot();
  const finders = { foundAt, folderListing };
  const gestures = createGestures({ view, ...finders });
  const mentions = mentionsWhenAsked(
    {
      foundAt,
      folderListing: (uri) => found((token) => folderListing(uri, token)),
      symbolParts,
      workspaceSymbols,
      fileProblems,
      workspaceProblems,
      changes,
      commit,
      recentCommits,
      terminalSelection,
      selection,
      conversations: conversations.list,
      conversation: async (id) => {
        const read = await conversations.read(id);
        const part = read.ok ? conversationExcerpt(read.value) : undefined;
        if (!part) return foundNothing(vscode.l10n.t('That conversation cannot be read any more.'));
        return part.text === ''
          ? foundNothing(vscode.l10n.t('Nothing was said there yet.'))
          : foundPart(part);
      },
    },
    files,
  );
  const pickers = {
    changes,
    commit,
    recentCommits,
    fileProblems,
    workspaceProblems,
    activeSymbols,
    workspaceSymbols,
    symbolParts,
  };
  const picked = async (pick: Promise<Found | undefined>): Promise<number> => {
    const found = await pick;
    return found ? gestures.add(async () => found) : 0;
  };
  const explain = registerExplainAction();

  return {
    commands: {
      'parley.askAboutSelection': () => gestures.add(selection),
      'parley.addSelection': () => gestures.add(selection),
      'parley.attach': () =>
        chooseContext({ pickFiles: gestures.pickFiles, canTakeScreenshot: screenshot.available }),
      'parley.addToChat': (...args) => gestures.addAt(args),
      'parley.addFolderListing': gestures.pickFolder,
      'parley.addSymbol': (symbol) =>
        symbol instanceof vscode.SymbolInformation
          ? gestures.add(() => symbolParts(symbol))
          : picked(pickSymbol(pickers)),
      'parley.addProblems': (uri) =>
        uri instanceof vscode.Uri ? gestures.add(() => fileProblems(uri)) : picked(pickProblems(pickers)),
      'parley.addTerminalSelection': () => gestures.add(() => terminalSelection()),
      'parley.addChanges': async (given) => {
        const { which, root, file } = changesMeant(given);
        const repository = root ?? (file && (await rootOf(file)));
        return which
          ? gestures.add(() => changes(which, repository))
          : picked(pickChanges(pickers, repository));
      },
      'parley.addDebugConsole': () => gestures.add(debugConsole.found),
      'parley.addTestFailure': (...args) => gestures.add(() => testFailure(args)),
      'parley.explainProblem': (uri, range) =>
        gestures.ask(
          () => problemFound(uri, range),
          vscode.l10n.t('Explain this problem and how to fix it.'),
        ),
      'parley.attachImage': gestures.pickImages,
      'parley.attachImageUrl': gestures.imageByAddress,
      'parley.pasteImage': gestures.pasteImage,
      'parley.takeScreenshot': async () => {
        const picture = await screenshot.take();
        return picture ? gestures.add(async () => ({ ...NOTHING, pictures: [picture] })) : 0;
      },
    },
    sources: {
      inBytes: foundInBytes,
      at: (uris) => found((token) => findAll(droppedIn(uris), finders, token)),
      mentions,
    },
    dispose() {
      explain.dispose();
      mentions.dispose();
      debugConsole.dispose();
    },
  };
}

function found(find: (token: vscode.CancellationToken) => Promise<Found>): Promise<Found> {
  return cancellable(vscode.l10n.t('Finding what to attach'), find);
}

/** The selection of the editor used last, or the symbol around its cursor. */
async function selection(): Promise<Found> {
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
  if (!editor) {
    return foundNothing(
      vscode.l10n.t('Open a text editor first; an image or another binary file has no text to select.'),
    );
  }
  const parts = await selectedCode(editor);
  const nothing = vscode.l10n.t('There is no text at the cursor to ask about.');
  return parts.length === 0 ? foundNothing(nothing) : { ...NOTHING, parts };
}

/** A quick fix says where the problem is; from the palette it is the one at the cursor. */
async function problemFound(uri: unknown, range: unknown): Promise<Found> {
  if (uri instanceof vscode.Uri && range instanceof vscode.Range) return problemAt(uri, range);
  const editor = vscode.window.activeTextEditor;
  return editor ? problemAt(editor.document.uri, editor.selection) : selection();
}
