import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import * as vscode from 'vscode';
import type { AskContext } from '../../src/core/conversation/askContext.ts';
import { createSession, type Session } from '../../src/core/conversation/session.ts';
import { estimateText } from '../../src/core/money/estimateText.ts';
import { createTokenCounter } from '../../src/core/money/tokenCounter.ts';
import { type Claude, type Counting, fail, type Result, succeed } from '../../src/core/ports.ts';
import type { Draft } from '../../src/core/protocol.ts';
import type { MessageRequest } from '../../src/core/request/messageRequest.ts';
import { gatherTexts } from '../../src/host/counting/gatherTexts.ts';
import { registerSelectionTokens, selectionTokens } from '../../src/host/counting/selectionTokens.ts';
import { createTokenCounting, type TokenCounting } from '../../src/host/counting/tokenCounting.ts';
import { TOKENS_SCHEME } from '../../src/host/counting/tokenDocuments.ts';
import { comparison } from '../../src/host/counting/tokenTable.ts';
import { NO_USAGE } from '../support/conversations.ts';
import { askContext, createScriptedClaude, createTestClock, openInMemory } from '../support/memoryPorts.ts';
import { testFolder, uncancelled, until } from './folder.ts';

const folder = testFolder('counting');
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

/** Counts one token for each word, and 7 for the message around them. */
function wordCounter(requests: MessageRequest[] = []): Claude {
  return {
    ...createScriptedClaude(),
    countTokens(request): Counting {
      requests.push(request);
      const blocks = [...(request.system ?? []), ...request.messages.flatMap(({ content }) => [...content])];
      const words = blocks.map((block) =>
        'text' in block ? String(block.text).split(/\s+/).filter(Boolean).length : 0,
      );
      const tokens = words.reduce((sum, count) => sum + count, 7);
      return { tokens: Promise.resolve(succeed(tokens)), cancel: () => undefined };
    },
  };
}

interface Stage {
  readonly counting: TokenCounting;
  readonly told: readonly string[];
}

interface StageParts {
  readonly claude?: Result<Claude>;
  readonly session?: Session;
  readonly draft?: Partial<Draft>;
}

async function onStage(
  { claude = succeed(wordCounter()), session, draft }: StageParts,
  body: (stage: Stage) => Promise<void>,
): Promise<void> {
  const told: string[] = [];
  const context: AskContext = { ...askContext(wordCounter()), claude };
  const counting = createTokenCounting({
    asking: {
      contextNow: async () => context,
      modelOf: () => context.model,
      counter: createTokenCounter(),
    },
    claude: async () => claude,
    clock: createTestClock(),
    session: () => session,
    draft: async () => ({ text: '', caret: 0, attachments: [], ...draft }),
    tell: (sentence) => told.push(sentence),
  });
  try {
    await body({ counting, told });
  } finally {
    counting.dispose();
  }
}

/** The table that satisfies the condition, as soon as there is one. */
async function table(has: RegExp): Promise<string> {
  const shown = (): string | undefined =>
    vscode.workspace.textDocuments
      .filter(({ uri }) => uri.scheme === TOKENS_SCHEME)
      .map((document) => document.getText())
      .find((text) => has.test(text));
  await until(() => shown() !== undefined);
  return shown() ?? '';
}

test('a named file is counted exactly, and told beside its estimate', async () => {
  const uri = await folder.write('a.txt', 'one two three');
  await onStage({}, async ({ counting, told }) => {
    assert.equal(await counting.countTokens(uri, [uri]), 3);
    assert.deepEqual(told.length, 1);
    assert.match(told[0] ?? '', /^counting\/a\.txt: 3 tokens for Claude Sonnet 5\.5/);
    const estimate = estimateText('one two three');
    assert.ok(told[0]?.endsWith(` (${comparison(estimate, 3, vscode.l10n.t)}).`), told[0]);
  });
});

