import * as vscode from 'vscode';
import {
  findScreenshotTool,
  isOnPath,
  type Screenshot,
  type ScreenshotTool,
  takeScreenshot,
} from './storage/screenshotTool.ts';
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

/** What taking a picture needs of the system and of VS Code. */
export interface ScreenshotParts {
  /** Whether the screen belongs to the machine that this code runs on. */
  readonly isHere: boolean;
  readonly find: () => Promise<ScreenshotTool | undefined>;
  readonly take: (tool: ScreenshotTool) => Promise<Screenshot>;
  readonly setContext: (key: string, value: boolean) => void;
  readonly tell: (sentence: string) => void;
}

/** In a remote window this code runs on another machine than the screen: there is nothing to take a picture of. */
export function createScreenshot(parts: ScreenshotParts = ofThisSystem()): ScreenshotCommand {
  const finding = parts.isHere ? parts.find() : Promise.resolve(undefined);
  let available = false;
  void finding.then((tool) => {
    available = tool !== undefined;
    parts.setContext(CAN_TAKE, available);
  });
  return {
    get available() {
      return available;
    },
    async take() {
      const tool = await finding;
      if (!tool) {
        parts.tell(vscode.l10n.t('This system has no tool for screenshots that Parley knows.'));
        return undefined;
      }
      const made = await parts.take(tool);
      if (made.outcome === 'taken') return { label: 'screenshot.png', bytes: made.bytes };
      if (made.outcome === 'failed') {
        parts.tell(vscode.l10n.t('{0} could not take a screenshot: {1}', tool.name, made.complaint));
      }
      return undefined;
    },
  };
}

function ofThisSystem(): ScreenshotParts {
  const { env, platform } = process;
  return {
    isHere: vscode.env.remoteName === undefined && vscode.env.uiKind === vscode.UIKind.Desktop,
    find: () => findScreenshotTool(platform, env, isOnPath(env.PATH ?? '', platform)),
    take: (tool) => takeScreenshot(tool, env),
    setContext: (key, value) => void vscode.commands.executeCommand('setContext', key, value),
    tell: (sentence) => void vscode.window.showWarningMessage(sentence),
  };
}
