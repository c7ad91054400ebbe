import * as vscode from 'vscode';
import type { Session } from '../core/conversation/session.ts';
import { adviseOn } from '../core/failure.ts';
import { describeModel } from '../core/modelChoice.ts';
import type { ModelInfo } from '../core/ports.ts';
import { EFFORTS } from '../core/settings.ts';
import type { Chats } from './chats.ts';
import type { ModelCatalogue } from './modelCatalogue.ts';

/** Lets the user choose among the endpoint's models, or type an id it does not list. Undefined when cancelled. */
export async function pickModel(
  catalogue: ModelCatalogue,
  current: string,
): Promise<{ readonly id: string; readonly name: string } | undefined> {
  await catalogue.ready();
  const asked = await refreshIfEmpty(catalogue);
  const other = vscode.l10n.t('Another Model…');
  const items = catalogue.models.map((model) => modelItem(model, current));
  const picked = await vscode.window.showQuickPick<vscode.QuickPickItem & { model?: ModelInfo }>(
    [
      ...items,
      { label: other, detail: vscode.l10n.t('Type an id that is not in the list'), alwaysShow: true },
    ],
    {
      title: vscode.l10n.t('Select Model'),
      placeHolder: asked ?? vscode.l10n.t('Model for this conversation and new ones'),
      matchOnDetail: true,
    },
  );
  if (picked === undefined) return undefined;
  if (picked.model) return { id: picked.model.id, name: picked.model.name };
  const id = (await vscode.window.showInputBox({ title: vscode.l10n.t('Model Id') }))?.trim();
  return id ? { id, name: catalogue.find(id)?.name ?? id } : undefined;
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
  const current = chats.effortOf(session);
  const ordered = [
    ...EFFORTS.filter((level) => levels.includes(level)),
    ...levels.filter((level) => !isEffort(level)),
  ];
  const picked = await vscode.window.showQuickPick(
    ordered.map((label) =>
      label === current ? { label, description: vscode.l10n.t('current') } : { label },
    ),
    {
      title: vscode.l10n.t('Select Effort'),
      placeHolder: vscode.l10n.t('More effort thinks longer and costs more'),
    },
  );
  return picked?.label;
}

function isEffort(level: string): boolean {
  return EFFORTS.some((known) => known === level);
}

function modelItem(model: ModelInfo, current: string): vscode.QuickPickItem & { model: ModelInfo } {
  const description = model.id === current ? vscode.l10n.t('current') : '';
  return { label: model.name, description, detail: describeModel(model), model };
}

/** The sentence that says why the list is empty, or undefined when it is not. */
async function refreshIfEmpty(catalogue: ModelCatalogue): Promise<string | undefined> {
  if (catalogue.models.length > 0) return undefined;
  const asked = await catalogue.refresh();
  return asked.ok ? undefined : adviseOn(asked.failure, vscode.l10n.t).sentence;
}
