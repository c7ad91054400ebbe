const vscode = require('vscode');

const { Changed, Created, Deleted } = vscode.FileChangeType;
const { Directory, File } = vscode.FileType;

/** Serves `memory:`, which begins with a small project, tells of its changes, and knows of no disk. */
exports.activate = (context) => {
  const files = new Map();
  const changes = new vscode.EventEmitter();
  const put = (path, content) => files.set(path, { content, mtime: Date.now() });
  put('/project/.gitignore', Buffer.from('out/\n'));
  put('/project/src/a.ts', Buffer.from("export const a = 'in memory';\n"));
  put('/project/src/parts/b.ts', Buffer.from("export const b = 'deeper in memory';\n"));
  put('/project/src/out/a.js', Buffer.from("exports.a = 'made';\n"));

  const below = (path) => [...files.keys()].filter((key) => key.startsWith(`${path.replace(/\/$/, '')}/`));
  const found = (uri) => {
    const file = files.get(uri.path);
    if (!file) throw vscode.FileSystemError.FileNotFound(uri);
    return file;
  };
  const provider = {
    onDidChangeFile: changes.event,
    watch: () => new vscode.Disposable(() => undefined),
    stat(uri) {
      if (below(uri.path).length > 0) return { type: Directory, ctime: 0, mtime: 0, size: 0 };
      const { content, mtime } = found(uri);
      return { type: File, ctime: 0, mtime, size: content.length };
    },
    readDirectory(uri) {
      const start = `${uri.path.replace(/\/$/, '')}/`;
      const names = new Set(below(uri.path).map((path) => path.slice(start.length).split('/')[0]));
      return [...names].map((name) => [name, files.has(start + name) ? File : Directory]);
    },
    readFile: (uri) => found(uri).content,
    writeFile(uri, content) {
      const type = files.has(uri.path) ? Changed : Created;
      put(uri.path, content);
      changes.fire([{ type, uri }]);
    },
    delete(uri) {
      for (const path of [uri.path, ...below(uri.path)]) files.delete(path);
      changes.fire([{ type: Deleted, uri }]);
    },
    createDirectory: () => undefined,
    rename: () => {
      throw vscode.FileSystemError.NoPermissions();
    },
  };
  context.subscriptions.push(vscode.workspace.registerFileSystemProvider('memory', provider), changes);
};
