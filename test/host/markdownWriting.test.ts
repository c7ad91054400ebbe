import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { emptyConversation, reduceAll } from '../../src/core/conversation/events.ts';
import type { Conversation } from '../../src/core/conversation/model.ts';
import { fail, GONE, type Result, succeed } from '../../src/core/ports.ts';
import { fileNameOf } from '../../src/host/exporting/places.ts';
import { type MarkdownWriting, writeMarkdown } from '../../src/host/exporting/writeMarkdown.ts';
import { image, question } from '../support/conversations.ts';

const THERE = 'a'.repeat(64);
const MISSING = 'b'.repeat(64);
const UNREADABLE = 'c'.repeat(64);

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-markdown-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function showing(...pictures: readonly string[]): Conversation {
  const parts = pictures.map((sha256) => image(sha256, 'shot.png'));
  return reduceAll(emptyConversation('c1', 0), [
    { type: 'turnAdded', turn: question('q', null, ...parts, 'Q') },
  ]);
}

function write(conversation: Conversation, folder: string, more: Partial<MarkdownWriting> = {}) {
  const parts = {
    attachments: {
      put: async () => assert.fail(),
      text: async () => assert.fail(),
      base64: async (sha256: string): Promise<Result<string>> => {
        if (sha256 === THERE) return succeed('eA==');
        if (sha256 === MISSING) return fail({ kind: 'storage', code: GONE } as const);
        return fail({ kind: 'storage', message: 'EACCES' } as const);
      },
    },
    prices: () => ({}),
  };
  return writeMarkdown(parts, conversation, {
    target: vscode.Uri.file(join(folder, 'talk.md')),
    withThinking: false,
    signal: new AbortController().signal,
    onFile: () => undefined,
    ...more,
  });
}

test('what is attached lies beside the text, and what is gone is counted', () =>
  withFolder(async (folder) => {
    const written = await write(showing(THERE, MISSING), folder);
    assert.ok(written.ok);
    assert.equal(written.value.missing, 1);
    assert.deepEqual(await readdir(join(folder, 'talk.files')), ['shot-aaaaaaaa.png']);
    assert.match(await readFile(join(folder, 'talk.md'), 'utf8'), /talk\.files\/shot-aaaaaaaa\.png/);
  }));

test('what cannot be read or is called off leaves nothing half behind, and what was there before stays', () =>
  withFolder(async (folder) => {
    const unread = await write(showing(THERE, UNREADABLE), folder);
    assert.ok(!unread.ok);
    assert.deepEqual(await readdir(folder), []);
    const stop = new AbortController();
    const onFile = (done: number): void => (done === 1 ? stop.abort() : undefined);
    await mkdir(join(folder, 'talk.files'));
    await writeFile(join(folder, 'talk.files', 'mine.txt'), 'mine');
    const stopped = await write(showing(THERE, MISSING, UNREADABLE), folder, { signal: stop.signal, onFile });
    assert.ok(!stopped.ok && stopped.failure.message === 'CANCELLED');
    assert.ok((await readdir(join(folder, 'talk.files'))).includes('mine.txt'));
    assert.deepEqual(await readdir(folder), ['talk.files']);
  }));

test('a title becomes the name of a file, whatever it holds', () => {
  assert.equal(fileNameOf('What is this? / "x"'), 'What-is-this-x');
  assert.equal(fileNameOf('..'), 'conversation');
  assert.equal(fileNameOf('../../etc/passwd'), 'etc-passwd');
  assert.equal(fileNameOf(`${'x'.repeat(59)}\u{20000}\u{20000}`), `${'x'.repeat(59)}\u{20000}`);
});
