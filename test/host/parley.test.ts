import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { COMMANDS, DEFAULT_SETTINGS } from '../../src/core/settings.ts';
import { currentSettings } from '../../src/host/settings.ts';

const ID = 'parley.parley';

test('Parley registers every command it declares', async () => {
  const extension = vscode.extensions.getExtension(ID);
  assert.ok(extension);
  await extension.activate();
  const registered = await vscode.commands.getCommands(true);
  assert.deepEqual(
    COMMANDS.filter((command) => !registered.includes(command)),
    [],
  );
});

test('settings have their declared defaults', () => {
  assert.deepEqual(currentSettings(), DEFAULT_SETTINGS);
});

test('a changed setting counts at once, and a wrong value counts as none', async () => {
  const configuration = vscode.workspace.getConfiguration('parley');
  try {
    await configuration.update('effort', 'low', vscode.ConfigurationTarget.Global);
    assert.equal(currentSettings().effort, 'low');
    await configuration.update('effort', 'colossal', vscode.ConfigurationTarget.Global);
    assert.equal(currentSettings().effort, DEFAULT_SETTINGS.effort);
  } finally {
    await configuration.update('effort', undefined, vscode.ConfigurationTarget.Global);
  }
});

test('a new conversation begins empty and has an id', async () => {
  const id = await vscode.commands.executeCommand('parley.newConversation');
  assert.match(String(id), /^[0-9a-f-]{36}$/);
});