test('without arguments the selections of the active editor count, else its whole text', async () => {
  const document = await vscode.workspace.openTextDocument({ content: 'one two\nthree four five\n' });
  const editor = await vscode.window.showTextDocument(document);
  await onStage({}, async ({ counting, told }) => {
    assert.equal(await counting.countTokens(), 5);
    editor.selections = [new vscode.Selection(0, 0, 0, 3), new vscode.Selection(1, 0, 1, 10)];
    assert.equal(await counting.countTokens(), 3);
    assert.match(told[1] ?? '', /^The selection in Untitled-\d+: 3 tokens/);
    // An editor's menu passes the URI along.
    assert.equal(await counting.countTokens(document.uri), 3);
    // With a list it is the file that is meant.
    assert.equal(await counting.countTokens(document.uri, [document.uri]), 5);
  });
});

test('without an editor there is nothing to count, and that is said', async () => {
  await onStage({}, async ({ counting, told }) => {
    assert.equal(await counting.countTokens(), 0);
    assert.match(told.join(), /Open a text file first/);
  });
});

for (const [kind, sentence] of [
  ['noKey', /No API key is set/],
  ['network', /could not be reached/],
  ['rateLimit', /too many requests/],
] as const) {
  test(`the estimate stays and the reason is told: ${kind}`, async () => {
    const uri = await folder.write('a.txt', 'one two three');
    await onStage({ claude: fail({ kind }) }, async ({ counting, told }) => {
      assert.equal(await counting.countTokens(uri, [uri]), estimateText('one two three'));
      assert.match(told[0] ?? '', /about \d+ tokens for Claude Sonnet 5\.5\./);
      assert.match(told[0] ?? '', sentence);
    });
  });
}

test('a folder becomes a table: sorted, exact, with what was left out and why', async () => {
  await folder.write('.gitignore', 'out/\n');
  await folder.write('small.txt', 'one');
  await folder.write('sub/large.txt', 'one two three four');
  await folder.write('picture.bin', new Uint8Array([1, 0, 2]));
  await folder.write('out/x', 'not counted');
  await onStage({}, async ({ counting, told }) => {
    assert.equal(await counting.countTokens(folder.uri, [folder.uri]), 6);
    const text = await table(/^Tokens of counting for Claude Sonnet 5\.5\n\nTokens/);
    const rows = text.split('\n').filter((line) => /% {2}/.test(line));
    assert.deepEqual(
      rows.map((line) =>
        line
          .trim()
          .split(/\s{2,}/)
          .at(-1),
      ),
      ['counting/sub/large.txt', 'counting/.gitignore', 'counting/small.txt', '3 files'],
    );
    assert.match(rows.at(-1) ?? '', /^ +6 +100\.0 %/);
    assert.match(text, /counting\/out +ignored \(out\/\)/);
    assert.match(text, /counting\/picture\.bin +binary/);
    assert.deepEqual(told, []);
  });
});

test('estimates are shown at once, before the API has counted', async () => {
  await folder.write('a', 'one two');
  await folder.write('b', 'three');
  let answer: (result: Result<number>) => void = () => undefined;
  const first = new Promise<Result<number>>((resolve) => {
    answer = resolve;
  });
  const exact = wordCounter();
  let asked = 0;
  const claude: Claude = {
    ...exact,
    countTokens: (request) =>
      asked++ === 0 ? { tokens: first, cancel: () => undefined } : exact.countTokens(request),
  };
  await onStage({ claude: succeed(claude) }, async ({ counting }) => {
    const counted = counting.countTokens(folder.at('a'), [folder.at('a'), folder.at('b')]);
    await table(/These are estimates; the API is counting\./);
    answer(succeed(8));
    assert.equal(await counted, 3);
    await table(/^Tokens of 2 entries for Claude Sonnet 5\.5\n\nTokens/);
  });
});

test('without the API a table of estimates says why', async () => {
  await folder.write('a', 'one two');
  await folder.write('b', 'three');
  await onStage({ claude: fail({ kind: 'noKey' }) }, async ({ counting }) => {
    const total = await counting.countTokens(folder.uri, [folder.uri]);
    assert.equal(total, estimateText('one two') + estimateText('three'));
    assert.match(await table(/No API key/), /~ marks an estimate/);
  });
});

