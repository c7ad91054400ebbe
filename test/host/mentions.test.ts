import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, beforeEach, test } from 'node:test';
import * as vscode from 'vscode';
import type { Mention } from '../../src/core/attaching.ts';
import {
  createFileList,
  type FileList,
  type ListedEntry,
  type Listing,
} from '../../src/host/mentions/fileList.ts';
import type { MentionParts, Mentions } from '../../src/host/mentions/mentionParts.ts';
import { createMentions } from '../../src/host/mentions/mentions.ts';
import { type Found, foundNothing } from '../../src/host/workspace/found.ts';
import { testFolder, until } from './folder.ts';

const folder = testFolder('mentioning');
const closeEditors = async (): Promise<void> => {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
};

beforeEach(async () => {
  await folder.clean();
  await closeEditors();
});
after(async () => {
  await folder.clean();
  await closeEditors();
});

/** Says what was asked for, in place of finding it. */
const said = async (what: string): Promise<Found> => foundNothing(what);

const PARTS: MentionParts = {
  foundAt: (uri) => said(`file ${uri.path.split('/').at(-1)}`),
  folderListing: (uri) => said(`folder ${uri.path.split('/').at(-1)}`),
  symbolParts: ({ name, location }) => said(`symbol ${name} ${location.range.start.line}`),
  workspaceSymbols: async () => [],
  fileProblems: (uri) => said(`problems ${uri.path.split('/').at(-1)}`),
  workspaceProblems: () => said('all problems'),
  changes: (which) => said(`changes ${which}`),
  commit: (hash) => said(`commit ${hash}`),
  recentCommits: async () => [],
  terminalSelection: () => said('terminal'),
  selection: () => said('selection'),
  conversations: async () => [],
  conversation: (id) => said(`conversation ${id}`),
};

async function withMentions(
  more: Partial<MentionParts>,
  body: (mentions: Mentions) => Promise<void>,
  files?: FileList,
): Promise<void> {
  // Here every file counts, however long listing them takes.
  const mentions = createMentions({ ...PARTS, ...more }, files, files ? undefined : 60_000);
  try {
    await body(mentions);
  } finally {
    mentions.dispose();
  }
}

const shown = (list: readonly Mention[]): readonly string[] =>
  list.map(({ kind, label }) => `${kind} ${label}`);

async function taken(mentions: Mentions, { id }: Mention | { readonly id: string }): Promise<string> {
  return (await mentions.take(id)).sentences.join();
}

async function open(path: string, content = ''): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(await folder.write(path, content));
  return vscode.window.showTextDocument(document, { preview: false });
}

async function withFiles(body: (list: FileList) => Promise<void>, most?: number): Promise<void> {
  const list = createFileList(most);
  try {
    await body(list);
  } finally {
    list.dispose();
  }
}

/** Writes a file and waits until watchers have heard of it. */
async function happened(path: string): Promise<void> {
  const heard: string[] = [];
  const watcher = vscode.workspace.createFileSystemWatcher('**/*', false, true, true);
  const listening = watcher.onDidCreate((uri) => heard.push(uri.toString()));
  await folder.write(path);
  await until(() => heard.includes(folder.at(path).toString()));
  listening.dispose();
  watcher.dispose();
}

async function listed(list: FileList): Promise<readonly string[]> {
  const { files } = await list.current();
  return files.map(({ path }) => path).filter((path) => path.startsWith('mentioning/'));
}

test('files and folders are found by letters of their names and taken by their id', async () => {
  await folder.write('deep/zebraList.ts');
  await folder.write('deep/other.ts');
  await withMentions({}, async (mentions) => {
    const [first] = await mentions.find('zblist');
    assert.ok(first);
    assert.deepEqual([first.kind, first.label, first.detail], ['file', 'zebraList.ts', 'mentioning/deep']);
    assert.equal(await taken(mentions, first), 'file zebraList.ts');
    const folders = (await mentions.find('mentioning/deep')).filter(({ kind }) => kind === 'folder');
    assert.deepEqual(shown(folders), ['folder deep/']);
    assert.equal(await taken(mentions, folders[0] ?? { id: '' }), 'folder deep');
  });
});

test('an id of an earlier list still counts, one that was never given does not', async () => {
  await folder.write('zebra');
  await withMentions({}, async (mentions) => {
    const [early] = await mentions.find('zebra');
    await mentions.find('');
    assert.equal(await taken(mentions, early ?? { id: '' }), 'file zebra');
    assert.match(await taken(mentions, { id: '99.0' }), /no longer on offer/);
  });
});

