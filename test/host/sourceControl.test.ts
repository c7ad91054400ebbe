import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as vscode from 'vscode';
import { changesMeant } from '../../src/host/attaching/sourceControl.ts';
import { changes, rootOf } from '../../src/host/workspace/changes.ts';
import { whyNoGit } from '../../src/host/workspace/git.ts';
import { type TestRepository, testRepository } from './repository.ts';

describe('menus of the Source Control view', () => {
  let one: TestRepository;
  let other: TestRepository;
  before(async () => {
    one = await testRepository('scmOne', { 'a.txt': 'one\n' });
    other = await testRepository('scmOther', { 'b.txt': 'other\n' });
  });
  after(async () => {
    await one.close();
    await other.close();
  });

  test('a group means the changes of its own repository only', async () => {
    const group = (id: string): unknown => ({
      id,
      label: id,
      resourceStates: [{ resourceUri: other.at('b.txt') }],
    });
    for (const id of ['workingTree', 'untracked']) {
      const { which, file } = changesMeant(group(id));
      assert.ok(which === 'unstaged' && file);
      const found = await changes(which, await rootOf(file));
      assert.deepEqual(
        found.parts.map((part) => part.kind === 'excerpt' && part.uri),
        [other.uri.toString()],
      );
    }
    assert.equal(changesMeant(group('index')).which, 'staged');
    assert.equal(changesMeant(group('merge')).which, undefined);
  });

  test('the title of a repository means that one', () => {
    const control = vscode.scm.createSourceControl('parley-test', 'Parley', one.uri);
    const { which, root } = changesMeant(control);
    assert.deepEqual([which, root?.path], [undefined, one.uri.path]);
    control.dispose();
  });

  test('the palette means nothing, and a file outside of all repositories has none', async () => {
    for (const given of [undefined, null, 'index', 3, {}]) assert.deepEqual(changesMeant(given), {});
    assert.equal(await rootOf(vscode.Uri.file('/no/such/file')), undefined);
    assert.equal((await rootOf(one.at('deep/er.txt')))?.path, one.uri.path);
    // As a submodule it would be a change of the repository around it.
    assert.notEqual((await rootOf(one.uri))?.path, one.uri.path);
  });

  test('in Restricted Mode Git is off, which is not the same as missing', () => {
    assert.match(whyNoGit(false), /Restricted Mode/);
    assert.match(whyNoGit(true), /not found/);
  });
});