test('many files take few requests, and their sum is exact', async () => {
  const requests: MessageRequest[] = [];
  await Promise.all(
    Array.from({ length: 60 }, (_, at) => folder.write(`f${at}`, `word ${'more '.repeat(at)}`)),
  );
  await onStage({ claude: succeed(wordCounter(requests)) }, async ({ counting }) => {
    assert.equal(await counting.countTokens(folder.uri, [folder.uri]), 60 + (59 * 60) / 2);
    assert.equal(requests.length, 13);
    assert.match(await table(/≈/), /\n +1,830 +100\.0 % {2}60 files/);
  });
});

test('unsaved text counts as it stands in the editor', async () => {
  const uri = await folder.write('a.txt', 'one');
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'two three '));
  await onStage({}, async ({ counting }) => {
    assert.equal(await counting.countTokens(uri, [uri]), 3);
  });
  await vscode.commands.executeCommand('workbench.action.files.revert');
});

test('a file named itself counts though it be ignored; a folder that holds nothing is told of', async () => {
  await folder.write('.gitignore', 'secret\n');
  const uri = await folder.write('secret', 'one two');
  await vscode.workspace.fs.createDirectory(folder.at('empty'));
  await onStage({}, async ({ counting, told }) => {
    assert.equal(await counting.countTokens(uri, [uri]), 2);
    assert.equal(await counting.countTokens(folder.at('empty')), 0);
    assert.match(told.at(-1) ?? '', /nothing to count in counting\/empty/);
    assert.equal(await counting.countTokens(folder.at('nowhere')), 0);
    assert.match(told.at(-1) ?? '', /nothing to count in counting\/nowhere: cannot be read/);
  });
});

test('files that are named twice, by themselves and by their folder, count once', async () => {
  const uri = await folder.write('a', 'one');
  const { files } = await gatherTexts([uri, folder.uri, uri], 1, uncancelled());
  assert.equal(files.length, 1);
});

test('texts in other encodings are read as VS Code reads them, and too large ones are left out', async () => {
  await folder.write('wide.txt', new Uint8Array([0xff, 0xfe, 0x61, 0x00, 0x62, 0x00]));
  await folder.write('old.txt', Buffer.from('A café in the old town, open at noon', 'latin1'));
  await folder.write('large.txt', 'x'.repeat(8_000_001));
  const { files, uncounted } = await gatherTexts([folder.uri], 1, uncancelled());
  assert.deepEqual(
    files.map(({ uri, bytes }) => [uri.path.split('/').at(-1), bytes]),
    [
      ['old.txt', 38],
      ['wide.txt', 2],
    ],
  );
  assert.deepEqual(
    uncounted.map(({ reason }) => reason),
    ['tooLarge'],
  );
});

test('what is text is told apart as attaching does it', async () => {
  await folder.write('late.bin', new Uint8Array([...new Array(9_000).fill(0x61), 0]));
  await folder.write('codes.bin', new Uint8Array(100).fill(1));
  const { files, uncounted } = await gatherTexts([folder.uri], 1, uncancelled());
  assert.deepEqual(files, []);
  assert.deepEqual(
    uncounted.map(({ reason }) => reason),
    ['binary', 'binary'],
  );
});

test('reading that is cancelled gives what it has', async () => {
  await Promise.all(Array.from({ length: 100 }, (_, at) => folder.write(`f${at}`, 'x')));
  const source = new vscode.CancellationTokenSource();
  const { files } = await gatherTexts([folder.uri], 1, source.token, (count) => {
    if (count === 5) source.cancel();
  });
  assert.ok(files.length >= 5 && files.length <= 5 + 8, String(files.length));
});

