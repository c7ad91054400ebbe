import * as vscode from 'vscode';
import { onSettingsChanged } from '../settings.ts';
import { onInstructionFilesChanged, readInstructionFiles } from './instructionFiles.ts';

type InstructionFiles = Awaited<ReturnType<typeof readInstructionFiles>>;

/** The instruction files of the workspace, read on first use and again after they have changed. */
export interface Instructions extends vscode.Disposable {
  read(): Promise<InstructionFiles>;
  readonly onChanged: vscode.Event<void>;
}

export function createInstructions(log: (line: string) => void): Instructions {
  const changed = new vscode.EventEmitter<void>();
  let known: Promise<InstructionFiles> | undefined;
  const forget = (): void => {
    known = undefined;
    changed.fire();
  };
  const watching = onInstructionFilesChanged(forget);
  const settings = onSettingsChanged(forget);
  return {
    onChanged: changed.event,
    read() {
      known ??= readInstructionFiles(log);
      return known;
    },
    dispose() {
      watching.dispose();
      settings.dispose();
      changed.dispose();
    },
  };
}
