import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, test } from 'node:test';
import { createDraftStore } from '../../../src/host/storage/draftStore.ts';
import { image } from '../../support/conversations.ts';

const root = await fs.mkdtemp(path.join(os.tmpdir(), 'parley-'));
after(() => fs.rm(root, { recursive: true, force: true }));

test('a draft keeps the file of a picture, is read without one, and loses only one that is broken', async () => {
  const origin = { uri: 'file:///a.png', sha256: 'a'.repeat(64), bytes: 9 };
  const part = image('b'.repeat(64));
  const attachments = [
    { id: 'x', part, origin },
    { id: 'y', part },
    { id: 'z', part, origin: { uri: 7 } },
  ];
  await fs.mkdir(path.join(root, 'drafts'));
  await fs.writeFile(path.join(root, 'drafts', 'c1.attachments.json'), JSON.stringify(attachments));
  const read = await createDraftStore(root, assert.fail).get('c1');
  assert.deepEqual(read.attachments, [
    { id: 'x', part, origin },
    { id: 'y', part },
    { id: 'z', part },
  ]);
});
