import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as vscode from 'vscode';

test('tests run inside the extension host', () => {
  assert.match(vscode.version, /^1\.\d+\.\d+/);
});
