import type * as vscode from 'vscode';
import type { Prices } from '../../core/money/money.ts';
import type { AttachmentStore, Clock, ConversationStore } from '../../core/ports.ts';

/** What exports, imports and backups need of the rest. */
export interface ExportParts {
  /** The folder of the storage. */
  readonly folder: vscode.Uri;
  readonly attachments: AttachmentStore;
  readonly store: ConversationStore;
  readonly clock: Pick<Clock, 'now' | 'newId' | 'after'>;
  readonly prices: () => Prices;
  /** Id of the conversation that is shown, or was shown last. */
  readonly shown: () => Promise<string | undefined>;
  /** Resolves when everything that windows hold is on disk. */
  readonly flush: () => Promise<void>;
  /** Shows a conversation. */
  readonly show: (id: string) => Promise<void>;
  /** Folder of VS Code's storages of workspaces with the name that Parley has there; undefined in a window without one. */
  readonly workspace: vscode.Uri | undefined;
  readonly log: (line: string) => void;
}

export interface ExportCommands extends vscode.Disposable {
  /**
   * Each takes the id of a conversation, else the shown one counts, and a place to write to, else the user is asked. They give the place,
   * or undefined when nothing was written. They are loaded when one is first run.
   */
  readonly commands: {
    readonly 'parley.exportMarkdown': (...args: readonly unknown[]) => Promise<vscode.Uri | undefined>;
    readonly 'parley.exportJson': (...args: readonly unknown[]) => Promise<vscode.Uri | undefined>;
    /** Takes the file, else the user is asked. Gives the id of a conversation that it has brought. */
    readonly 'parley.importJson': (...args: readonly unknown[]) => Promise<string | undefined>;
    /** Takes the place to write to. */
    readonly 'parley.backupHistory': (...args: readonly unknown[]) => Promise<vscode.Uri | undefined>;
  };
}

export function createExportCommands(parts: ExportParts): ExportCommands {
  const stop = tidyLater(parts);
  return {
    commands: {
      'parley.exportMarkdown': async (id, target) =>
        (await import('./exporting.ts')).exportMarkdown(parts, id, target),
      'parley.exportJson': async (id, target) =>
        (await import('./exporting.ts')).exportJson(parts, id, target),
      'parley.importJson': async (source) => (await import('./exporting.ts')).importFile(parts, source),
      'parley.backupHistory': async (target) => (await import('./exporting.ts')).backUp(parts, target),
    },
    dispose: stop,
  };
}

/** Tidies up at leisure: not while VS Code starts, and once a day in a window that stays open. Gives a function that calls it off. */
function tidyLater(parts: ExportParts): () => void {
  let stop = parts.clock.after(AFTER_START, tidy);

  function tidy(): void {
    stop = parts.clock.after(DAY, tidy);
    void import('./exporting.ts').then((exporting) => exporting.tidyDaily(parts));
  }

  return () => stop();
}

/** In ms. */
const AFTER_START = 5 * 60 * 1000;
const DAY = 24 * 60 * 60 * 1000;
