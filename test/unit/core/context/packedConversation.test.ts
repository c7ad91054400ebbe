import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OpenPack, pendingUpdates } from '../../../../src/core/context/conversationContext.ts';
import type { PinnedFile } from '../../../../src/core/context/pinned.ts';
import type { AskContext } from '../../../../src/core/conversation/askContext.ts';
import { emptyConversation, reduceAll } from '../../../../src/core/conversation/events.ts';
import { forkEvents } from '../../../../src/core/conversation/fork.ts';
import type { FrozenPack } from '../../../../src/core/conversation/model.ts';
import { draftRequest } from '../../../../src/core/conversation/quoting.ts';
import type { AttachmentStore } from '../../../../src/core/ports.ts';
import type { MessageRequest, UserBlock } from '../../../../src/core/request/messageRequest.ts';
import { packOf } from '../../../../src/core/request/pack.ts';
import { createMemoryAttachments } from '../../../support/memoryPorts.ts';
import { DONE, newest, type Setup, say, setUp, TEXT } from '../sessionSetUp.ts';
import { numbered, pinned } from './files.ts';

const A = pinned('src/a.ts', numbered(40, 'a'));
const B = pinned('src/b.ts', numbered(40, 'b'));
const EDITED = pinned('src/a.ts', numbered(40, 'a').replace('a 7\n', 'a seven\n'));

/** A pack in the store, and what a workspace gives whose pinned files can be changed. */
async function packed(
  files: readonly PinnedFile[],
  attachments: AttachmentStore = createMemoryAttachments(),
) {
  const open: OpenPack = packOf(files);
  const put = await attachments.put(new TextEncoder().encode(open.text));
  assert.ok(put.ok);
  const pack: FrozenPack = { at: 1, sha256: put.value.sha256, manifest: '', files: files.length, tokens: 9 };
  let now = files;
  const context: Partial<AskContext> = {
    attachments,
    systemTexts: [
      { source: 'base', text: 'Be brief.' },
      { source: 'AGENTS.md', text: 'Be kind.' },
    ],
    workspace: {
      id: 'w1',
      pack,
      packTtl: '1h',
      updatesFor: (conversation) => pendingUpdates(conversation, open, now),
    },
  };
  const edit = (files: readonly PinnedFile[]): void => {
    now = files;
  };
  return { context, open, pack, edit };
}

async function ask(setup: Setup, text: string, context: AskContext): Promise<MessageRequest> {
  assert.equal(setup.session.ask(say(text), context), undefined);
  setup.claude.say(...TEXT, DONE);
  await setup.session.settled();
  const request = setup.claude.requests.at(-1);
  assert.ok(request);
  return request;
}

const textsOf = (blocks: readonly UserBlock[] = []): readonly string[] =>
  blocks.map((block) => (block.type === 'text' ? block.text : block.type));
const questionTexts = ({ messages }: MessageRequest, at: number): readonly string[] => {
  const questions = messages.filter((message) => message.role === 'user');
  return textsOf(questions.at(at)?.content);
};

test('the pack stands behind the base instructions with a cache point of its own, before everything that may differ', async () => {
  const setup = setUp();
  const { context, open } = await packed([A, B]);
  const { system = [] } = await ask(setup, 'Hi', { ...setup.context, ...context });
  assert.deepEqual(textsOf(system), ['Be brief.', open.text, 'Be kind.']);
  assert.deepEqual(
    system.map((block) => block.cache_control),
    [undefined, { type: 'ephemeral', ttl: '1h' }, { type: 'ephemeral' }],
  );
  assert.equal(setup.session.conversation.system?.workspace, 'w1');
});

test('an hour for the messages is an hour for the pack: shorter lifetimes must not come first', async () => {
  const setup = setUp();
  const { context } = await packed([A]);
  const workspace = { ...(context.workspace ?? setup.context.workspace), packTtl: '5m' } as const;
  const asked = { ...setup.context, ...context, ttl: '1h', workspace } as const;
  const { system = [] } = await ask(setup, 'Hi', asked);
  assert.deepEqual(system[1]?.cache_control, { type: 'ephemeral', ttl: '1h' });
});