test('ignored files are not listed, whatever brings them into being', async () => {
  await folder.write('.gitignore', 'out/\n*.log\n');
  for (const path of ['out/x', 'a.log', 'kept', 'sub/.gitignore', 'sub/b.log', 'node_modules/m/x']) {
    await folder.write(path, path === 'sub/.gitignore' ? '!b.log\n' : '');
  }
  await withFiles(async (list) => {
    const expected = ['.gitignore', 'kept', 'sub/.gitignore', 'sub/b.log'].map(
      (path) => `mentioning/${path}`,
    );
    assert.deepEqual(await listed(list), expected);
    await folder.write('out/y');
    await folder.write('c.log');
    await folder.write('later');
    await until(async () => (await listed(list)).includes('mentioning/later'));
    assert.deepEqual(await listed(list), [...expected, 'mentioning/later'].sort());
  });
});

test('the list follows files and folders that are made, moved and deleted', async () => {
  await folder.write('one/a');
  await folder.write('one/b');
  await withFiles(async (list) => {
    assert.deepEqual(await listed(list), ['mentioning/one/a', 'mentioning/one/b']);
    await vscode.workspace.fs.rename(folder.at('one'), folder.at('two'));
    await until(async () => (await listed(list)).join() === 'mentioning/two/a,mentioning/two/b');
    await folder.remove('two/a');
    await until(async () => (await listed(list)).join() === 'mentioning/two/b');
    await folder.write('.gitignore', 'b\n');
    await until(async () => (await listed(list)).join() === 'mentioning/.gitignore');
    await folder.write('.gitignore', 'nothing\n');
    await until(async () => (await listed(list)).includes('mentioning/two/b'));
  });
});

test('as long as nothing of the list changes the very same one is given', async () => {
  await folder.write('.gitignore', 'out\n');
  await folder.write('a');
  await withFiles(async (list) => {
    // Events of what was written before may still be on their way.
    await happened('seen');
    assert.ok((await listed(list)).includes('mentioning/seen'));
    const before = await list.current();
    await happened('out');
    await happened('.git/index.lock');
    assert.equal(await list.current(), before);
    assert.ok(before.folders.some(({ path }) => path === 'mentioning'));
  });
});

test('without a query: the selection, the active file, open files, problems, the terminal, folders', async () => {
  await open('first.txt');
  await open('second.txt');
  const editor = await open('third.txt', 'one\ntwo\nthree');
  editor.selection = new vscode.Selection(0, 0, 1, 3);
  const diagnostics = vscode.languages.createDiagnosticCollection('mentions test');
  diagnostics.set(editor.document.uri, [new vscode.Diagnostic(new vscode.Range(0, 0, 0, 1), 'wrong')]);
  const terminal = vscode.window.createTerminal({ name: 'my shell' });
  terminal.show(true);
  await until(() => vscode.window.activeTerminal === terminal);
  try {
    await withMentions({}, async (mentions) => {
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(folder.at('first.txt')));
      await vscode.window.showTextDocument(editor.document);
      const list = await mentions.find('');
      assert.deepEqual(shown(list).slice(0, 7), [
        'selection third.txt:1-2',
        'file third.txt',
        'file first.txt',
        'file second.txt',
        'problems problems',
        'problems workspace problems',
        'terminal terminal',
      ]);
      assert.ok(list.slice(7).every(({ kind }) => kind === 'folder' || kind === 'changes'));
      assert.ok(shown(list).includes('folder mentioning/'));
      assert.equal(list[4]?.detail, '1 in third.txt');
      assert.equal(await taken(mentions, list[0] ?? { id: '' }), 'selection');
      assert.equal(await taken(mentions, list[4] ?? { id: '' }), 'problems third.txt');
      assert.equal(await taken(mentions, list[6] ?? { id: '' }), 'terminal');
      assert.deepEqual(shown(await mentions.find('err')).slice(0, 2), [
        'problems problems',
        'problems workspace problems',
      ]);
    });
  } finally {
    diagnostics.dispose();
    terminal.dispose();
  }
});

test('what there is nothing of is not offered', async () => {
  await withMentions({}, async (mentions) => {
    const kinds = new Set((await mentions.find('')).map(({ kind }) => kind));
    assert.ok(!kinds.has('selection'), [...kinds].join());
    // Files of other tests may have some.
    const hasProblems = vscode.languages.getDiagnostics().some(([, found]) => found.length > 0);
    assert.equal(kinds.has('problems'), hasProblems);
  });
});

test('a file that was looked at last goes before one that fits as well', async () => {
  for (const path of ['a/zebra.txt', 'b/zebra.txt', 'c/zebra.txt']) await folder.write(path);
  await withMentions({}, async (mentions) => {
    await open('c/zebra.txt');
    const list = await mentions.find('zebra');
    assert.deepEqual(
      list.filter(({ kind }) => kind === 'file').map(({ detail }) => detail),
      ['mentioning/c', 'mentioning/a', 'mentioning/b'],
    );
  });
});

