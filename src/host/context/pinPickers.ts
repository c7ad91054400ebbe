import * as vscode from 'vscode';
import type { Pin } from '../../core/context/pinned.ts';
import { pinOf, pinText, samePin } from '../../core/context/pinText.ts';
import { activeResource } from '../attaching/gestures.ts';
import { choose } from '../quickPick.ts';
import { setDetail, setNamed, setNames } from './contextSets.ts';
import type { ContextViewParts } from './contextView.ts';
import { pickEntries } from './entryPicker.ts';
import { globTest } from './pinning/globs.ts';
import { pathBelow, pinPath } from './pinning/places.ts';
import { type Given, givenAt } from './pinning.ts';
import { fileWords, pinLabel } from './tree/treeWords.ts';

type PickerParts = Pick<ContextViewParts, 'pinned' | 'files' | 'importsOf'>;

/** Lets the user choose what to pin. Undefined when cancelled. */
export async function pickPins(parts: PickerParts): Promise<Given | undefined> {
  await parts.pinned.ready();
  const items = [...(await ownItems(parts)), ...setItems()];
  const picked = await choose<PinItem>(items, {
    title: vscode.l10n.t('Pin to Parley'),
    placeholder: vscode.l10n.t('What Claude shall have with every question'),
  });
  return picked?.pick?.();
}

/** Lets the user choose among what is pinned. Undefined when cancelled, or when nothing is pinned. */
export async function pickPinned(pins: readonly Pin[]): Promise<readonly Pin[] | undefined> {
  const items = pins.map((pin) => ({ label: pinLabel(pin, vscode.l10n.t), pin }));
  if (items.length === 0) return undefined;
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Unpin from Parley'),
    placeHolder: vscode.l10n.t('What Claude shall no longer have with every question'),
    canPickMany: true,
  });
  return picked?.map(({ pin }) => pin);
}

interface PinItem extends vscode.QuickPickItem {
  readonly pick?: () => Promise<Given | undefined>;
}

async function ownItems(parts: PickerParts): Promise<readonly PinItem[]> {
  const { t } = vscode.l10n;
  const active = activeResource();
  const path = active && pinPath(active);
  const document = vscode.window.activeTextEditor?.document;
  const imports = document ? await parts.importsOf(document).catch(() => []) : [];
  const whole = (kind: 'openEditors' | 'branch' | 'workspace', label: string, icon: string, detail: string) =>
    wholeItem({ kind }, `$(${icon}) ${label}`, detail, parts.pinned.pins);
  return [
    ...(active && path !== undefined
      ? [{ label: `$(file) ${t('Active File')}`, detail: path, pick: () => givenAt(active) }]
      : []),
    ...(document && imports.length > 0
      ? [
          {
            label: `$(references) ${t('Imports of {0}...', nameIn(document.uri))}`,
            detail: fileWords(imports.length, t),
            pick: () => pickImports(imports, document.uri),
          },
        ]
      : []),
    { label: `$(search) ${t('Files and Folders...')}`, pick: () => pickEntries(parts.files) },
    { label: `$(regex) ${t('Files Matching a Glob...')}`, pick: () => askForGlob(parts.files) },
    whole('openEditors', t('Open Editors'), 'files', t('Whichever files are open when you ask')),
    whole('branch', t('Files Changed on This Branch'), 'git-branch', t('Committed or not, as they change')),
    whole('workspace', t('Whole Workspace'), 'root-folder', t('Without what is ignored')),
  ];
}

function wholeItem(pin: Pin, label: string, detail: string, pins: readonly Pin[]): PinItem {
  const isPinned = pins.some((other) => samePin(pin, other));
  const description = isPinned ? vscode.l10n.t('pinned') : '';
  return { label, detail, description, pick: async () => ({ pins: [pin], sentences: [] }) };
}

function setItems(): readonly PinItem[] {
  const names = setNames();
  if (names.length === 0) return [];
  return [
    { label: vscode.l10n.t('Sets'), kind: vscode.QuickPickItemKind.Separator },
    ...names.map((name) => ({
      label: `$(list-unordered) ${name}`,
      detail: setDetail(name),
      pick: async () => setNamed(name),
    })),
  ];
}

async function pickImports(uris: readonly vscode.Uri[], from: vscode.Uri): Promise<Given | undefined> {
  const items = uris.flatMap((uri) => {
    const path = pinPath(uri);
    return path === undefined ? [] : [{ label: path, picked: true }];
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Pin What {0} Imports', nameIn(from)),
    canPickMany: true,
  });
  return picked && { pins: picked.map(({ label }) => ({ kind: 'file', path: label })), sentences: [] };
}

/** What is typed is held against the files of the workspace, so that the user sees what it means. */
async function askForGlob(files: PickerParts['files']): Promise<Given | undefined> {
  const listing = files.current();
  const glob = await vscode.window.showInputBox({
    title: vscode.l10n.t('Pin Files Matching a Glob'),
    placeHolder: '**/*.md',
    prompt: vscode.l10n.t('From each workspace folder; {0} stands for any number of folders.', '**'),
    async validateInput(value) {
      if (value.trim() === '') return undefined;
      if (!globPin(value)) return vscode.l10n.t('A glob stays within the workspace.');
      const count = countOf(
        value.trim(),
        (await listing).files.map(({ uri }) => uri),
      );
      return { message: matchSentence(count), severity: vscode.InputBoxValidationSeverity.Info };
    },
  });
  const pin = glob === undefined ? undefined : globPin(glob);
  return pin && { pins: [pin], sentences: [] };
}

function matchSentence(files: number): string {
  const { t } = vscode.l10n;
  if (files === 0) return t('No file matches now.');
  return files === 1 ? t('1 file matches now.') : t('{0} match now.', fileWords(files, t));
}

function globPin(value: string): Pin | undefined {
  const glob = value.trim();
  const leads = glob.startsWith('/') || glob.split(/[\\/]/).includes('..');
  return leads ? undefined : pinOf(pinText({ kind: 'glob', glob }));
}

function countOf(glob: string, uris: readonly vscode.Uri[]): number {
  const matches = globTest(glob);
  return uris.filter((uri) => {
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    return folder !== undefined && matches(pathBelow(folder.uri, uri));
  }).length;
}

function nameIn({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
