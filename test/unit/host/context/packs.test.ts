import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pin, Pinned, PinnedFile } from '../../../../src/core/context/pinned.ts';
import type { AskContext, WorkspaceContext } from '../../../../src/core/conversation/askContext.ts';
import { emptyConversation, reduceAll } from '../../../../src/core/conversation/events.ts';
import type { Conversation } from '../../../../src/core/conversation/model.ts';
import { draftRequest, withQuestion } from '../../../../src/core/conversation/quoting.ts';
import { outlineOf, pointsOf } from '../../../../src/core/money/ledger.ts';
import { type AttachmentStore, fail } from '../../../../src/core/ports.ts';
import { createPackStore } from '../../../../src/host/context/packing/packStore.ts';
import { createPacks } from '../../../../src/host/context/packing/packs.ts';
import { createRevisions } from '../../../../src/host/context/packing/revisions.ts';
import { createMemoryAttachments } from '../../../host/attachments.ts';
import { NO_USAGE } from '../../../support/conversations.ts';
import { askContext, createScriptedClaude, createTestClock } from '../../../support/memoryPorts.ts';
import { pinned as file, numbered } from '../../core/context/files.ts';
import { say } from '../../core/sessionSetUp.ts';

const FILES = [file('src/a.ts', numbered(900, 'alpha')), file('src/b.ts', numbered(900, 'beta'))];
const EDITED = [
  file('src/a.ts', numbered(900, 'alpha').replace('alpha 7\n', 'alpha seven\n')),
  FILES[1],
].flatMap((one) => one ?? []);
const EDITED_AGAIN = [
  ...EDITED.slice(0, 1),
  file('src/b.ts', numbered(900, 'beta').replace('beta 7\n', 'beta seven\n')),
];
const REWRITTEN = [file('src/a.ts', numbered(900, 'gamma')), file('src/b.ts', numbered(900, 'delta'))];

/** A workspace whose pinned files can be changed, and the packs over it. */
function openWorkspace(
  attachments: AttachmentStore = createMemoryAttachments(),
  workspace = 'w1',
  written: unknown[] = [],
  pins: readonly Pin[] = [{ kind: 'workspace' }],
) {
  const clock = createTestClock();
  let now: Pinned | undefined = { files: FILES, leftOut: [] };
  let isForbidden = false;
  let isLooking = false;
  const revisions = createRevisions(
    { read: async () => written.at(-1), write: async (value) => void written.push(structuredClone(value)) },
    clock.now,
  );
  const logged: string[] = [];
  const nothing = async (): Promise<void> => undefined;
  const packs = createPacks({
    pinned: {
      pins,
      ready: nothing,
      pin: nothing,
      unpin: nothing,
      get known() {
        return now;
      },
      current: () =>
        !isLooking && (now || isForbidden) ? Promise.resolve(now) : new Promise(() => undefined),
      looking: undefined,
      onChanged: () => ({ dispose: () => undefined }),
      dispose: () => undefined,
    },
    store: createPackStore(attachments),
    revisions,
    workspace,
    cacheTtl: () => 'auto',
    clock,
    log: (line) => logged.push(line),
  });
  const context: AskContext & { readonly ledgerName: string } = {
    ledgerName: '',
    ...askContext(createScriptedClaude()),
    attachments: packs.attachments,
    systemTexts: [{ source: 'base', text: 'Be brief.' }],
  };
  return {
    packs,
    context,
    clock,
    logged,
    written,
    attachments,
    edit(files: readonly PinnedFile[]) {
      now = { files, leftOut: [] };
    },
    lookLong() {
      now = undefined;
    },
    /** What is known stays, and is being looked at again. */
    lookAgain() {
      isLooking = true;
    },
    forbid() {
      now = undefined;
      isForbidden = true;
    },
    /** The conversation after its question was asked and answered, so that its pack lies in the cache. */
    async asked(conversation: Conversation, text = 'Hi'): Promise<Conversation> {
      const workspaceContext = await packs.contextFor(conversation, context, true);
      const asking = { ...context, workspace: workspaceContext };
      const { request } = await draftRequest(conversation, say(text), asking, clock);
      const outline = outlineOf(request);
      const points = outline.points.map(({ position }) => outline.tokens[position] ?? 0);
      const cacheWrite = Math.round(points.at(-1) ?? 0);
      context.ledger.note(outline, { ...NO_USAGE, cacheWrite, output: 1 }, clock.now());
      const after = withQuestion(conversation, say(text), asking, clock);
      const sent = { ledgerName: '', at: clock.now(), points: pointsOf(outline), usage: NO_USAGE };
      packs.began(after);
      if (after.system?.pack) packs.carried(after, after.system.pack, sent);
      return after;
    },
  };
}

