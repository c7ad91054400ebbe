import * as vscode from 'vscode';
import { checkKey, type KeyProblem, originOf } from '../core/apiKey.ts';
import type { Failure } from '../core/conversation/model.ts';
import { adviseOn } from '../core/failure.ts';
import type { Connection } from './connection.ts';
import type { KeyStore } from './keyStore.ts';

/** How long a key's trial may take, in ms. */
const TRIAL_TIMEOUT = 15_000;

export interface KeyCommands {
  /** Asks for a key and tries it at once. True when it is stored. */
  set(): Promise<boolean>;
  /** Takes over the key of the environment, after trying it. True when it is stored. */
  importFromEnvironment(): Promise<boolean>;
  remove(): Promise<void>;
  switchProfile(): Promise<void>;
}

export function createKeyCommands(
  keys: KeyStore,
  connection: Connection,
  onChanged: () => void,
): KeyCommands {
  async function store(profile: string, key: string): Promise<void> {
    const address = connection.address();
    if (!address.ok) return;
    await keys.set(profile, originOf(address.value), key);
    await keys.activate(profile);
    onChanged();
  }

  async function failureOf(key: string): Promise<Failure | undefined> {
    const claude = await connection.trial(key);
    if (!claude.ok) return claude.failure;
    const models = await claude.value.models(TRIAL_TIMEOUT);
    return models.ok ? undefined : models.failure;
  }

  async function setFor(profile: string): Promise<boolean> {
    const key = await askForKey({
      profile,
      host: connection.foreignHost(),
      offered: keys.offered(),
      failureOf,
    });
    if (key === undefined) return false;
    await store(profile, key);
    void vscode.window.showInformationMessage(
      vscode.l10n.t('The API key is stored for profile "{0}".', profile),
    );
    return true;
  }

  return {
    set: () => setFor(keys.active),
    async importFromEnvironment() {
      const key = keys.offered();
      if (key === undefined) return setFor(keys.active);
      const failure = await failureOf(key);
      if (failure && !mayBeKeptUnchecked(failure)) {
        void vscode.window.showErrorMessage(sentenceOf(failure));
        return false;
      }
      await store(keys.active, key);
      if (failure) void vscode.window.showWarningMessage(sentenceOf(failure));
      return true;
    },
    async remove() {
      const profile = await vscode.window.showQuickPick(await keys.profiles(), {
        title: vscode.l10n.t('Remove API Key'),
        placeHolder: vscode.l10n.t('The key of which profile?'),
      });
      if (profile === undefined) return;
      await keys.remove(profile);
      onChanged();
      void vscode.window.showInformationMessage(
        vscode.l10n.t('The API key of profile "{0}" is removed.', profile),
      );
    },
    async switchProfile() {
      const create = vscode.l10n.t('New Profile…');
      const picked = await vscode.window.showQuickPick(
        [
          ...(await keys.profiles()).map((label) => describe(label, keys.active)),
          { label: create, alwaysShow: true },
        ],
        {
          title: vscode.l10n.t('Switch Profile'),
          placeHolder: vscode.l10n.t('Each profile has its own API key'),
        },
      );
      if (picked === undefined) return;
      if (picked.label !== create) {
        await keys.activate(picked.label);
        return onChanged();
      }
      const name = await askForName(await keys.profiles());
      if (name !== undefined) await setFor(name);
    },
  };
}

function describe(label: string, active: string): vscode.QuickPickItem {
  return label === active ? { label, description: vscode.l10n.t('active') } : { label };
}

async function askForName(taken: readonly string[]): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('New Profile'),
    prompt: vscode.l10n.t('A name such as "Work"'),
    validateInput(value) {
      if (value.trim() === '') return vscode.l10n.t('A profile needs a name.');
      return taken.includes(value.trim()) ? vscode.l10n.t('There is a profile of that name.') : undefined;
    },
  });
  return name?.trim();
}

interface KeyQuestion {
  readonly profile: string;
  /** Where the key will be sent, when that is not Anthropic. */
  readonly host: string | undefined;
  /** The key of the environment, which a button of the box takes over. */
  readonly offered: string | undefined;
  readonly failureOf: (key: string) => Promise<Failure | undefined>;
}

/**
 * The input box stays open until the key works, the user gives up, or (where the server cannot be reached)
 * Enter is pressed a second time to keep the key unchecked. The key is never echoed.
 */
function askForKey({ profile, host, offered, failureOf }: KeyQuestion): Promise<string | undefined> {
  const box = vscode.window.createInputBox();
  box.title = vscode.l10n.t('API Key for Profile "{0}"', profile);
  box.prompt = host
    ? vscode.l10n.t('Kept in the secret storage of VS Code and sent to {0} only.', host)
    : vscode.l10n.t(
        'From console.anthropic.com. Kept in the secret storage of VS Code, sent to Anthropic only.',
      );
  box.placeholder = 'sk-ant-…';
  box.password = true;
  box.ignoreFocusOut = true;
  if (offered !== undefined) box.buttons = [importButton()];
  let unchecked: string | undefined;

  return new Promise((resolve) => {
    box.onDidChangeValue(() => {
      box.validationMessage = undefined;
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.onDidTriggerButton(() => {
      box.value = offered ?? '';
      void accept();
    });
    box.onDidAccept(accept);

    async function accept(): Promise<void> {
      if (box.busy) return;
      const checked = checkKey(box.value);
      if ('problem' in checked) {
        box.validationMessage = problemSentence(checked.problem);
        return;
      }
      if (checked.key === unchecked) return finish(checked.key);
      box.busy = true;
      box.enabled = false;
      const failure = await failureOf(checked.key);
      box.busy = false;
      box.enabled = true;
      if (!failure) return finish(checked.key);
      unchecked = mayBeKeptUnchecked(failure) ? checked.key : undefined;
      box.validationMessage = unchecked ? warning(sentenceOf(failure)) : sentenceOf(failure);
    }

    function finish(key: string): void {
      resolve(key);
      box.hide();
    }
    box.show();
  });
}

function importButton(): vscode.QuickInputButton {
  const tooltip = vscode.l10n.t('Use the key from ANTHROPIC_API_KEY');
  return { iconPath: new vscode.ThemeIcon('terminal'), tooltip };
}

function warning(sentence: string): vscode.InputBoxValidationMessage {
  const message = vscode.l10n.t('{0} Press Enter again to keep the key unchecked.', sentence);
  return { message, severity: vscode.InputBoxValidationSeverity.Warning };
}

/** A key that nobody has refused may be right: the network, the proxy or a gateway without a model list is at fault. */
function mayBeKeptUnchecked(failure: Failure): boolean {
  return !['noKey', 'badKey', 'forbidden', 'badAddress'].includes(failure.kind);
}

function sentenceOf(failure: Failure): string {
  return adviseOn(failure, vscode.l10n.t).sentence;
}

function problemSentence(problem: KeyProblem): string {
  switch (problem) {
    case 'empty':
      return vscode.l10n.t('Paste the key here, or press Escape to leave things as they are.');
    case 'innerSpace':
      return vscode.l10n.t(
        'There is a space or line break inside the key. Copy the key alone and paste it again.',
      );
    case 'strangeCharacter':
      return vscode.l10n.t(
        'The key holds a character that no API key has. Copy it again from the Claude Console.',
      );
  }
}
