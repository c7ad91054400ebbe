import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import * as vscode from 'vscode';
import type { ExcerptPart } from '../../src/core/conversation/parts.ts';
import { changes, commit, knownChanges, recentCommits } from '../../src/host/workspace/changes.ts';
import type { Found } from '../../src/host/workspace/found.ts';
import { type TestRepository, testRepository } from './repository.ts';

function only(found: Found): ExcerptPart {
  const [part, ...others] = found.parts;
  assert.ok(part?.kind === 'excerpt' && others.length === 0, JSON.stringify(found));
  return part;
}

function sentence(found: Found): string {
  assert.deepEqual(found.parts, []);
  return found.sentences.join(' ');
}

describe('changes of a repository', () => {
  let repository: TestRepository;
  let of: vscode.Uri;
  before(async () => {
    repository = await testRepository('repository', { 'a.txt': 'one\ntwo\n' });
    of = repository.uri;
  });
  after(() => repository.close());

  test('a repository without a commit has new files, no commits and no staged changes', async () => {
    const part = only(await changes('unstaged', of));
    assert.equal(
      part.text,
      'diff --git a/a.txt b/a.txt\nnew file mode 100644\n--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1,2 @@\n+one\n+two\n',
    );
    assert.match(sentence(await changes('staged', of)), /no staged changes/);
    assert.deepEqual(
      (await recentCommits(5)).filter((entry) => entry.repository.path === of.path),
      [],
    );
  });

  test('staged changes before the first commit are a diff', async () => {
    repository.git('add', '.');
    const part = only(await changes('staged', of));
    assert.deepEqual([part.origin, part.languageId, part.detail], ['changes', 'diff', 'staged']);
    assert.equal(part.uri, of.toString());
    assert.match(part.text, /\+one\n\+two\n/);
    assert.match(sentence(await changes('unstaged', of)), /no changes that are not staged/);
  });

  test('the first commit, a later one and a merge are shown against what was before', async () => {
    repository.git('commit', '-q', '-m', 'First: words\n\nand why');
    const first = repository.git('rev-parse', 'HEAD');
    const part = only(await commit(first, of));
    assert.match(part.text, new RegExp(`^commit ${first}\nAuthor: A Tester\nDate: `));
    assert.match(part.text, /\n {4}First: words\n\s*\n {4}and why\n\ndiff --git/);
    assert.match(part.text, /\+one\n\+two\n/);
    assert.deepEqual([part.detail, part.label], [first, `Commit ${first.slice(0, 8)}: First: words`]);

    repository.git('checkout', '-q', '-b', 'side');
    await repository.write('side.txt', 'side\n');
    repository.git('add', '.');
    repository.git('commit', '-q', '-m', 'Second');
    const second = repository.git('rev-parse', 'HEAD');
    assert.doesNotMatch(only(await commit(second)).text, /\+one/);
    repository.git('checkout', '-q', 'main');
    repository.git('merge', '-q', '--no-ff', '-m', 'Merged', 'side');
    assert.match(only(await commit(repository.git('rev-parse', 'HEAD'))).text, /\+side\n/);
    assert.match(only(await commit(second.slice(0, 10))).label, /Second/);
  });

  test('the newest commits come first, with their hashes', async () => {
    const own = (await recentCommits(10)).filter((entry) => entry.repository.path === of.path);
    assert.deepEqual(own.map(({ message }) => message.split('\n')[0]).toSorted(), [
      'First: words',
      'Merged',
      'Second',
    ]);
    assert.match(own[0]?.hash ?? '', /^[0-9a-f]{40}$/);
    assert.equal(own[0]?.author, 'A Tester');
    assert.equal((await recentCommits(1)).length, 1);
  });

  test('what is changed on disk is found at once, what is staged apart from what is not', async () => {
    await repository.write('a.txt', 'one\nTWO\n');
    assert.match(only(await changes('unstaged', of)).text, /-two\n\+TWO\n/);
    repository.git('add', 'a.txt');
    await repository.write('a.txt', 'ONE\nTWO\n');
    assert.match(only(await changes('staged', of)).text, /-two\n\+TWO\n/);
    const unstaged = only(await changes('unstaged', of)).text;
    assert.match(unstaged, /-one\n\+ONE\n/);
    assert.doesNotMatch(unstaged, /-two/);
  });

  test('new files are in the diff as git will have them; binaries and endless ones are named', async () => {
    await repository.write('new/no end.txt', 'x\ny');
    await repository.write('picture.bin', new Uint8Array([1, 0, 0, 2]));
    await repository.write('generated.txt', 'g'.repeat(200_001));
    const found = await changes('unstaged', of);
    const { text } = only(found);
    assert.ok(
      text.includes(
        '--- /dev/null\n+++ b/new/no end.txt\n@@ -0,0 +1,2 @@\n+x\n+y\n\\ No newline at end of file\n',
      ),
    );
    assert.ok(!text.includes('ggg'));
    assert.match(found.sentences.join(), /repository\/generated\.txt, repository\/picture\.bin/);
  });

  test('what git diff says is what git would apply', async () => {
    const { text } = only(await changes('unstaged', of));
    repository.git('stash', 'push', '-q', '--include-untracked', '--keep-index');
    execFileSync('git', ['apply', '-'], { cwd: of.fsPath, input: text });
    const disk = await vscode.workspace.fs.readFile(repository.at('new/no end.txt'));
    assert.equal(new TextDecoder().decode(disk), 'x\ny');
  });

  test('changes that are not saved are told of, as git does not see them', async () => {
    const uri = repository.at('a.txt');
    const document = await vscode.workspace.openTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), 'unsaved ');
    await vscode.workspace.applyEdit(edit);
    const { sentences } = await changes('unstaged', of);
    assert.match(sentences.join(), /repository\/a\.txt has changes that are not saved/);
    assert.deepEqual((await changes('staged', of)).sentences, []);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  test('colors that the user has turned on for git are not in the text', async () => {
    repository.git('config', 'color.ui', 'always');
    assert.ok(!only(await changes('unstaged', of)).text.includes('\u001b'));
    repository.git('config', '--unset', 'color.ui');
  });

  test('a diff that another tool has written is told of', async () => {
    const told = /no diff of Git itself/;
    assert.doesNotMatch((await changes('unstaged', of)).sentences.join(), told);
    repository.git('config', 'diff.external', 'echo tool');
    const found = await changes('unstaged', of);
    repository.git('config', '--unset', 'diff.external');
    assert.match(only(found).text, /^tool a\.txt/);
    assert.match(found.sentences.join(), told);
  });

  test('changes that cannot be read at the moment are told from none', async () => {
    const known = await knownChanges('unstaged', of);
    assert.equal(known?.parts.length, 1);
    assert.equal(await knownChanges('unstaged', vscode.Uri.file('/no/such/repository')), undefined);
  });

  test('a commit that is not there is told', async () => {
    for (const hash of ['0'.repeat(40), 'no-such-branch']) {
      assert.match(sentence(await commit(hash)), new RegExp(`no commit ${hash}`));
    }
  });
});
