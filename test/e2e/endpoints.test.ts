import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { selfSigned } from '../support/network/certificate.ts';
import { startForwardProxy } from '../support/network/forwardProxy.ts';
import { startSecureFront } from '../support/network/secureFront.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import type { Window } from '../support/vscode/window.ts';
import { type Chat, openChat, questions, setKey } from './parley.ts';

// Requests go the way that VS Code's own settings describe: through its proxy, and past its certificates.

const KEY = 'sk-ant-e2e-network';
/** Reserved for examples (RFC 6761), so that no name server knows it. */
const GATEWAY = 'gateway.example.invalid';

const claude = await startFakeClaude({ keys: [KEY] });
const certificate = selfSigned(GATEWAY);
const secure = await startSecureFront(certificate, claude.url);
const folder = await mkdtemp(join(tmpdir(), 'parley-certificate-'));
const certificateFile = join(folder, 'certificate.pem');
await writeFile(certificateFile, certificate.cert);
/** By the port that is asked for. */
const hosts = {
  [`${GATEWAY}:80`]: claude.url.replace('http://', ''),
  [`${GATEWAY}:443`]: `127.0.0.1:${secure.port}`,
};
const proxy = await startForwardProxy({ hosts });
const lockedProxy = await startForwardProxy({ hosts, locked: true });
after(async () => {
  await Promise.all([proxy.close(), lockedProxy.close(), secure.close(), claude.close()]);
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset() });
/** One attempt, so that a failure shows at once. */
const once = { 'parley.retry.maxAttempts': 1 };
const throughGateway = { ...once, 'parley.baseUrl': `http://${GATEWAY}` };
const secureAddress = { ...once, 'parley.baseUrl': `https://127.0.0.1:${secure.port}` };

/** Opens the chat with a key; where it cannot be checked a second Enter keeps it. */
async function chatWithKey(window: Window, reachable: boolean): Promise<Chat> {
  const chat = await openChat(window);
  if (reachable) {
    await setKey(window, KEY);
    return chat;
  }
  await window.runCommand('Parley: Set API Key...');
  await window.quickInput.titled(/API Key/);
  await window.quickInput.fill(KEY);
  await window.quickInput.accept();
  await window.quickInput.says(/Enter again/);
  await window.quickInput.accept();
  await window.quickInput.closed();
  return chat;
}

async function failureOf(chat: Chat): Promise<string | null> {
  await chat.answer('failed');
  return chat.failure.getAttribute('data-failure');
}

suite.test(
  'a gateway that only the proxy of the settings knows is reached through it',
  { userSettings: { 'http.proxy': proxy.url }, machineSettings: throughGateway },
  async ({ open }) => {
    const chat = await chatWithKey(await open(), true);
    await chat.ask('Through the proxy?');
    await chat.answer('done');
    assert.equal(questions(claude).at(-1)?.headers.authorization, `Bearer ${KEY}`);
    assert.ok(proxy.asked.includes(`${GATEWAY}:80`), proxy.asked.join());
  },
);

suite.test(
  'without the proxy the same gateway cannot be reached',
  { machineSettings: throughGateway },
  async ({ open }) => {
    const chat = await chatWithKey(await open(), false);
    await chat.ask('Anybody there?');
    assert.equal(await failureOf(chat), 'network');
    assert.equal(claude.requests.length, 0);
  },
);

suite.test(
  'a proxy that wants a password is told apart from a gateway that wants a key',
  { userSettings: { 'http.proxy': lockedProxy.url }, machineSettings: throughGateway },
  async ({ open }) => {
    const chat = await chatWithKey(await open(), false);
    await chat.ask('May I pass?');
    assert.equal(await failureOf(chat), 'proxy');
    assert.equal(claude.requests.length, 0);
  },
);

suite.test(
  'a certificate that nobody vouches for fails, and the remedy is the network settings of VS Code',
  { machineSettings: secureAddress },
  async ({ open }) => {
    const window = await open();
    const chat = await chatWithKey(window, false);
    await chat.ask('Who are you?');
    assert.equal(await failureOf(chat), 'certificate');
    assert.equal(claude.requests.length, 0);
    await chat.failure.getByRole('button', { name: 'Open Settings' }).click();
    await window.page.getByText('@id:http.*').first().waitFor();
    await window.page
      .getByText(/^[1-9]\d* Settings Found$/)
      .first()
      .waitFor();
  },
);

suite.test(
  'a certificate of the system counts as long as VS Code is set to use those',
  {
    userSettings: { 'http.systemCertificates': false },
    machineSettings: secureAddress,
    // Where the system keeps its certificates.
    environment: { SSL_CERT_FILE: certificateFile },
  },
  async ({ open }) => {
    const window = await open();
    const chat = await chatWithKey(window, false);
    await chat.ask('Who are you?');
    assert.equal(await failureOf(chat), 'certificate');
    await window.driver.run(async (vscode) => {
      const { Global } = vscode.ConfigurationTarget;
      await vscode.workspace.getConfiguration('http').update('systemCertificates', true, Global);
    });
    await chat.ask('And now?');
    await chat.answer('done');
    assert.equal(questions(claude).at(-1)?.headers.authorization, `Bearer ${KEY}`);
  },
);

suite.test(
  'a certificate that Node is told of counts where VS Code does not bring its own',
  {
    userSettings: { 'http.systemCertificates': false },
    machineSettings: secureAddress,
    environment: { NODE_EXTRA_CA_CERTS: certificateFile },
  },
  async ({ open }) => {
    const chat = await chatWithKey(await open(), true);
    await chat.ask('Who are you?');
    await chat.answer('done');
  },
);

suite.test(
  'a gateway with a certificate of its own is reached through a tunnel of the proxy',
  {
    userSettings: { 'http.proxy': proxy.url },
    machineSettings: { ...once, 'parley.baseUrl': `https://${GATEWAY}` },
    environment: { SSL_CERT_FILE: certificateFile },
  },
  async ({ open }) => {
    const chat = await chatWithKey(await open(), true);
    await chat.ask('Through the tunnel?');
    await chat.answer('done');
    assert.ok(proxy.asked.includes(`${GATEWAY}:443`), proxy.asked.join());
  },
);
