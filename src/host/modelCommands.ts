import type * as vscode from 'vscode';
import type { ModelChoice, ThinkingMode } from '../core/conversation/model.ts';
import type { Session } from '../core/conversation/session.ts';
import type { Asking } from './asking.ts';
import type { ChatView } from './chat/chatView.ts';
import type { ModelCatalogue } from './modelCatalogue.ts';
import { pickEffort, pickModel, pickThinking } from './pickers.ts';

/** What the shown conversation is answered with. Each command resolves with the choice, undefined when cancelled. */
export interface ModelCommands {
  model(): Promise<ModelChoice | undefined>;
  effort(): Promise<string | undefined>;
  thinking(): Promise<ThinkingMode | undefined>;
  /** The model chosen last, for new conversations. */
  last(): ModelChoice | undefined;
}

const LAST_MODEL = 'parley.lastModel';

export function createModelCommands(
  view: () => ChatView,
  asking: () => Asking,
  catalogue: ModelCatalogue,
  state: vscode.Memento,
): ModelCommands {
  const shown = async (): Promise<Session | undefined> => (await view().reveal())?.session;

  return {
    last: () => state.get(LAST_MODEL),
    async model() {
      const session = await shown();
      const model = session && (await pickModel(catalogue, asking(), session));
      if (!model) return undefined;
      session.record({ type: 'modelChosen', model });
      await state.update(LAST_MODEL, model);
      return model;
    },
    async effort() {
      const session = await shown();
      const effort = session && (await pickEffort(catalogue, asking(), session));
      if (effort !== undefined) session?.record({ type: 'effortChosen', effort });
      return effort;
    },
    async thinking() {
      const session = await shown();
      const thinking = session && (await pickThinking(asking(), session));
      if (thinking !== undefined) session?.record({ type: 'thinkingChosen', thinking });
      return thinking;
    },
  };
}