test('never more than fifty are given', async () => {
  mkdirSync(folder.at('many').fsPath, { recursive: true });
  for (let at = 0; at < 80; at++) writeFileSync(folder.at(`many/zebra${at}`).fsPath, '');
  await withMentions({}, async (mentions) => {
    await until(async () => (await mentions.find('zebra')).length === 50);
    assert.ok((await mentions.find('')).length <= 50);
  });
});

test('symbols of the active editor and of the workspace are found, each once', async () => {
  const uri = await folder.write('code.zebralang', 'x');
  const selector = { pattern: '**/*.zebralang' };
  const symbol = (
    name: string,
    line: number,
    children: vscode.DocumentSymbol[] = [],
  ): vscode.DocumentSymbol => {
    const range = new vscode.Range(line, 0, line, 1);
    const made = new vscode.DocumentSymbol(name, '', vscode.SymbolKind.Function, range, range);
    made.children = children;
    return made;
  };
  const provider = vscode.languages.registerDocumentSymbolProvider(selector, {
    provideDocumentSymbols: () => [symbol('zebraOuter', 0, [symbol('zebraInner', 0)])],
  });
  const asked: string[] = [];
  const information = (name: string, line: number): vscode.SymbolInformation =>
    new vscode.SymbolInformation(
      name,
      vscode.SymbolKind.Class,
      'Stable',
      new vscode.Location(uri, new vscode.Range(line, 0, line, 1)),
    );
  const workspaceSymbols: MentionParts['workspaceSymbols'] = async (query) => {
    asked.push(query);
    return [information('zebraInner', 0), information('zebraElsewhere', 7), information('unlike', 9)];
  };
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  try {
    await withMentions({ workspaceSymbols }, async (mentions) => {
      const symbols = (list: readonly Mention[]): readonly Mention[] =>
        list.filter(({ kind }) => kind === 'symbol');
      const list = symbols(await mentions.find('zebra'));
      assert.deepEqual(
        new Set(shown(list)),
        new Set(['zebraOuter', 'zebraInner', 'zebraElsewhere', 'unlike'].map((name) => `symbol ${name}`)),
      );
      assert.equal(list.length, 4);
      assert.equal(list.at(-1)?.label, 'unlike');
      const elsewhere = list.find(({ label }) => label === 'zebraElsewhere');
      assert.equal(elsewhere?.detail, 'Stable · mentioning/code.zebralang');
      assert.equal(await taken(mentions, elsewhere ?? { id: '' }), 'symbol zebraElsewhere 7');
      assert.equal(symbols(await mentions.find('z')).length, 2);
      assert.deepEqual(asked, ['zebra']);
    });
  } finally {
    provider.dispose();
  }
});

test('a language server that hangs or fails holds nothing up', async () => {
  await folder.write('zebra');
  for (const workspaceSymbols of [
    () => new Promise<never>(() => undefined),
    () => Promise.reject(new Error('no')),
  ]) {
    await withMentions({ workspaceSymbols }, async (mentions) => {
      assert.equal((await mentions.find('zebra'))[0]?.label, 'zebra');
    });
  }
});

test('commits are offered to who asks for them, and found by words of their message', async () => {
  const recentCommits: MentionParts['recentCommits'] = async () => [
    { hash: 'aaaaaaaa1111', message: 'Newest\n\nbody' },
    { hash: 'bbbbbbbb2222', message: 'Fix the zebra' },
  ];
  await withMentions({ recentCommits }, async (mentions) => {
    const commits = async (query: string): Promise<readonly Mention[]> =>
      (await mentions.find(query)).filter(({ label }) => label.startsWith('commit '));
    assert.deepEqual(
      (await commits('commit')).map(({ label, detail }) => [label, detail]),
      [
        ['commit aaaaaaaa', 'Newest'],
        ['commit bbbbbbbb', 'Fix the zebra'],
      ],
    );
    const [found, ...others] = await commits('commit zebra');
    assert.deepEqual(others, []);
    assert.equal(await taken(mentions, found ?? { id: '' }), 'commit bbbbbbbb2222');
    assert.deepEqual(await commits('zebra'), []);
    assert.deepEqual(await commits('common'), []);
  });
});

test('conversations are found by their title; a list that cannot be read hides nothing else', async () => {
  await folder.write('zebra');
  const summary = {
    id: 'c7',
    title: 'About a zebra',
    createdAt: 0,
    updatedAt: Date.UTC(2026, 1, 3),
    turns: 2,
    pinned: false,
    billed: [],
  };
  await withMentions({ conversations: async () => [summary] }, async (mentions) => {
    const [found] = (await mentions.find('zebra')).filter(({ kind }) => kind === 'conversation');
    assert.deepEqual([found?.label, found?.detail], ['About a zebra', '2026-02-03']);
    assert.equal(await taken(mentions, found ?? { id: '' }), 'conversation c7');
  });
  await withMentions({ conversations: () => Promise.reject(new Error('no')) }, async (mentions) => {
    assert.equal((await mentions.find('zebra'))[0]?.label, 'zebra');
  });
});

