import * as vscode from 'vscode';
import type { ContextFacts } from '../../core/context/facts.ts';
import type { Pin } from '../../core/context/pinned.ts';
import type { CommandId } from '../../core/settings.ts';
import type { CommandTable } from '../commands.ts';
import type { FileList } from '../mentions/fileList.ts';
import { createContextCommands } from './contextCommands.ts';
import { createContextDocument } from './contextDocument.ts';
import type { PinnedFiles } from './pinning/pinnedFiles.ts';
import { givenIn, pathsInMenus } from './pinning.ts';
import { createContextTree } from './tree/contextTree.ts';

/** The commands of the workspace's context. */
export type ContextCommand = Extract<CommandId, `parley.${string}Context${string}`>;

/** What the user sees of the workspace's context: the tree, its commands, the text that is sent. */
export interface ContextView extends vscode.Disposable {
  readonly commands: Pick<CommandTable, ContextCommand>;
  /** Pins a file or folder; says so in a sentence, or why it cannot be pinned. */
  pinAt(uri: vscode.Uri): Promise<string>;
}

export interface ContextViewParts {
  readonly pinned: PinnedFiles;
  /** The files of the workspace, shared with the `@` list. */
  readonly files: Pick<FileList, 'current' | 'beyond'>;
  /** The context as it stands for the conversation that is shown. Never rejects. */
  facts(): Promise<ContextFacts>;
  readonly onFactsChanged: vscode.Event<void>;
  /** Has the next question take a fresh pack; what became of it as a sentence, undefined where there was nothing to say. */
  repack(): Promise<string | undefined>;
  /** Writes the context into the cache ahead; what became of it as a sentence. */
  warm(): Promise<string | undefined>;
  /** Exactly the text of the context that is sent; undefined where none is. */
  shownText(): Promise<string | undefined>;
  /** Tokens of the context as the API counts them; undefined where it could not be asked, which is told. */
  countTokens(): Promise<number | undefined>;
  /** Files of the workspace that a document imports. */
  importsOf(document: vscode.TextDocument): Promise<readonly vscode.Uri[]>;
}

export function createContextView(parts: ContextViewParts): ContextView {
  const document = createContextDocument(parts.shownText, parts.onFactsChanged);
  const tree = createContextTree({
    ...parts,
    now: () => Date.now(),
    drop: async (uris) => {
      const given = await givenIn([undefined, uris]);
      if (given) await commands.pin(given);
    },
  });
  const commands = createContextCommands({
    ...parts,
    document,
    tell,
    reveal: tree.reveal,
    selected: tree.selected,
  });
  const keys = followPinned(parts.pinned);
  return {
    commands: commands.table,
    pinAt: commands.pinAt,
    dispose: () => vscode.Disposable.from(keys, tree, document).dispose(),
  };
}

/** Menus offer to unpin what is pinned by itself, and to pin what is not; and some commands do something with pins only. */
function followPinned(pinned: PinnedFiles): vscode.Disposable {
  let told: readonly Pin[] = [];
  const tellKey = (): void => {
    const { pins } = pinned;
    if (pins === told) return;
    told = pins;
    void vscode.commands.executeCommand('setContext', 'parley.pinned', pathsInMenus(pins));
    void vscode.commands.executeCommand('setContext', 'parley.hasPins', pins.length > 0);
  };
  void pinned.ready().then(tellKey);
  return pinned.onChanged(tellKey);
}

function tell(sentence: string): void {
  void vscode.window.showInformationMessage(sentence);
}
