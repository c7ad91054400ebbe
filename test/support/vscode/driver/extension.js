const { randomUUID } = require('node:crypto');
const { mkdirSync, renameSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { join } = require('node:path');
const { runInThisContext } = require('node:vm');
const vscode = require('vscode');

/** Takes functions over HTTP on 127.0.0.1 and leaves its address in the folder that PARLEY_TEST_DRIVER names. */
exports.activate = (context) => {
  const folder = process.env.PARLEY_TEST_DRIVER;
  const window = vscode.workspace.getConfiguration('parleyTestDriver').get('window');
  if (!folder || !window) return undefined;
  const secret = randomUUID();
  const file = join(folder, `${window}.json`);
  const server = createServer((request, response) => {
    if (request.headers.authorization !== secret) return response.writeHead(403).end();
    answer(request).then((reply) => response.end(JSON.stringify(reply)));
  });
  server.listen(0, '127.0.0.1', () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify({ port: server.address().port, secret, pid: process.pid }));
    renameSync(`${file}.new`, file);
  });
  context.subscriptions.push({
    dispose() {
      server.close();
      server.closeAllConnections();
    },
  });
  return { secrets: context.secrets };
};

async function answer(request) {
  try {
    const { source, args } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const code = runInThisContext(`(${source})`);
    const value = await code(vscode, ...args);
    return { value };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
