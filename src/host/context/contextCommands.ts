import type * as vscode from 'vscode';
import type { ContextView, ContextViewParts } from './contextView.ts';

/** What the commands of the context do. */
export interface ContextCommands {
  readonly table: ContextView['commands'];
  pinAt(uri: vscode.Uri): Promise<string>;
}

export function createContextCommands({ repack, warm, countTokens }: ContextViewParts): ContextCommands {
  return {
    table: {
      'parley.pinToContext': () => undefined,
      'parley.unpinFromContext': () => undefined,
      'parley.repackContext': repack,
      'parley.warmContext': warm,
      'parley.showContext': () => undefined,
      'parley.countContextTokens': countTokens,
      'parley.useContextSet': () => undefined,
      'parley.saveContextSet': () => undefined,
    },
    pinAt: async () => '',
  };
}
