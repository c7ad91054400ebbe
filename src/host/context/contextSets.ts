import * as vscode from 'vscode';
import type { Pin } from '../../core/context/pinned.ts';
import { pinOf, pinText } from '../../core/context/pinText.ts';
import { figure } from '../counting/tokenTable.ts';
import { choose } from '../quickPick.ts';
import { currentSettings } from '../settings.ts';
import { type Given, noPin } from './pinning.ts';

/** Names of the sets in the settings, in their order. In Restricted Mode those of the workspace do not count. */
export function setNames(): readonly string[] {
  return Object.keys(currentSettings()['context.sets']);
}

/** What the set of this name pins; undefined when there is none. */
export function setNamed(name: string): Given | undefined {
  const sets = currentSettings()['context.sets'];
  const lines = Object.hasOwn(sets, name) ? sets[name] : undefined;
  if (!lines) return undefined;
  const read = lines.map((line) => ({ line, pin: pinOf(line.trim()) }));
  return {
    pins: read.flatMap(({ pin }) => pin ?? []),
    sentences: read.flatMap(({ line, pin }) => (pin ? [] : [noPin(line)])),
  };
}

/** Lets the user choose a set. Undefined when cancelled, or when there is none, which is told. */
export async function pickSet(tell: (sentence: string) => void): Promise<string | undefined> {
  const names = setNames();
  if (names.length === 0) {
    tell(vscode.l10n.t('There are no sets yet. "Save Pinned Files as a Set" makes one for this workspace.'));
    return undefined;
  }
  const items = names.map((label) => ({ label, detail: setDetail(label) }));
  const picked = await choose(items, {
    title: vscode.l10n.t('Pin a Set of Files'),
    placeholder: vscode.l10n.t('Everything in it is pinned beside what is pinned already'),
  });
  return picked?.label;
}

/** What a set holds, in one line: how much first, then what stands for many files, which is to be seen before it is pinned. */
export function setDetail(name: string): string {
  const lines = currentSettings()['context.sets'][name] ?? [];
  const ordered = lines.toSorted((one, other) => Number(isWide(other)) - Number(isWide(one)));
  const { t } = vscode.l10n;
  const count = lines.length === 1 ? t('1 entry') : t('{0} entries', figure(lines.length));
  return t('{0}: {1}', count, ordered.join(', ')).slice(0, LONGEST_DETAIL);
}

/** In UTF-16 units. */
const LONGEST_DETAIL = 200;

function isWide(line: string): boolean {
  const kind = pinOf(line.trim())?.kind;
  return kind !== 'file' && kind !== 'folder';
}

/** Asks for the name of a new set. Undefined when cancelled. */
export async function askForSetName(): Promise<string | undefined> {
  const names = new Set(setNames());
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Save Pinned Files as a Set'),
    prompt: vscode.l10n.t(
      'Name of the set. It is kept in the settings of the workspace, for everyone who works in it.',
    ),
    validateInput: (value) =>
      names.has(value.trim())
        ? {
            message: vscode.l10n.t('The set of this name is replaced.'),
            severity: vscode.InputBoxValidationSeverity.Warning,
          }
        : undefined,
  });
  return name?.trim() || undefined;
}

/** Keeps pins as a set in the settings of the workspace. Rejects when VS Code cannot write them. */
export async function saveSet(name: string, pins: readonly Pin[]): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('parley');
  const own = configuration.inspect<Readonly<Record<string, unknown>>>('context.sets')?.workspaceValue;
  const sets = { ...own, [name]: pins.map(pinText) };
  await configuration.update('context.sets', sets, vscode.ConfigurationTarget.Workspace);
}