const NEW = emptyConversation('new', 1);
const pathsOf = ({ updatesFor }: WorkspaceContext, conversation: Conversation): readonly string[] =>
  updatesFor(conversation).map(({ path, change }) => `${change} ${path}`);

test('a conversation begins with the pinned files as they are, and is told of nothing', async () => {
  const { packs, context, attachments } = openWorkspace();
  const { pack, id, ...rest } = await packs.contextFor(NEW, context, true);
  assert.deepEqual([pack?.files, pack?.at, id], [2, 1, 'w1']);
  assert.deepEqual(rest.updatesFor(NEW), []);
  const stored = await attachments.text(pack?.sha256 ?? '');
  assert.ok(stored.ok && stored.value.includes('alpha 7\n'));
  assert.ok((await attachments.text(pack?.manifest ?? '')).ok);
});

test('a quote stores nothing, and has the text of the pack all the same', async () => {
  const memory = createMemoryAttachments();
  const { packs, context } = openWorkspace(memory);
  const { pack } = await packs.contextFor(NEW, context, false);
  assert.equal(memory.count, 0);
  assert.ok((await packs.attachments.text(pack?.sha256 ?? '')).ok);
});

test('the next conversation takes the warm pack and is told what has changed since', async () => {
  const { packs, context, asked, edit } = openWorkspace();
  const first = await asked(NEW);
  edit(EDITED);
  const second = await packs.contextFor({ ...NEW, id: 'c2' }, context, true);
  assert.equal(second.pack?.sha256, first.system?.pack?.sha256);
  assert.deepEqual(pathsOf(second, NEW), ['changed src/a.ts']);
});

test('it takes a fresh pack where that is cheaper: everything has changed, or the cache is cold', async () => {
  const { packs, context, asked, edit, clock } = openWorkspace();
  const first = await asked(NEW);
  edit(REWRITTEN);
  assert.notEqual((await packs.contextFor(NEW, context, false)).pack?.sha256, first.system?.pack?.sha256);
  edit(EDITED);
  assert.equal((await packs.contextFor(NEW, context, false)).pack?.sha256, first.system?.pack?.sha256);
  clock.pass(400_000);
  assert.notEqual((await packs.contextFor(NEW, context, false)).pack?.sha256, first.system?.pack?.sha256);
});

test('a conversation keeps its own pack, whatever others have begun with since', async () => {
  const { packs, context, asked, edit } = openWorkspace();
  const first = await asked(NEW);
  edit(REWRITTEN);
  await asked({ ...NEW, id: 'c2' });
  const { pack, ...rest } = await packs.contextFor(first, context, true);
  assert.equal(pack, undefined, 'what it stands on is frozen in it');
  assert.deepEqual(pathsOf(rest, first), ['changed src/a.ts', 'changed src/b.ts']);
});

test('conversations of another workspace are told nothing of the files of this one', async () => {
  const { packs, context, asked, edit } = openWorkspace();
  const first = await asked(NEW);
  edit(EDITED);
  const foreign = first.system && { ...first, system: { ...first.system, workspace: 'w2' } };
  assert.ok(foreign);
  assert.deepEqual(pathsOf(await packs.contextFor(foreign, context, true), foreign), []);
  assert.equal(await packs.standingOf(foreign, context), undefined);
});

test('a quote does not wait for files that take long to be looked at', async () => {
  const { packs, context, lookLong } = openWorkspace();
  lookLong();
  const { pack, updatesFor, pending } = await packs.contextFor(NEW, context, false);
  assert.equal(pack, undefined);
  assert.equal(pending, 'unknown', 'so that the quote does not pass for exact');
  assert.deepEqual(updatesFor(NEW), []);
});

