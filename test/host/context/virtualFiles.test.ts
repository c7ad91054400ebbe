import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as vscode from 'vscode';
import { createFolderList } from '../../../src/host/context/pinning/folderList.ts';
import { isWatched } from '../../../src/host/context/pinning/places.ts';
import { lookAt } from '../../../src/host/context/pinning/reading.ts';

/** A file system that exists in memory only, as those of remote repositories do, and tells of no change. */

const files = new Map<string, { text: string; mtime: number }>();
const none = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
let read = 0;

function isFolder(path: string): boolean {
  return [...files.keys()].some((key) => key.startsWith(`${path.replace(/\/$/, '')}/`));
}

const provider: vscode.FileSystemProvider = {
  onDidChangeFile: none.event,
  watch: () => new vscode.Disposable(() => undefined),
  stat({ path }) {
    const file = files.get(path);
    if (file) return { type: vscode.FileType.File, ctime: 0, mtime: file.mtime, size: file.text.length };
    if (!isFolder(path)) throw vscode.FileSystemError.FileNotFound();
    return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
  },
  readDirectory({ path }) {
    const start = `${path.replace(/\/$/, '')}/`;
    const names = [...files.keys()]
      .filter((key) => key.startsWith(start))
      .map((key) => key.slice(start.length));
    return [...new Set(names.map((name) => name.split('/')[0] ?? ''))].map((name) => [
      name,
      files.has(`${start}${name}`) ? vscode.FileType.File : vscode.FileType.Directory,
    ]);
  },
  readFile({ path }) {
    read++;
    const file = files.get(path);
    if (!file) throw vscode.FileSystemError.FileNotFound();
    return new TextEncoder().encode(file.text);
  },
  createDirectory: () => undefined,
  writeFile: () => undefined,
  delete: () => undefined,
  rename: () => undefined,
};

const registered = vscode.workspace.registerFileSystemProvider('parley-memory', provider);
after(() => registered.dispose());

const root = vscode.Uri.parse('parley-memory:/project');

async function listed(list: ReturnType<typeof createFolderList>): Promise<readonly string[]> {
  const found: string[] = [];
  const { token } = new vscode.CancellationTokenSource();
  for await (const uris of list.files(token)) found.push(...uris.map(({ path }) => path));
  return found;
}

test('files of a virtual file system are listed by its own rules, anew each time as nobody tells of new ones', async () => {
  files.set('/project/.gitignore', { text: 'out/\n', mtime: 1 });
  files.set('/project/src/a.ts', { text: 'a\r\n', mtime: 1 });
  files.set('/project/out/a.js', { text: 'a', mtime: 1 });
  const list = createFolderList(root, { exclusionOf: () => undefined });
  assert.deepEqual(await listed(list), ['/project/.gitignore', '/project/src/a.ts']);
  assert.deepEqual(
    [...list.leftOut].map(({ uri }) => uri),
    ['parley-memory:/project/out'],
  );
  files.set('/project/src/b.ts', { text: 'b', mtime: 1 });
  assert.ok((await listed(list)).includes('/project/src/b.ts'));
});

test('a file of it is read again when its size or time differ, and only then', async () => {
  const uri = vscode.Uri.joinPath(root, 'src/a.ts');
  assert.equal(isWatched(uri), false);
  files.set(uri.path, { text: 'one\r\n', mtime: 1 });
  const file = { uri, path: 'src/a.ts', isNamed: false };
  const first = await lookAt(file, undefined);
  assert.equal(first.text, 'one\n');
  const before = read;
  assert.deepEqual(await lookAt(file, undefined, first.seen), { seen: first.seen });
  assert.equal(read, before);
  files.set(uri.path, { text: 'two\r\n', mtime: 2 });
  assert.equal((await lookAt(file, undefined, first.seen)).text, 'two\n');
  files.delete(uri.path);
  assert.equal((await lookAt(file, undefined, first.seen)).seen.finding.reason, 'unreadable');
});
