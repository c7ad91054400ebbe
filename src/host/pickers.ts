import * as vscode from 'vscode';
import type { ModelChoice, ThinkingMode } from '../core/conversation/model.ts';
import type { Session } from '../core/conversation/session.ts';
import { adviseOn } from '../core/failure.ts';
import { describeModel } from '../core/modelChoice.ts';
import type { ModelInfo } from '../core/modelInfo.ts';
import type { Price } from '../core/money/money.ts';
import { priceOf } from '../core/money/prices.ts';
import { lostUsd } from '../core/money/quote.ts';
import { EFFORTS } from '../core/settings.ts';
import type { Asking } from './asking.ts';
import type { ModelCatalogue } from './modelCatalogue.ts';
import { choose } from './quickPick.ts';
import { usd } from './usd.ts';

/** Lets the user choose among the endpoint's models, or type an id it does not list. Undefined when cancelled. */
export async function pickModel(
  catalogue: ModelCatalogue,
  asking: Asking,
  session: Session,
): Promise<ModelChoice | undefined> {
  await catalogue.ready();
  const current = asking.modelOf(session.conversation).id;
  const prices = asking.prices();
  const warm = await asking.warmTokens(session);
  const problem = await refreshIfEmpty(catalogue);
  const items = catalogue.models.map((model) =>
    modelItem(model, model.id === current, priceOf(prices, model.id), warm),
  );
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
  asking: Asking,
  session: Session,
): Promise<string | undefined> {
  const { conversation } = session;
  const levels = catalogue.find(asking.modelOf(conversation).id)?.efforts ?? [];
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
    placeholder: await priceOfChange(
      asking,
      session,
      vscode.l10n.t('More effort thinks longer and costs more'),
    ),
    active: items.find((item) => item.label === asking.effortOf(conversation)),
  });
  return picked?.label;
}

/** Lets the user turn thinking on or off where the conversation's model allows it. Undefined when cancelled. */
export async function pickThinking(asking: Asking, session: Session): Promise<ThinkingMode | undefined> {
  const { conversation } = session;
  const current = asking.thinkingOf(conversation);
  if (current === undefined) {
    void vscode.window.showInformationMessage(vscode.l10n.t('This model leaves no choice about thinking.'));
    return undefined;
  }
  const on = {
    label: vscode.l10n.t('On'),
    detail: vscode.l10n.t('Claude thinks before it answers.'),
    mode: 'on' as const,
  };
  const off = {
    label: vscode.l10n.t('Off'),
    detail: vscode.l10n.t('Faster and cheaper; effort is at most high.'),
    mode: 'off' as const,
  };
  const picked = await choose<vscode.QuickPickItem & { readonly mode: ThinkingMode }>([on, off], {
    title: vscode.l10n.t('Select Thinking'),
    placeholder: await priceOfChange(asking, session, vscode.l10n.t('Thinking of this conversation')),
    active: current === 'on' ? on : off,
  });
  return picked?.mode;
}

interface ModelItem extends vscode.QuickPickItem {
  readonly model?: ModelInfo;
}

function modelItem(model: ModelInfo, isCurrent: boolean, price: Price | undefined, warm: number): ModelItem {
  const cost = price
    ? vscode.l10n.t('{0} in, {1} out per million tokens', `$${price.input}`, `$${price.output}`)
    : vscode.l10n.t('price unknown');
  const anew =
    price && warm > 0 && !isCurrent
      ? vscode.l10n.t('about {0} to read this conversation anew', usd((warm * price.cacheWrite5m) / 1e6))
      : undefined;
  const description = isCurrent ? vscode.l10n.t('current') : '';
  const detail = [describeModel(model), cost, anew].filter((entry) => entry !== undefined).join(' · ');
  return { label: model.name, description, detail, model };
}

/** What a change of settings costs once, because the cached messages depend on them; `usual` when nothing is cached. */
async function priceOfChange(asking: Asking, session: Session, usual: string): Promise<string> {
  const warm = await asking.warmTokens(session);
  if (warm === 0) return usual;
  const price = priceOf(asking.prices(), asking.modelOf(session.conversation).id);
  return price
    ? vscode.l10n.t(
        'A change has {0} cached tokens read anew, once, for about {1}',
        warm.toLocaleString(vscode.env.language),
        usd(lostUsd({ tokens: warm }, price)),
      )
    : vscode.l10n.t(
        'A change has {0} cached tokens read anew, once',
        warm.toLocaleString(vscode.env.language),
      );
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