test('after repacking new conversations begin with the fresh pack only', async () => {
  const { packs, context, asked, edit } = openWorkspace();
  await asked(NEW);
  edit(EDITED);
  const fresh = await packs.repack();
  const next = await packs.contextFor(NEW, context, true);
  assert.equal(next.pack?.sha256, fresh?.sha256);
  assert.deepEqual(pathsOf(next, NEW), []);
});

test('a disk that takes nothing holds no question back, and it is logged', async () => {
  const memory = createMemoryAttachments();
  const { packs, context, logged } = openWorkspace({ ...memory, put: async () => fail({ kind: 'storage' }) });
  const { pack } = await packs.contextFor(NEW, context, true);
  assert.ok((await packs.attachments.text(pack?.sha256 ?? '')).ok);
  assert.match(logged.join(), /could not be stored/);
});

test('a pack whose text cannot be read gives no updates, as there is nothing to compare with', async () => {
  const { context, asked } = openWorkspace();
  const first = await asked(NEW);
  const other = openWorkspace(createMemoryAttachments());
  other.edit(EDITED);
  assert.deepEqual(pathsOf(await other.packs.contextFor(first, context, true), first), []);
  assert.match(other.logged.join(), /could not be read/);
});

test('a pack that is known to be gone is as none: all files go out again', async () => {
  const { packs, context, asked } = openWorkspace();
  const first = await asked(NEW);
  const lost = reduceAll(first, [
    { type: 'requestRepaired', turn: '', repairs: [{ kind: 'packGone' }], attempt: { at: 0 } },
  ]);
  assert.deepEqual(pathsOf(await packs.contextFor(lost, context, true), lost), [
    'added src/a.ts',
    'added src/b.ts',
  ]);
});

test('revisions survive a restart, and what is no revision on disk is passed over', async () => {
  const { asked, written } = openWorkspace();
  const first = await asked(NEW);
  const stored = written.at(-1) as { readonly all: readonly unknown[] };
  const broken = { ...stored, all: [...stored.all, null, 7, { pack: { sha256: '../../etc' } }] };
  const again = createRevisions({ read: async () => broken, write: async () => undefined }, () => 1);
  await again.ready();
  assert.deepEqual(
    again.all.map(({ pack }) => pack),
    [first.system?.pack],
  );
  const none = createRevisions({ read: async () => 'nonsense', write: async () => undefined }, () => 1);
  await none.ready();
  assert.deepEqual([none.all, none.uses], [[], []]);
});

test('another window knows from disk what the cache holds of the pack', async () => {
  const attachments = createMemoryAttachments();
  const first = openWorkspace(attachments);
  const conversation = await first.asked(NEW);
  const pack = conversation.system?.pack;
  assert.ok(pack);
  const { request } = await draftRequest(
    NEW,
    say('Hi'),
    { ...first.context, workspace: await first.packs.contextFor(NEW, first.context, true) },
    first.clock,
  );
  const outline = outlineOf(request);
  const cacheWrite = Math.round(outline.tokens[1] ?? 0);
  const usage = { ...NO_USAGE, cacheWrite, output: 1 };
  first.packs.carried(conversation, pack, {
    ledgerName: '',
    at: first.clock.now(),
    points: pointsOf(outline),
    usage,
  });
  const other = openWorkspace(attachments, 'w1', first.written);
  other.edit(EDITED);
  assert.equal((await other.packs.contextFor(NEW, other.context, false)).pack?.sha256, pack.sha256);
});

test('a file that is pinned no more, or must not go out any more, does not go out with an old pack either', async () => {
  const { packs, context, asked, edit } = openWorkspace();
  await asked(NEW);
  edit(FILES.slice(0, 1));
  const { pack } = await packs.contextFor(NEW, context, true);
  const text = await packs.attachments.text(pack?.sha256 ?? '');
  assert.ok(text.ok && text.value.includes('alpha 7'));
  assert.doesNotMatch(text.ok ? text.value : '', /beta/);
});

