import * as vscode from 'vscode';
import type { ModelChoice } from '../core/conversation/model.ts';
import type { Session } from '../core/conversation/session.ts';
import { adviseOn } from '../core/failure.ts';
import { describeModel } from '../core/modelChoice.ts';
import type { ModelInfo } from '../core/modelInfo.ts';
import { EFFORTS } from '../core/settings.ts';
import type { Chats } from './chats.ts';
import type { ModelCatalogue } from './modelCatalogue.ts';
import { choose } from './quickPick.ts';

/** Lets the user choose among the endpoint's models, or type an id it does not list. Undefined when cancelled. */
export async function pickModel(
  catalogue: ModelCatalogue,
  current: string,
): Promise<ModelChoice | undefined> {
  await catalogue.ready();
  const problem = await refreshIfEmpty(catalogue);
  const items = catalogue.models.map((model) => modelItem(model, current));
  const detail = vscode.l10n.t('Type an id that is not in the list');
  const other: ModelItem = { label: vscode.l10n.t('Another Model…'), detail, alwaysShow: true };
  const picked = await choose<ModelItem>([...items, other], {
    title: vscode.l10n.t('Select Model'),
    placeholder: problem ?? vscode.l10n.t('Model for this conversation and new ones'),
    active: items.find((item) => item.model?.id === current),
  });
  if (picked?.model) return { id: picked.model.id, name: picked.model.name };
  return picked ? askForModel(catalogue) : undefined;
}

/** Lets the user choose among the effort levels of the conversation's model. Undefined when cancelled. */
export async function pickEffort(
  catalogue: ModelCatalogue,
  chats: Chats,
  session: Session,
): Promise<string | undefined> {
  const levels = catalogue.find(chats.modelOf(session).id)?.efforts ?? [];
  if (levels.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('This model takes no effort level.'));
    return undefined;
  }
  const known: readonly string[] = EFFORTS;
  const ordered = [
    ...known.filter((level) => levels.includes(level)),
    ...levels.filter((level) => !known.includes(level)),
  ];
  const items = ordered.map((label) => ({ label }));
  const picked = await choose(items, {
    title: vscode.l10n.t('Select Effort'),
    placeholder: vscode.l10n.t('More effort thinks longer and costs more'),
    active: items.find((item) => item.label === chats.effortOf(session)),
  });
  return picked?.label;
}

interface ModelItem extends vscode.QuickPickItem {
  readonly model?: ModelInfo;
}

function modelItem(model: ModelInfo, current: string): ModelItem {
  const description = model.id === current ? vscode.l10n.t('current') : '';
  return { label: model.name, description, detail: describeModel(model), model };
}

async function askForModel(catalogue: ModelCatalogue): Promise<ModelChoice | undefined> {
  const id = (await vscode.window.showInputBox({ title: vscode.l10n.t('Model Id') }))?.trim();
  return id ? { id, name: catalogue.find(id)?.name ?? id } : undefined;
}

/** The sentence that says why the list is empty, or undefined when it is not. */
async function refreshIfEmpty(catalogue: ModelCatalogue): Promise<string | undefined> {
  if (catalogue.models.length > 0) return undefined;
  const asked = await catalogue.refresh();
  return asked.ok ? undefined : adviseOn(asked.failure, vscode.l10n.t).sentence;
}
