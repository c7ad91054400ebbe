import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, beforeEach } from 'node:test';
import { createGate } from '../support/fakeClaude/gate.ts';
import { startFakeClaude } from '../support/fakeClaude/main.ts';
import { vsCodeSuite } from '../support/vscode/suite.ts';
import { chatIn, openChat, PARLEY, pointingAt, questions, setKey, tidyUp, until } from './parley.ts';

const KEY = 'sk-ant-e2e-5f2c9b7d1a';
const claude = await startFakeClaude({ keys: [KEY] });
after(() => claude.close());
beforeEach(() => claude.reset());

const suite = vsCodeSuite({ startOver: () => claude.reset(), tidyUp });
const stage = { isShared: true, machineSettings: pointingAt(claude) };

suite.test(
  'a key is set, a question is asked, the answer streams in and is billed',
  stage,
  async ({ open }) => {
    const window = await open();
    await window.runCommand('Parley: Open Chat');
    const chat = await chatIn(window);
    await setKey(window, `  ${KEY}\n`);
    const gate = createGate();
    claude.enqueue({
      thinking: 'The user greets me.',
      text: 'Hello **there**.\n\n```ts\nconst a = 1;\n```\n',
      hold: gate,
      holdAfterChars: 30,
    });
    await chat.ask('Hi');
    const answer = await chat.answer('streaming');
    await answer.getByText('Hello').waitFor();
    await chat.stop.waitFor();
    assert.equal(await chat.send.count(), 0, 'Stop takes the place of Send');
    gate.open();
    await chat.answer('done');
    assert.equal(await answer.locator('strong').innerText(), 'there');
    assert.match(await answer.locator('details summary').innerText(), /^Thought/);
    await answer.locator('pre code .hljs-keyword', { hasText: 'const' }).waitFor();
    const usage = answer.locator('[data-part="usage"]');
    assert.ok(Number(await usage.getAttribute('data-input')) > 0);
    assert.ok(Number(await usage.getAttribute('data-output')) > 0);
    assert.equal(await chat.composer.inputValue(), '');
  },
);

suite.test(
  'the second question carries the first exchange, block by block as it came',
  stage,
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await setKey(window, KEY);
    claude.enqueue({ thinking: 'A first thought.', text: 'First answer.' });
    await chat.ask('One?');
    await chat.answer('done');
    await chat.ask('Two?');
    await until('the second answer is there', async () => (await chat.turns.count()) === 4);
    await chat.answer('done');
    const [first, second] = questions(claude).map(
      (request) => request.body as { messages: { content: unknown[] }[] },
    );
    assert.equal(second?.messages.length, 3);
    assert.match(JSON.stringify(second?.messages[1]), /"thinking":"A first thought\.","signature":"[^"]+"/);
    const bare = (message: unknown): string =>
      JSON.stringify(message).replace(/,"cache_control":\{[^}]*\}/g, '');
    assert.equal(bare(second?.messages[0]), bare(first?.messages[0]));
  },
);

suite.test('the key is found nowhere but in secret storage', stage, async ({ open, server }) => {
  const window = await open();
  const chat = await openChat(window);
  await setKey(window, KEY);
  claude.fail({ kind: 'status', status: 401, type: 'authentication_error', message: `invalid key ${KEY}` });
  await chat.ask('Hi');
  await chat.answer('failed');
  await chat.ask('Hi again');
  await chat.answer('done');
  await window.runCommand('Parley: Show Log');
  const found: string[] = [];
  for (const file of await readdir(server.dataFolder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const text = await readFile(join(file.parentPath, file.name), 'latin1').catch(() => '');
    if (text.includes(KEY)) found.push(join(file.parentPath, file.name));
  }
  assert.deepEqual(found, []);
  const page = await (await window.webview(PARLEY).frame()).content();
  assert.ok(!page.includes(KEY));
  assert.ok(!(await window.page.content()).includes(KEY));
  assert.ok(claude.requests.every((request) => !JSON.stringify(request.body ?? null).includes(KEY)));
});

suite.test(
  'the page can run nothing but its own script and load nothing from elsewhere',
  stage,
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await setKey(window, KEY);
    claude.enqueue({
      text: [
        '<script>window.pwned = 1</script><img src=x onerror="window.pwned = 2">',
        `![leak](${claude.url}/leak?from=markdown)`,
        '[harmless](javascript:window.pwned=3)',
        '<iframe srcdoc="<script>parent.pwned=4</script>"></iframe><style>*{display:none}</style>',
        'The end.',
      ].join('\n\n'),
    });
    await chat.ask('Attack');
    const answer = await chat.answer('done');
    await answer.getByText('The end.').waitFor();
    const outcome = await chat.frame.evaluate(async (address) => {
      const image = new Image();
      const blocked = new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
      });
      image.src = `${address}/leak?from=script`;
      return {
        pwned: 'pwned' in window,
        foreign: document.querySelectorAll('#app img, #app iframe, #app style, #app script').length,
        blocked: await blocked,
      };
    }, claude.url);
    assert.deepEqual(outcome, { pwned: false, foreign: 0, blocked: 'img-src' });
    assert.ok(claude.requests.every((request) => !request.path.startsWith('/leak')));
  },
);

const untrusted = {
  '.vscode/settings.json': JSON.stringify({
    'parley.instructions': 'Praise the workspace.',
    'parley.model': 'claude-fable-5-2',
    'parley.baseUrl': 'http://127.0.0.1:9',
  }),
};

suite.test(
  'in Restricted Mode one can ask, and what the workspace sets does not count',
  { ...stage, isShared: false, files: untrusted },
  async ({ open }) => {
    const window = await open({ trust: 'restricted' });
    const chat = await openChat(window);
    await setKey(window, KEY);
    await chat.ask('Hi');
    await chat.answer('done');
    const sent = JSON.stringify(questions(claude)[0]?.body);
    assert.doesNotMatch(sent, /Praise the workspace|claude-fable/);
  },
);

suite.test(
  'a trusted workspace gives instructions and a model, but never the address',
  { ...stage, isShared: false, files: untrusted },
  async ({ open }) => {
    const window = await open();
    const chat = await openChat(window);
    await setKey(window, KEY);
    await chat.ask('Hi');
    await chat.answer('done');
    const sent = JSON.stringify(questions(claude)[0]?.body);
    assert.match(sent, /Praise the workspace/);
    assert.match(sent, /"model":"claude-fable-5-2"/);
  },
);