test('a conversation counts as what it would send, divided', async () => {
  const claude = createScriptedClaude();
  const session = createSession(openInMemory(), createTestClock(), () => undefined);
  session.ask([{ kind: 'text', text: 'What is this?' }], askContext(claude));
  await claude.asked(1);
  await onStage({ session }, async ({ counting, told }) => {
    assert.equal(await counting.countConversationTokens(), 0);
    assert.match(told[0] ?? '', /An answer is on its way/);
  });
  claude.say(
    { type: 'started', messageId: 'm', usage: NO_USAGE },
    { type: 'blockStarted', index: 0, block: { type: 'text', text: 'A test' } },
    { type: 'blockEnded', index: 0 },
    { type: 'end', outcome: 'done', stopReason: 'end_turn' },
  );
  await session.settled();
  await onStage({ session }, async ({ counting, told }) => {
    // Two words of system prompt, three of the question, two of the answer.
    assert.equal(await counting.countConversationTokens(), 7 + 2 + 3 + 2);
    assert.match(
      told[0] ?? '',
      /^This conversation: 14 tokens for Claude Sonnet 5\.5 \(estimate \d+, [\d.]+ % (more|less)\)\. Of them about \d+ are/,
    );
  });
});

test('a draft counts with all that goes before it; without a key it is an estimate that says so', async () => {
  const session = createSession(openInMemory(), createTestClock(), () => undefined);
  const draft = { text: 'Why is that so?' };
  await onStage({ session, draft }, async ({ counting, told }) => {
    assert.equal(await counting.countDraftTokens(), 7 + 2 + 4);
    assert.match(told[0] ?? '', /^This question .*: 13 tokens/);
  });
  await onStage({ session, draft, claude: fail({ kind: 'noKey' }) }, async ({ counting, told }) => {
    assert.ok((await counting.countDraftTokens()) > 4);
    assert.match(told[0] ?? '', /about \d+ tokens .* No API key/);
  });
});

test('an empty conversation and an empty draft are told of', async () => {
  const session = createSession(openInMemory(), createTestClock(), () => undefined);
  await onStage({ session }, async ({ counting, told }) => {
    assert.equal(await counting.countConversationTokens(), 0);
    assert.equal(await counting.countDraftTokens(), 0);
    assert.match(told.join(' '), /conversation is empty.* no question is written/);
  });
});

test('the status bar says the tokens of the selections, else of the file, by the model in use', async () => {
  const document = await vscode.workspace.openTextDocument({ content: `${'word '.repeat(2_000)}\nend` });
  const editor = await vscode.window.showTextDocument(document);
  assert.match(selectionTokens(editor, 1), /^\$\(symbol-numeric\) ~2,\d{3} tok$/);
  editor.selections = [new vscode.Selection(0, 0, 0, 4), new vscode.Selection(1, 0, 1, 3)];
  const tokens = estimateText('word') + estimateText('end');
  assert.equal(selectionTokens(editor, 1), `$(symbol-numeric) ~${tokens} tok`);
  assert.equal(selectionTokens(editor, 10), `$(symbol-numeric) ~${tokens * 10} tok`);
});

test('a text too long to be reckoned at every key is not', async () => {
  const document = await vscode.workspace.openTextDocument({ content: 'x'.repeat(2_000_001) });
  const editor = await vscode.window.showTextDocument(document);
  assert.equal(selectionTokens(editor, 1), '$(symbol-numeric) long text');
});

test('the item in the status bar is made when the setting asks for it', async () => {
  const document = await vscode.workspace.openTextDocument({ content: 'some text' });
  await vscode.window.showTextDocument(document);
  let asked = 0;
  const registration = registerSelectionTokens(() => {
    asked++;
    return 1;
  });
  const configuration = vscode.workspace.getConfiguration('parley');
  try {
    assert.equal(asked, 0);
    await configuration.update('showSelectionTokens', true, vscode.ConfigurationTarget.Global);
    await until(() => asked > 0);
  } finally {
    await configuration.update('showSelectionTokens', undefined, vscode.ConfigurationTarget.Global);
    registration.dispose();
  }
});