test('the next conversation is told what the last one was, to read it from the cache, and then what has changed since', async () => {
  const { packs, context, asked, edit, clock } = openWorkspace();
  await asked(NEW);
  edit(EDITED);
  const second = await asked({ ...NEW, id: 'c2' });
  const [told] = second.turns.flatMap((turn) => (turn.role === 'user' ? turn.parts : []));
  edit(EDITED_AGAIN);
  const place = await packs.contextFor({ ...NEW, id: 'c3' }, context, true);
  const updates = place.updatesFor(NEW);
  assert.deepEqual(
    updates.map(({ path, shared = false }) => [path, shared]),
    [
      ['src/a.ts', true],
      ['src/b.ts', false],
    ],
  );
  assert.deepEqual(updates[0], { ...told, shared: true });
  const { request } = await draftRequest(NEW, say('Hi'), { ...context, workspace: place }, clock);
  const outline = outlineOf(request);
  const { split } = context.ledger.predict(outline, Math.round(outline.tokens.at(-1) ?? 0), clock.now());
  assert.ok(split.read > (outline.tokens[1] ?? 0), 'behind the pack');
  assert.equal(outline.points.length, 4);
});

test('what was told and has left the cache is not told again beside what has changed', async () => {
  const { packs, context, asked, edit, clock } = openWorkspace();
  const first = await asked(NEW);
  edit(EDITED);
  await asked({ ...NEW, id: 'c2' });
  edit(EDITED_AGAIN);
  clock.pass(200_000);
  // Goes on with the pack alone, as Warm and the first conversation do.
  const outline = outlineOf((await draftRequest(first, say('Go on'), context, clock)).request);
  context.ledger.note(outline, { ...NO_USAGE, cacheRead: 9_000, output: 1 }, clock.now());
  clock.pass(200_000);
  const { updatesFor, pack } = await packs.contextFor({ ...NEW, id: 'c3' }, context, true);
  assert.equal(pack?.sha256, first.system?.pack?.sha256);
  assert.deepEqual(
    updatesFor(NEW).map(({ path, shared }) => [path, shared]),
    [
      ['src/a.ts', undefined],
      ['src/b.ts', undefined],
    ],
  );
});

test('a first question that is edited is told the same again, so that it reads what it wrote', async () => {
  const { packs, context, asked, edit } = openWorkspace();
  await asked(NEW);
  edit(EDITED);
  const second = await asked({ ...NEW, id: 'c2' });
  const { updatesFor } = await packs.contextFor(second, context, true);
  assert.deepEqual(updatesFor(second), [], 'it has them');
  assert.deepEqual(
    updatesFor({ ...second, turns: [] }).map(({ path, text }) => [path, text]),
    second.turns.flatMap((turn) =>
      turn.role === 'user'
        ? turn.parts.flatMap((part) => (part.kind === 'update' ? [[part.path, part.text]] : []))
        : [],
    ),
  );
});

test('a pack that is open is not read again for each quote', async () => {
  const memory = createMemoryAttachments();
  let reads = 0;
  const text = (sha256: string) => {
    reads++;
    return memory.text(sha256);
  };
  const { packs, context, asked, edit } = openWorkspace({ ...memory, text });
  await asked(NEW);
  edit(EDITED);
  await packs.contextFor({ ...NEW, id: 'c2' }, context, false);
  const before = reads;
  await packs.contextFor({ ...NEW, id: 'c2' }, context, false);
  assert.equal(reads, before);
});

test('what was told of a file that is pinned no more is told to nobody again', async () => {
  const { packs, context, asked, edit } = openWorkspace();
  const first = await asked(NEW);
  edit([...EDITED, file('src/c.ts', numbered(20, 'gamma'))]);
  await asked({ ...NEW, id: 'c2' });
  edit(EDITED);
  const place = await packs.contextFor({ ...NEW, id: 'c3' }, context, true);
  assert.equal(place.pack?.sha256, first.system?.pack?.sha256);
  assert.deepEqual(pathsOf(place, NEW), ['changed src/a.ts']);
  const again = await packs.contextFor(first, context, true);
  assert.doesNotMatch(JSON.stringify(again.updatesFor({ ...first, turns: [] })), /gamma/);
});

test('what a conversation of another workspace began with is no pack of this one', async () => {
  const { packs, context, asked, edit, clock } = openWorkspace();
  const own = await asked(NEW);
  const pack = { at: 1, sha256: 'f'.repeat(64), manifest: 'e'.repeat(64), files: 1, tokens: 9 };
  const foreign = own.system && { ...own, system: { ...own.system, workspace: 'w2', pack } };
  assert.ok(foreign);
  packs.began(foreign);
  packs.carried(foreign, pack, { ledgerName: '', at: clock.now(), points: [], usage: NO_USAGE });
  edit(EDITED);
  assert.equal((await packs.contextFor(NEW, context, false)).pack?.sha256, own.system?.pack?.sha256);
  assert.equal(packs.concerns(foreign), false);
});