test('a list of files that takes long holds nothing up: there is what lies open', async () => {
  const editor = await open('zebra.txt', 'one');
  editor.selection = new vscode.Selection(0, 0, 0, 3);
  const never = (): Promise<never> => new Promise(() => undefined);
  const hanging: FileList = { current: never, beyond: never, dispose: () => undefined };
  await withMentions(
    {},
    async (mentions) => {
      assert.deepEqual(shown(await mentions.find('')).slice(0, 2), [
        'selection zebra.txt:1',
        'file zebra.txt',
      ]);
      assert.ok(shown(await mentions.find('zeb')).includes('file zebra.txt'));
    },
    hanging,
  );
});

test('what is late comes in a second answer, for the newest query only', async () => {
  const uri = await folder.write('zebra/late.txt');
  const entry: ListedEntry = { uri, name: 'late.txt', path: 'zebra/late.txt' };
  let list: (listing: Listing) => void = () => undefined;
  const listing = new Promise<Listing>((resolve) => (list = resolve));
  const slow: FileList = { current: () => listing, beyond: async () => [], dispose: () => undefined };
  await withMentions(
    {},
    async (mentions) => {
      const old = mentions.findLate('lat');
      const late = mentions.findLate('late');
      const names = async (found: ReturnType<Mentions['findLate']>) => shown((await found) ?? []);
      assert.ok(!shown(await mentions.find('late')).includes('file late.txt'));
      list({ files: [entry], folders: [] });
      assert.ok((await names(late)).includes('file late.txt'));
      assert.equal(await old, undefined);
      assert.equal(await mentions.findLate('late'), undefined, 'nothing is late any more');
    },
    slow,
  );
});

test('what is ignored does not use up the limit, whether its line has a slash or not', async () => {
  const root = vscode.Uri.joinPath(folder.uri, '..', '.gitignore');
  const text = '/aTarget\nzDist\nkept\n!kept\n';
  await vscode.workspace.fs.writeFile(root, new TextEncoder().encode(text));
  for (const name of ['aTarget', 'mentioning/zDist', 'mentioning/kept']) {
    const at = vscode.Uri.joinPath(folder.uri, '..', name);
    mkdirSync(at.fsPath, { recursive: true });
    const files = name.endsWith('kept') ? 1 : 400;
    for (let file = 0; file < files; file++) writeFileSync(vscode.Uri.joinPath(at, `f${file}`).fsPath, '');
  }
  await folder.write('source.ts');
  try {
    await withFiles(async (list) => {
      await until(async () => (await listed(list)).join() === 'mentioning/kept/f0,mentioning/source.ts');
    }, 300);
  } finally {
    await vscode.workspace.fs.delete(root);
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder.uri, '..', 'aTarget'), { recursive: true });
  }
});

test('files beyond the limit are found by their names, ignored ones not', async () => {
  await folder.write('.gitignore', '*.log\n');
  for (const path of ['deep/zebraList.ts', 'deep/zebra.log', 'other.ts']) await folder.write(path);
  const files = createFileList(1);
  await withMentions(
    {},
    async (mentions) => {
      await files.current();
      let found: readonly Mention[] = [];
      await until(async () => {
        found = await mentions.find('ZBL');
        return found.some(({ label }) => label === 'zebraList.ts');
      });
      assert.equal(await taken(mentions, found[0] ?? { id: '' }), 'file zebraList.ts');
      const paths = (await files.beyond('zebra')).map(({ path }) => path);
      assert.deepEqual(paths, ['mentioning/deep/zebraList.ts']);
    },
    files,
  );
  await withFiles(async (list) => {
    await list.current();
    assert.deepEqual(await list.beyond('zebra'), []);
  });
});

test('files and folders say where they lie, so that they can be pinned; nothing else does', async () => {
  const uri = await folder.write('pinning/pinnable.ts');
  await withMentions(
    { recentCommits: async () => [{ hash: '0123456789', message: 'm' }] },
    async (mentions) => {
      const uriOf = async (query: string, kind: string): Promise<string | undefined> => {
        const found = (await mentions.find(query)).find((mention) => mention.kind === kind);
        assert.ok(found, query);
        return mentions.uriOf(found.id)?.toString();
      };
      assert.equal(await uriOf('pinnable', 'file'), uri.toString());
      assert.equal(await uriOf('mentioning/pinning', 'folder'), folder.at('pinning').toString());
      assert.equal(await uriOf('commit', 'changes'), undefined);
      assert.equal(mentions.uriOf('no such id'), undefined);
    },
  );
});
