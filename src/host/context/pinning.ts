import * as vscode from 'vscode';
import type { Pin } from '../../core/context/pinned.ts';
import { pinOf, samePin } from '../../core/context/pinText.ts';
import { fileName } from '../workspace/shownPath.ts';
import { likelyPlace, pinPath } from './pinning/places.ts';
import type { TreeRow } from './tree/treeModel.ts';
import { pinLabel } from './tree/treeWords.ts';

/** What a command was given to pin or unpin. */
export interface Given {
  readonly pins: readonly Pin[];
  /** Said of what cannot be pinned, or is not sent even so. */
  readonly sentences: readonly string[];
}

/**
 * What the arguments of a command mean: the entry under the pointer and all that are selected (the Explorer, tabs, the tree),
 * or lines as `pinText` writes them. Undefined when there are none, as from the palette. Never rejects.
 */
export async function givenIn([first, all]: readonly unknown[]): Promise<Given | undefined> {
  const several = Array.isArray(all) ? all.filter(isUsable) : [];
  const things: readonly unknown[] = several.length > 0 ? several : Array.isArray(first) ? first : [first];
  const usable = things.filter(isUsable);
  if (usable.length === 0) return undefined;
  return together(await Promise.all(usable.map(givenBy)));
}

/** What has to be pinned so that this file or folder is. */
export async function givenAt(uri: vscode.Uri): Promise<Given> {
  const path = pinPath(uri);
  const type = await vscode.workspace.fs.stat(uri).then(
    (stat) => stat.type,
    () => undefined,
  );
  if (path === undefined || type === undefined) return { pins: [], sentences: [refusal(uri)] };
  if (path === '.') return { pins: [{ kind: 'workspace' }], sentences: [] };
  const kind = type & vscode.FileType.Directory ? 'folder' : 'file';
  return { pins: [{ kind, path }], sentences: [] };
}

/**
 * The paths by which menus know what is pinned by itself, the only workspace folder when all of it is. Of a remote file the
 * window has another URI than the extension host, but the same path.
 */
export function pathsInMenus(pins: readonly Pin[]): readonly string[] {
  const isSingle = vscode.workspace.workspaceFolders?.length === 1;
  return pins.flatMap((pin) => {
    const path = 'path' in pin ? pin.path : pin.kind === 'workspace' && isSingle ? '.' : undefined;
    const named = path === undefined ? undefined : likelyPlace(path);
    return named ? [named.path, named.fsPath] : [];
  });
}

/** Says that these are pinned now, or were before. */
export function pinnedSentence(pins: readonly Pin[], before: readonly Pin[]): string {
  const { t } = vscode.l10n;
  const fresh = pins.filter((pin) => !before.some((other) => samePin(pin, other)));
  const [only] = fresh.length > 0 ? fresh : pins;
  if (!only) return t('Nothing was pinned.');
  if (fresh.length === 0) return t('{0} is pinned already.', pinLabel(only, t));
  return fresh.length === 1
    ? t('{0} is pinned to the context.', pinLabel(only, t))
    : t('{0} entries are pinned to the context.', fresh.length);
}

/** Says that these are pinned no more; of what was not pinned by itself, what it is pinned by. */
export function unpinnedSentence(asked: readonly Pin[], before: readonly Pin[]): string {
  const { t } = vscode.l10n;
  const gone = before.filter((pin) => asked.some((other) => samePin(pin, other)));
  const [first] = gone;
  if (first && gone.length === 1) return t('{0} is no longer pinned.', pinLabel(first, t));
  if (first) return t('{0} entries are no longer pinned.', gone.length);
  const [missing] = asked;
  return missing
    ? t(
        '{0} is not pinned by itself. Unpin what it is pinned with, or exclude it in parley.context.exclude.',
        pinLabel(missing, t),
      )
    : t('Nothing is pinned.');
}

/** The workspace folder, given to be unpinned, may have been pinned as a folder: by a set, or by an older window. */
export function meantBy(asked: readonly Pin[]): readonly Pin[] {
  const isWhole = asked.some(({ kind }) => kind === 'workspace');
  return isWhole ? [...asked, { kind: 'folder', path: '.' }] : asked;
}

function isUsable(thing: unknown): boolean {
  return thing instanceof vscode.Uri || isRow(thing) || typeof thing === 'string';
}

async function givenBy(thing: unknown): Promise<Given> {
  if (thing instanceof vscode.Uri) return givenAt(thing);
  if (isRow(thing)) {
    const pin = thing.pin ?? thing.offer;
    if (pin) return { pins: [pin], sentences: thing.caution === undefined ? [] : [thing.caution] };
    return thing.uri === undefined ? { pins: [], sentences: [] } : givenAt(vscode.Uri.parse(thing.uri, true));
  }
  const pin = pinOf(String(thing));
  return pin ? { pins: [pin], sentences: [] } : { pins: [], sentences: [noPin(String(thing))] };
}

function isRow(thing: unknown): thing is TreeRow {
  return typeof thing === 'object' && thing !== null && 'id' in thing && 'kind' in thing && 'label' in thing;
}

/** Several given together, each pin once. */
function together(all: readonly Given[]): Given {
  const pins = all.flatMap((given) => given.pins);
  return {
    pins: pins.filter((pin, at) => pins.findIndex((other) => samePin(pin, other)) === at),
    sentences: all.flatMap(({ sentences }) => sentences),
  };
}

function refusal(uri: vscode.Uri): string {
  return vscode.l10n.t('{0} is no file or folder of this workspace, so it cannot be pinned.', fileName(uri));
}

/** Said of a line that means nothing that can be pinned. */
export function noPin(line: string): string {
  return vscode.l10n.t('"{0}" is nothing that can be pinned.', line.slice(0, 100));
}