test('a pack that was given up does not come back because an old conversation goes on with it', async () => {
  const { packs, context, asked, edit, clock } = openWorkspace();
  const old = await asked(NEW);
  edit(EDITED);
  const fresh = await packs.repack();
  assert.ok(old.system?.pack);
  packs.carried(old, old.system.pack, { ledgerName: '', at: clock.now(), points: [], usage: NO_USAGE });
  assert.equal((await packs.contextFor(NEW, context, false)).pack?.sha256, fresh?.sha256);
});

test('a fork pays for its updates once', async () => {
  const { packs, asked, edit, written } = openWorkspace();
  await asked(NEW);
  edit(EDITED);
  const second = await asked({ ...NEW, id: 'c2' });
  const costs = () => JSON.stringify(written.at(-1)).match(/"carriedUsd":[\d.e-]+/g);
  const before = costs();
  const turns = [...second.turns, ...second.turns.map((turn) => ({ ...turn, id: `${turn.id} again` }))];
  packs.began({ ...second, id: 'fork', turns });
  assert.deepEqual(costs(), before);
});

test('what cannot be looked at, as in Restricted Mode, is unknown and not gone', async () => {
  const { packs, context, asked, forbid } = openWorkspace();
  const first = await asked(NEW);
  forbid();
  const { pending, ...rest } = await packs.contextFor(first, context, true);
  assert.deepEqual([pathsOf(rest, first), pending], [[], undefined]);
});

test('a question waits for files that are looked at again, and then leaves with what was known of them', async ({
  mock,
}) => {
  const { packs, context, asked, edit, lookAgain } = openWorkspace();
  const first = await asked(NEW);
  edit(EDITED);
  lookAgain();
  mock.timers.enable({ apis: ['setTimeout'] });
  let isWaiting = true;
  const asking = packs.contextFor(first, context, true).finally(() => {
    isWaiting = false;
  });
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  mock.timers.tick(14_000);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(isWaiting);
  mock.timers.tick(1_000);
  const place = await asking;
  assert.equal(place.pending, 'stale');
  assert.deepEqual(pathsOf(place, first), ['changed src/a.ts']);
});

test('when everything is unpinned a conversation is told so, also in a window that has looked at nothing yet', async () => {
  const attachments = createMemoryAttachments();
  const first = openWorkspace(attachments);
  const conversation = await first.asked(NEW);
  const other = openWorkspace(attachments, 'w1', [], []);
  other.forbid();
  const place = await other.packs.contextFor(conversation, other.context, true);
  assert.deepEqual(pathsOf(place, conversation), ['removed src/']);
  assert.equal((await other.packs.contextFor(NEW, other.context, true)).pack, undefined);
});

test('a pack that could not be stored is stored with a later question', async () => {
  const memory = createMemoryAttachments();
  let isFull = true;
  const put: AttachmentStore['put'] = (bytes) =>
    isFull ? Promise.resolve(fail({ kind: 'storage' })) : memory.put(bytes);
  const { packs, context, asked } = openWorkspace({ ...memory, put });
  const first = await asked(NEW);
  assert.equal(memory.count, 0);
  isFull = false;
  await packs.contextFor(first, context, true);
  assert.equal(memory.count, 2);
});

test('what updates cost is carried on, so that a pack is given up once it has cost as much as a fresh one', async () => {
  const { packs, context, asked, edit } = openWorkspace();
  const first = await asked(NEW);
  edit(
    [FILES[0], file('src/b.ts', numbered(900, 'beta').replaceAll('beta 1', 'beta one'))].flatMap(
      (one) => one ?? [],
    ),
  );
  let conversations = 0;
  while ((await packs.contextFor(NEW, context, false)).pack?.sha256 === first.system?.pack?.sha256) {
    await asked({ ...NEW, id: `c${conversations}` });
    conversations++;
    assert.ok(conversations < 50, 'it is never given up');
  }
  assert.ok(conversations > 0, 'it was never kept');
});
