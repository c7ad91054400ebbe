import assert from 'node:assert/strict';
import { isAlive } from '../support/vscode/processes.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';

const suite = vsCodeSuite({ extensions: [], hasAllBuiltIns: true });
const driver = 'parley-test.parley-test-driver';

suite.test(
  'a window opens on the folder, with its own settings',
  { files: { 'a.md': '# A' } },
  async (stage) => {
    const window = await stage.open({ theme: 'Light Modern' });
    const seen = await window.driver.run((vscode) => ({
      folders: vscode.workspace.workspaceFolders?.map((folder) => folder.uri.path),
      theme: vscode.workspace.getConfiguration('workbench').get('colorTheme'),
    }));
    assert.deepEqual(seen, { folders: [stage.workspace], theme: 'Light Modern' });
  },
);

suite.test('a command runs, and its questions are answered', async (stage) => {
  const window = await stage.open();
  await window.driver.run((vscode) => {
    vscode.commands.registerCommand('workbench.action.toggleZenMode', async () => {
      const name = await vscode.window.showInputBox({
        title: 'Name',
        validateInput: (value) => (value.length < 3 ? 'Too short' : undefined),
      });
      const size = await vscode.window.showQuickPick(['small', 'large'], { title: 'Size' });
      await vscode.window.showInformationMessage(`${size} ${name}`, 'Fine');
    });
  });
  await window.runCommand('View: Toggle Zen Mode');
  await window.quickInput.titled('Name');
  await window.quickInput.fill('ab');
  await window.quickInput.says('Too short');
  await window.quickInput.fill('abc');
  await window.quickInput.accept();
  await window.quickInput.titled('Size');
  assert.deepEqual(await window.quickInput.items(), ['small', 'large']);
  await window.quickInput.pick('large');
  await window.notification('large abc');
  await window.press('Fine');
  await window.notificationGone('large abc');
});

suite.test('a webview runs in an origin of its own', async (stage) => {
  const window = await stage.open();
  await window.driver.run((vscode) => {
    const panel = vscode.window.createWebviewPanel('test', 'Test', 1, { enableScripts: true });
    panel.webview.html = '<html><body><p>hello</p><script>document.title = "ran"</script></body></html>';
  });
  const frame = await window.webview(driver).frame();
  assert.equal(await frame.locator('p').innerText(), 'hello');
  assert.equal(await frame.title(), 'ran');
  assert.equal(await window.webview(driver).content.locator('p').innerText(), 'hello');
  assert.equal(await window.webview(driver).count(), 1);
  assert.match(new URL(frame.url()).hostname, /^\w+\.lab\.localhost$/);
});

suite.test('a secret survives both ways of reloading', async (stage) => {
  const window = await stage.open();
  await window.driver.run(async (vscode, id) => {
    await vscode.extensions.getExtension(id)?.exports.secrets.store('name', 'value');
  }, driver);
  // The workbench says that it is stored before it is.
  await window.page.waitForFunction(() => localStorage.getItem('secrets.provider') !== null);
  const secret = () =>
    window.driver.run(
      (vscode, id) => vscode.extensions.getExtension(id)?.exports.secrets.get('name'),
      driver,
    );
  await window.reload('page');
  assert.equal(await secret(), 'value');
  await window.reload('command');
  assert.equal(await secret(), 'value');
});

suite.test('an extension host that was killed is replaced', async (stage) => {
  const window = await stage.open();
  const first = await window.driver.pid();
  assert.deepEqual(await stage.server.extensionHosts(), [first]);
  process.kill(first, 'SIGKILL');
  const second = await window.driver.run(() => process.pid);
  assert.notEqual(second, first);
  assert.deepEqual(await stage.server.extensionHosts(), [second]);
});

suite.test('a restarted server has the same data behind the same door', async (stage) => {
  const window = await stage.open();
  const host = await window.driver.pid();
  await stage.restartServer();
  assert.equal(await isAlive(host), false);
  await window.reload();
  assert.equal(await window.driver.run((vscode) => vscode.env.appHost), 'server-distro');
});

suite.test('a window can be in Restricted Mode', async (stage) => {
  const window = await stage.open({ trust: 'restricted' });
  assert.equal(await window.driver.run((vscode) => vscode.workspace.isTrusted), false);
});

suite.test('the door lets nobody else in', async (stage) => {
  const ask = (headers: Record<string, string>) =>
    fetch(`http://127.0.0.1:${stage.door.port}/mint-key`, { method: 'POST', headers });
  assert.equal((await ask({})).status, 200);
  assert.equal((await ask({ origin: 'https://example.com' })).status, 403);
});
