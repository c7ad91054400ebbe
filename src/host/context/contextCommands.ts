import * as vscode from 'vscode';
import type { Pin } from '../../core/context/pinned.ts';
import { samePin } from '../../core/context/pinText.ts';
import { figure } from '../counting/tokenTable.ts';
import type { ContextDocument } from './contextDocument.ts';
import { askForSetName, pickSet, saveSet, setNamed } from './contextSets.ts';
import type { ContextView, ContextViewParts } from './contextView.ts';
import { type Given, givenAt, givenIn, meantBy, pinnedSentence, unpinnedSentence } from './pinning.ts';
import type { TreeRow } from './tree/treeModel.ts';

/** What the commands of the context do, and what else pins. */
export interface ContextCommands {
  readonly table: ContextView['commands'];
  /** Pins a file or folder; gives the sentence that says so, or why it cannot be pinned. */
  pinAt(uri: vscode.Uri): Promise<string>;
  /** Pins what was given, and says so. Gives how many things were given that are pinned now. */
  pin(given: Given): Promise<number>;
}

export interface ContextCommandParts extends ContextViewParts {
  readonly document: ContextDocument;
  /** Tells the user something that has just been done. */
  readonly tell: (sentence: string) => void;
  /** Opens the tree without taking the focus. */
  readonly reveal: () => Promise<void>;
  /** The rows that are selected in the tree: VS Code does not pass them on when a key is pressed. */
  readonly selected: () => readonly TreeRow[];
  /** Whether the user trusts the workspace; VS Code's own word unless another is given. */
  readonly isTrusted?: () => boolean;
}

export function createContextCommands(parts: ContextCommandParts): ContextCommands {
  const { pinned, tell, isTrusted = () => vscode.workspace.isTrusted } = parts;

  async function pinAndSay(given: Given): Promise<string> {
    await pinned.ready();
    const before = pinned.pins;
    if (given.pins.length > 0) await pinned.pin(given.pins);
    const said = given.pins.length > 0 ? [pinnedSentence(given.pins, before)] : [];
    return [...said, ...given.sentences].join(' ');
  }

  async function pin(given: Given): Promise<number> {
    const sentence = await pinAndSay(given);
    if (sentence !== '') tell(sentence);
    return given.pins.length;
  }

  async function pinAsked(args: readonly unknown[]): Promise<number> {
    const given = await givenIn(args);
    const asked = given ?? (await (await import('./pinPickers.ts')).pickPins(parts));
    const count = asked ? await pin(asked) : 0;
    // Who pins in the Explorer wants to stay there.
    if (!given && count > 0) await parts.reveal();
    return count;
  }

  async function unpinAsked(args: readonly unknown[]): Promise<number> {
    await pinned.ready();
    const isKey = isSelection(args[0]);
    const given = await givenIn(isKey ? [parts.selected()] : args);
    if (isKey && !given) return 0;
    const asked = given ? given.pins : await (await import('./pinPickers.ts')).pickPinned(pinned.pins);
    if (!asked) {
      if (pinned.pins.length === 0) tell(unpinnedSentence([], []));
      return 0;
    }
    return asked.length === 0 ? 0 : unpin(asked);
  }

  async function unpin(given: readonly Pin[]): Promise<number> {
    const asked = meantBy(given);
    const before = pinned.pins;
    const gone = before.filter((one) => asked.some((other) => samePin(one, other)));
    if (gone.length > 0) await pinned.unpin(gone);
    tell(unpinnedSentence(asked, before));
    return gone.length;
  }

  async function useSet(name: unknown): Promise<number> {
    const chosen = typeof name === 'string' ? name : await pickSet(tell);
    if (chosen === undefined) return 0;
    return pin(setNamed(chosen) ?? { pins: [], sentences: [noSet(chosen)] });
  }

  async function keepSet(name: unknown): Promise<boolean> {
    // The sets that are there already cannot be read then, and would be written over.
    if (!isTrusted()) {
      tell(
        vscode.l10n.t(
          'In Restricted Mode the settings of the workspace are left alone: trust it to keep sets.',
        ),
      );
      return false;
    }
    await pinned.ready();
    if (pinned.pins.length === 0) {
      tell(vscode.l10n.t('Nothing is pinned that a set could hold.'));
      return false;
    }
    const chosen = typeof name === 'string' && name.trim() !== '' ? name.trim() : await askForSetName();
    if (chosen === undefined) return false;
    await saveSet(chosen, pinned.pins);
    tell(vscode.l10n.t('The set "{0}" is kept in the settings of the workspace.', chosen));
    return true;
  }

  async function said(work: Promise<string | undefined>): Promise<void> {
    const sentence = await work;
    if (sentence) tell(sentence);
  }

  return {
    table: {
      'parley.pinToContext': (...args) => pinAsked(args),
      'parley.unpinFromContext': (...args) => unpinAsked(args),
      'parley.repackContext': () => said(parts.repack()),
      'parley.warmContext': () => said(parts.warm()),
      async 'parley.showContext'() {
        const isShown = await parts.document.show();
        if (!isShown) tell(nothingSent(pinned.pins));
        return isShown;
      },
      async 'parley.countContextTokens'() {
        if ((await parts.shownText()) === undefined) {
          tell(nothingSent(pinned.pins));
          return undefined;
        }
        const tokens = await parts.countTokens();
        if (tokens !== undefined) tell(vscode.l10n.t('The context has {0} tokens.', figure(tokens)));
        return tokens;
      },
      'parley.useContextSet': useSet,
      'parley.saveContextSet': keepSet,
    },
    pinAt: async (uri) => pinAndSay(await givenAt(uri)),
    pin,
  };
}

/** What the key that unpins in the tree is bound with. */
function isSelection(arg: unknown): boolean {
  return typeof arg === 'object' && arg !== null && 'selected' in arg && arg.selected === true;
}

function nothingSent(pins: readonly Pin[]): string {
  return pins.length === 0
    ? vscode.l10n.t('No context is sent: nothing is pinned.')
    : vscode.l10n.t('No context is sent: of what is pinned, no file can go out. The tree says why.');
}

function noSet(name: string): string {
  return vscode.l10n.t('There is no set "{0}" in parley.context.sets.', name);
}
