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
    }[];
    readonly keybindings: readonly { readonly command: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
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
  const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations;
  for (const key of ['model', 'effort', 'maxOutputTokens', 'instructions']) {
    assert.ok(restricted.includes(`parley.${key}`), key);
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
