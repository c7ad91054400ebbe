import * as vscode from 'vscode';
import type { Conversation } from '../../core/conversation/model.ts';
import type { AttachmentStore, ConversationSummary, Result } from '../../core/ports.ts';
import type { CommandId } from '../../core/settings.ts';
import type { ChatView } from '../chat/chatView.ts';
import type { Sources } from '../chat/wishes.ts';
import type { CommandTable } from '../commands.ts';
import { createMentions } from '../mentions/mentions.ts';
import { createScreenshot } from '../screenshot.ts';
import { changes, commit, recentCommits } from '../workspace/changes.ts';
import { conversationExcerpt } from '../workspace/conversations.ts';
import { createDebugConsole } from '../workspace/debugConsole.ts';
import { createFiles } from '../workspace/files.ts';
import { folderListing } from '../workspace/folders.ts';
import { type Found, foundNothing, foundPart, NOTHING } from '../workspace/found.ts';
import { fileProblems, problemAt, workspaceProblems } from '../workspace/problems.ts';
import { selectedCode } from '../workspace/selection.ts';
import { symbolParts, workspaceSymbols } from '../workspace/symbols.ts';
import { terminalSelection } from '../workspace/terminal.ts';
import { testFailure } from '../workspace/testFailures.ts';
import { chooseContext } from './contextMenu.ts';
import { registerExplainAction } from './explainAction.ts';
import { createGestures, findAll } from './gestures.ts';
import { pickChanges, pickProblems, pickSymbol } from './pickers.ts';

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
  readonly view: () => ChatView;
  readonly attachments: AttachmentStore;
  readonly conversations: {
    list(): Promise<readonly ConversationSummary[]>;
    read(id: string): Promise<Result<Conversation>>;
  };
}

export function createAttaching({ view, attachments, conversations }: AttachingParts): Attaching {
  const { foundAt, foundInBytes } = createFiles(attachments);
  const debugConsole = createDebugConsole();
  const screenshot = createScreenshot();
  const listing = (uri: vscode.Uri): Promise<Found> => folderListing(uri, NEVER.token);
  const gestures = createGestures({ view, foundAt, folderListing: listing });
  const mentions = createMentions({
    foundAt,
    folderListing: listing,
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
      return part.text === '' ? foundNothing(vscode.l10n.t('Nothing was said there yet.')) : foundPart(part);
    },
  });
  const pickers = {
    changes,
    commit,
    recentCommits,
    fileProblems,
    workspaceProblems,
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
      'parley.addSymbol': () => picked(pickSymbol(pickers)),
      'parley.addProblems': (uri) =>
        uri instanceof vscode.Uri ? gestures.add(() => fileProblems(uri)) : picked(pickProblems(pickers)),
      'parley.addTerminalSelection': () => gestures.add(terminalSelection),
      'parley.addChanges': (group) => {
        const which = groupOf(group);
        return which ? gestures.add(() => changes(which)) : picked(pickChanges(pickers));
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
      at: (uris) => findAll(urisIn(uris), foundAt, listing),
      mentions,
    },
    dispose() {
      explain.dispose();
      mentions.dispose();
      debugConsole.dispose();
    },
  };
}

/** A listing that is asked for by one gesture runs to its end. */
const NEVER = new vscode.CancellationTokenSource();

/** The selection of the editor used last, or the symbol around its cursor. */
async function selection(): Promise<Found> {
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
  if (!editor) return foundNothing(vscode.l10n.t(NO_TEXT));
  const parts = await selectedCode(editor);
  const nothing = vscode.l10n.t('There is no text at the cursor to ask about.');
  return parts.length === 0 ? foundNothing(nothing) : { ...NOTHING, parts };
}

const NO_TEXT = 'Open a text editor first; an image or another binary file has no text to select.';

/** A quick fix says where the problem is; from the palette it is the one at the cursor. */
async function problemFound(uri: unknown, range: unknown): Promise<Found> {
  if (uri instanceof vscode.Uri && range instanceof vscode.Range) return problemAt(uri, range);
  const editor = vscode.window.activeTextEditor;
  return editor ? problemAt(editor.document.uri, editor.selection) : selection();
}

/** The groups of the Source Control view that git has. */
function groupOf(group: unknown): 'staged' | 'unstaged' | undefined {
  if (typeof group !== 'object' || group === null || !('id' in group)) return undefined;
  if (group.id === 'index') return 'staged';
  return group.id === 'workingTree' ? 'unstaged' : undefined;
}

/** URIs one a line, as drags carry them; a line that is none is passed over. */
function urisIn(list: string): readonly vscode.Uri[] {
  return list.split(/\r?\n/).flatMap((line) => {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return [];
    try {
      return [vscode.Uri.parse(text, true)];
    } catch {
      return [];
    }
  });
}
