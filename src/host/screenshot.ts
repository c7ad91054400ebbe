import * as vscode from 'vscode';
import { findScreenshotTool, isOnPath, takeScreenshot } from './storage/screenshotTool.ts';
import type { FoundPicture } from './workspace/found.ts';

/** Taking a picture of the screen, where the system has a tool for it. */
export interface ScreenshotCommand {
  /** False until the tool has been looked for, and where there is none. */
  readonly available: boolean;
  /** Undefined when the user gave up, or when it failed, which is told. */
  take(): Promise<FoundPicture | undefined>;
}

/** `context key` of the command, which is absent where it cannot work. */
const CAN_TAKE = 'parley.canTakeScreenshot';

/** In a remote window this code runs on another machine than the screen: there is nothing to take a picture of. */
export function createScreenshot(): ScreenshotCommand {
  const { env, platform } = process;
  const isHere = vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop;
  const finding = isHere
    ? findScreenshotTool(platform, env, isOnPath(env.PATH ?? '', platform))
    : Promise.resolve(undefined);
  let available = false;
  void finding.then((tool) => {
    available = tool !== undefined;
    void vscode.commands.executeCommand('setContext', CAN_TAKE, available);
  });
  return {
    get available() {
      return available;
    },
    async take() {
      const tool = await finding;
      if (!tool) {
        void vscode.window.showWarningMessage(
          vscode.l10n.t('This system has no tool for screenshots that Parley knows.'),
        );
        return undefined;
      }
      const made = await takeScreenshot(tool, env);
      if (made.outcome === 'taken') return { label: 'screenshot.png', bytes: made.bytes };
      if (made.outcome === 'failed') {
        void vscode.window.showWarningMessage(
          vscode.l10n.t('{0} could not take a screenshot: {1}', tool.name, made.complaint),
        );
      }
      return undefined;
    },
  };
}
