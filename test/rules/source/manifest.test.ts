import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { COMMANDS, DEFAULT_SETTINGS, EFFORTS } from '../../../src/core/settings.ts';

interface Manifest {
  readonly main: string;
  readonly engines: { readonly vscode: string };
  readonly activationEvents: readonly string[];
  readonly dependencies?: object;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
      readonly enablement?: string;
    }[];
    readonly keybindings: readonly { readonly command: string }[];
    readonly viewsWelcome: readonly { readonly view: string; readonly contents: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when?: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
  };
}

interface Setting {
  readonly default: unknown;
  readonly scope: string;
  readonly enum?: readonly string[];
}

const manifestText = readFileSync('package.json', 'utf8');
const manifest = JSON.parse(manifestText) as Manifest;
const words = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
const { contributes } = manifest;

test('the manifest declares exactly the commands of core/settings.ts, all in one category', () => {
  assert.deepEqual(contributes.commands.map((entry) => entry.command).sort(), [...COMMANDS].sort());
  assert.ok(contributes.commands.every((entry) => entry.category === '%category%'));
});

test('menus and keybindings name commands that exist', () => {
  const named = [...Object.values(contributes.menus).flat(), ...contributes.keybindings].map(
    (entry) => entry.command,
  );
  const known: readonly string[] = COMMANDS;
  assert.deepEqual(
    named.filter((command) => !known.includes(command)),
    [],
  );
});

