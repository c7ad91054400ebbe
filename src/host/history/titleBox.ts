import * as vscode from 'vscode';
import type { Suggested } from './titling.ts';

/** A title that Claude can be asked for while one is typed. */
export interface TitleOffer {
  /** What it costs and who writes it, for the button. */
  readonly words: string;
  suggest(): Promise<Suggested>;
}

/**
 * Asks for a new title. Undefined when cancelled or unchanged. `offer` may come later than the box; where `isWanted`, the
 * title is asked for as soon as the box is there.
 */
export function askForTitle(
  before: string,
  offer: Promise<TitleOffer | undefined>,
  isWanted = false,
): Promise<string | undefined> {
  const box = vscode.window.createInputBox();
  box.title = vscode.l10n.t('Rename Conversation');
  box.value = before;
  box.valueSelection = [0, before.length];
  const validate = (): void => {
    box.validationMessage =
      box.value.trim() === '' ? vscode.l10n.t('A conversation needs a title.') : undefined;
  };

  async function suggest({ suggest: ask }: TitleOffer): Promise<void> {
    box.busy = true;
    const typed = box.value;
    const suggested = await ask();
    box.busy = false;
    if (!suggested.ok) {
      box.validationMessage = {
        message: suggested.sentence,
        severity: vscode.InputBoxValidationSeverity.Error,
      };
      return;
    }
    // What was typed meanwhile is the user's word.
    if (box.value !== typed) return;
    box.value = suggested.title;
    validate();
  }

  void offer.then((offered) => {
    if (!offered) return;
    box.prompt = offered.words;
    box.buttons = [{ iconPath: new vscode.ThemeIcon('sparkle'), tooltip: offered.words }];
    box.onDidTriggerButton(() => void suggest(offered));
    if (isWanted) void suggest(offered);
  });
  return new Promise((resolve) => {
    box.onDidChangeValue(validate);
    box.onDidAccept(() => {
      const title = box.value.trim();
      if (title === '') return validate();
      resolve(title === before ? undefined : title);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}