test('a file that was edited goes out again with the next question, once, and what was sent before stays as it was', async () => {
  const setup = setUp();
  const { context, edit } = await packed([A, B]);
  const asking = { ...setup.context, ...context };
  const first = await ask(setup, 'One', asking);
  edit([EDITED, B]);
  const second = await ask(setup, 'Two', asking);
  const third = await ask(setup, 'Three', asking);
  assert.deepEqual(textsOf(second.system), textsOf(first.system));
  assert.deepEqual(questionTexts(second, 0), ['One']);
  const [update, words, ...rest] = questionTexts(second, 1);
  assert.match(update ?? '', /src\/a\.ts.*\n```diff\n.*\+a seven/s);
  assert.deepEqual([words, rest], ['Two', []]);
  assert.deepEqual(questionTexts(third, 1), questionTexts(second, 1));
  assert.deepEqual(questionTexts(third, 2), ['Three']);
});

test('what is counted and quoted has the updates that will be sent', async () => {
  const setup = setUp();
  const { context, edit } = await packed([A, B]);
  const asking = { ...setup.context, ...context };
  await ask(setup, 'One', asking);
  edit([EDITED, B]);
  const quoted = await draftRequest(setup.session.conversation, say('Two'), asking, setup.clock);
  assert.deepEqual(quoted.request.messages, (await ask(setup, 'Two', asking)).messages);
});

test('a question that is edited takes the updates along that stood behind the ones before it', async () => {
  const setup = setUp();
  const { context, edit } = await packed([A, B]);
  const asking = { ...setup.context, ...context };
  await ask(setup, 'One', asking);
  edit([EDITED, B]);
  await ask(setup, 'Two', asking);
  const [, , question] = setup.session.conversation.turns;
  assert.equal(setup.session.edit(question?.id ?? '', say('Two, but better'), asking), undefined);
  setup.claude.say(...TEXT, DONE);
  await setup.session.settled();
  const request = setup.claude.requests.at(-1);
  assert.ok(request);
  assert.equal(questionTexts(request, 1).length, 2, 'the update went aside with the question that had it');
  assert.equal(questionTexts(request, 1)[1], 'Two, but better');
});

test('updates make no question and no title', async () => {
  const setup = setUp();
  const { context, edit } = await packed([A, B]);
  const asking = { ...setup.context, ...context };
  edit([EDITED, B]);
  assert.equal(setup.session.ask(say('  '), asking), 'empty');
  await ask(setup, 'What is it?', asking);
  assert.equal(setup.session.conversation.title, 'What is it?');
});

test('repacking puts the fresh pack in place, leaves out the updates and the thinking behind the old one, and no word', async () => {
  const setup = setUp();
  const { context, edit } = await packed([A, B]);
  const asking = { ...setup.context, ...context };
  await ask(setup, 'One', asking);
  edit([EDITED, B]);
  await ask(setup, 'Two', asking);
  const fresh = await packed([EDITED, B], asking.attachments);
  setup.session.record({ type: 'contextRepacked', pack: fresh.pack });
  const request = await ask(setup, 'Three', { ...setup.context, ...fresh.context });
  assert.equal(textsOf(request.system)[1], fresh.open.text);
  assert.deepEqual(
    [0, 1, 2].map((at) => questionTexts(request, at)),
    [['One'], ['Two'], ['Three']],
  );
  assert.equal(setup.session.conversation.thinkingLeftOutThrough, setup.session.conversation.turns[3]?.id);
  const second = setup.session.conversation.turns[2];
  assert.ok(second?.role === 'user' && second.parts.length === 2, 'the update is kept for the reader');
});

test('a fork reads the same pack and knows the same updates', async () => {
  const setup = setUp();
  const { context, edit } = await packed([A, B]);
  const asking = { ...setup.context, ...context };
  await ask(setup, 'One', asking);
  edit([EDITED, B]);
  await ask(setup, 'Two', asking);
  const { conversation } = setup.session;
  const events = forkEvents(conversation, newest(setup.session)?.id ?? '', 'Fork');
  const forked = setUp(reduceAll(emptyConversation('c2', 2), events));
  const request = await ask(forked, 'Three', { ...asking, claude: forked.context.claude });
  const original = setup.claude.requests.at(-1);
  assert.deepEqual(request.messages.slice(0, 2), (await ask(setup, 'Three', asking)).messages.slice(0, 2));
  assert.deepEqual(textsOf(request.system), textsOf(original?.system));
  assert.deepEqual(questionTexts(request, 2), ['Three']);
});

test('when the text of the pack is gone a sentence stands in its place from then on, and the question goes through', async () => {
  const setup = setUp();
  const { context } = await packed([A, B]);
  const asking = { ...setup.context, ...context };
  await ask(setup, 'One', asking);
  const lost = { ...asking, attachments: createMemoryAttachments() };
  const second = await ask(setup, 'Two', lost);
  const third = await ask(setup, 'Three', lost);
  assert.match(textsOf(second.system)[1] ?? '', /Their text is lost/);
  assert.deepEqual(textsOf(third.system), textsOf(second.system));
  assert.equal(setup.session.conversation.system?.pack?.gone, true);
});

test('of a pack that is lost, files that were told of by a diff go out whole again', async () => {
  const setup = setUp();
  const { context, edit } = await packed([A, B]);
  const asking = { ...setup.context, ...context };
  await ask(setup, 'One', asking);
  edit([EDITED, B]);
  await ask(setup, 'Two', asking);
  await ask(setup, 'Three', { ...asking, attachments: createMemoryAttachments() });
  const paths = pendingUpdates(setup.session.conversation, undefined, [EDITED, B]).map(
    ({ change, path, form }) => `${change} ${path} ${form}`,
  );
  assert.deepEqual(paths, ['added src/a.ts whole', 'added src/b.ts whole']);
});

test('of a pack that is lost, a folder that was told as gone is gone, also after its files were told whole', async () => {
  const setup = setUp();
  const { context, edit } = await packed([A]);
  const asking = { ...setup.context, ...context };
  await ask(setup, 'One', asking);
  const others = ['lib/c.ts', 'lib/x/d.ts', 'doc.md'].map((path) => pinned(path, path));
  edit([A, ...others]);
  await ask(setup, 'Two', asking);
  edit([A, ...others.slice(2)]);
  await ask(setup, 'Three', asking);
  const lost = { ...asking, attachments: createMemoryAttachments() };
  await ask(setup, 'Four', lost);
  const pending = pendingUpdates(setup.session.conversation, undefined, others.slice(1));
  assert.deepEqual(
    pending.map(({ change, path, form }) => `${change} ${path} ${form}`),
    ['added lib/x/d.ts whole'],
  );
});

test('a pack that cannot be read just now holds the question back, as without it the request would be another', async () => {
  const setup = setUp();
  const { context } = await packed([A, B]);
  const asking = { ...setup.context, ...context };
  await ask(setup, 'One', asking);
  const sent = setup.claude.requests.length;
  const attachments: AttachmentStore = {
    ...asking.attachments,
    text: async () => ({ ok: false, failure: { kind: 'storage', message: 'EMFILE' } }),
  };
  setup.session.ask(say('Two'), { ...asking, attachments });
  await setup.session.settled();
  const answer = newest(setup.session);
  assert.ok(answer?.role === 'assistant' && answer.failure?.kind === 'storage');
  assert.equal(setup.claude.requests.length, sent);
});

test('a question that left before the pinned files had been looked at again bears that mark, and its request does not', async () => {
  const setup = setUp();
  const { context } = await packed([A, B]);
  const asking = { ...setup.context, ...context };
  const stale = { ...asking, workspace: { ...asking.workspace, pending: 'stale' as const } };
  const first = await ask(setup, 'One', stale);
  await ask(setup, 'Two', asking);
  const questions = setup.session.conversation.turns.filter((turn) => turn.role === 'user');
  assert.deepEqual(
    questions.map(({ filesAsBefore }) => filesAsBefore),
    [true, undefined],
  );
  const question = questions.at(-1);
  assert.ok(question);
  setup.session.edit(question.id, say('Too'), stale);
  setup.claude.say(...TEXT, DONE);
  await setup.session.settled();
  const edited = setup.session.conversation.turns.findLast((turn) => turn.role === 'user');
  assert.equal(edited?.filesAsBefore, true);
  assert.deepEqual(questionTexts(first, 0), ['One']);
});

test('the blocks of an unchanged pack are made once, so that typing does not weigh them at every key', async () => {
  const setup = setUp();
  const { context } = await packed([A, B]);
  const asking = { ...setup.context, ...context };
  await ask(setup, 'One', asking);
  const one = await draftRequest(setup.session.conversation, say('Tw'), asking, setup.clock);
  const other = await draftRequest(setup.session.conversation, say('Two'), asking, setup.clock);
  assert.equal(one.request.system?.[1], other.request.system?.[1]);
});