test('the buttons of welcome views run commands that exist', () => {
  const buttons = contributes.viewsWelcome.flatMap(({ contents }) =>
    Array.from(
      (words[contents.slice(1, -1)] ?? '').matchAll(/\(command:([\w.]+)/g),
      (match) => match[1] ?? '',
    ),
  );
  const own = buttons.filter((command) => command.startsWith('parley.'));
  const known: readonly string[] = COMMANDS;
  assert.deepEqual([...new Set(own)], ['parley.pinToContext']);
  assert.ok(own.every((command) => known.includes(command)));
});

test('no setting lies inside another one: VS Code would let only one of the two count', () => {
  const keys = Object.keys(contributes.configuration.properties);
  const inside = keys.filter((key) => keys.some((other) => key.startsWith(`${other}.`)));
  assert.deepEqual(inside, []);
});

test('the manifest declares exactly the settings of core/settings.ts with the same defaults', () => {
  const declared = Object.fromEntries(
    Object.entries(contributes.configuration.properties).map(([key, setting]) => [
      key.replace(/^parley\./, ''),
      setting.default,
    ]),
  );
  assert.deepEqual(declared, { ...DEFAULT_SETTINGS });
  assert.deepEqual(contributes.configuration.properties['parley.effort']?.enum, [...EFFORTS]);
});

test('a workspace can neither redirect requests nor, untrusted, spend money or speak for the user', () => {
  assert.equal(contributes.configuration.properties['parley.baseUrl']?.scope, 'machine');
  assert.equal(contributes.configuration.properties['parley.storage.location']?.scope, 'machine');
  const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
  const sent = ['context.exclude', 'context.maxTokens', 'context.sets', 'context.repack'];
  for (const key of ['model', 'effort', 'maxOutputTokens', 'instructions', ...sent]) {
    assert.ok(restricted.includes(`parley.${key}`), key);
  }
});

test('in Restricted Mode nothing offers to write the sets of the workspace, which cannot be read then', () => {
  const save = contributes.commands.find(({ command }) => command === 'parley.saveContextSet');
  assert.match(save?.enablement ?? '', /&& isWorkspaceTrusted$/);
});

test('no workspace, trusted or not, can send secrets or spend money on keeping the cache warm', () => {
  for (const key of ['context.includeSecrets', 'cache.keepWarm']) {
    assert.equal(contributes.configuration.properties[`parley.${key}`]?.scope, 'application', key);
  }
});

test('every word of the manifest is in package.nls.json and no other', () => {
  const used = Array.from(manifestText.matchAll(/"%([^%"]+)%"/g), (match) => match[1] ?? '');
  assert.deepEqual([...new Set(used)].sort(), Object.keys(words).sort());
});

test('the extension never delays the start: it is activated when VS Code rests, for its quick fixes', () => {
  assert.deepEqual(manifest.activationEvents, ['onStartupFinished']);
});

test('all that ships is bundled: there are no run-time dependencies', () => {
  assert.equal(manifest.dependencies, undefined);
});

test('every development tool is pinned to one version', () => {
  for (const [name, version] of Object.entries(manifest.devDependencies)) assert.match(version, /^\d/, name);
});

/** Ids that other extensions and users' keybindings may name. */
const CONTRACT = [
  'askAboutSelection',
  'addSelection',
  'addToChat',
  'addProblems',
  'addTerminalSelection',
  'explainProblem',
  'attachImage',
  'attachImageUrl',
  'pasteImage',
  'countTokens',
  'countConversationTokens',
  'countContextTokens',
  'pinToContext',
  'unpinFromContext',
  'repackContext',
  'warmContext',
  'showContext',
].map((name) => `parley.${name}`);

test('the commands that others may name are there, and where one looks for them', () => {
  const known = contributes.commands.map(({ command }) => command);
  assert.deepEqual(
    CONTRACT.filter((id) => !known.includes(id)),
    [],
  );
  const menus = {
    'editor/context': ['askAboutSelection', 'countTokens'],
    'explorer/context': ['addToChat', 'countTokens', 'pinToContext', 'unpinFromContext'],
    'editor/title/context': ['addToChat', 'pinToContext', 'unpinFromContext'],
    'terminal/context': ['addTerminalSelection'],
  };
  for (const [menu, names] of Object.entries(menus)) {
    const shown = contributes.menus[menu]?.map(({ command }) => command) ?? [];
    assert.deepEqual(
      names.filter((name) => !shown.includes(`parley.${name}`)),
      [],
      menu,
    );
  }
});

/** VS Code knows of no key that tells whether these can do something; they say so themselves. */
const ALWAYS = [
  'attach',
  'addProblems',
  'attachImage',
  'attachImageUrl',
  'pasteImage',
  'countConversationTokens',
  'countDraftTokens',
].map((name) => `parley.${name}`);

test('every command that puts something in front of Claude or counts says when it is enabled, as far as that can be told', () => {
  const own = contributes.commands.filter(({ command }) =>
    /^parley\.(?:ask|add|attach|explain|paste|take|count)|Context/.test(command),
  );
  const silent = own.filter(({ enablement }) => enablement === undefined).map(({ command }) => command);
  assert.deepEqual(silent.sort(), ALWAYS.sort());
});

test('what is pinned is offered to be unpinned and not to be pinned; tabs that are no files are offered neither', () => {
  const whenOf = (menu: string, name: string): string =>
    contributes.menus[menu]?.find(({ command }) => command === `parley.${name}`)?.when ?? '';
  for (const menu of ['editor/title/context', 'explorer/context']) {
    assert.match(whenOf(menu, 'pinToContext'), /resourcePath not in parley\.pinned$/, menu);
    assert.match(whenOf(menu, 'unpinFromContext'), /^resourcePath in parley\.pinned$/, menu);
  }
  const tab = whenOf('editor/title/context', 'pinToContext');
  assert.match(tab, /^isFileSystemResource && .*resourceScheme != vscode-userdata/);
});

test('the text that is sent can be shown though nothing is pinned any more: a conversation may still have it', () => {
  for (const name of ['showContext', 'countContextTokens', 'warmContext']) {
    const command = contributes.commands.find((entry) => entry.command === `parley.${name}`);
    assert.equal(command?.enablement, 'workspaceFolderCount != 0', name);
  }
});

test('nothing waits for a key that only a page sets: the palette works before the chat was ever opened', () => {
  const conditions = [...contributes.commands, ...Object.values(contributes.menus).flat()].flatMap(
    ({ enablement, when }: { enablement?: string; when?: string }) => [enablement ?? '', when ?? ''],
  );
  const keys = conditions.flatMap((condition) => condition.match(/(?<!== )\bparley\.\w+/g) ?? []);
  // These the host sets by itself as it starts.
  const own = ['parley.canTakeScreenshot', 'parley.hasPins', 'parley.pinned'];
  assert.deepEqual([...new Set(keys)].sort(), own);
});
