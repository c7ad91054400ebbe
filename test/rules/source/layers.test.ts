import assert from 'node:assert/strict';
import * as path from 'node:path/posix';
import { test } from 'node:test';
import { type Import, importsOf, type SourceFile, sourcesIn } from './sources.ts';

const ROOMS = ['core', 'claude', 'host', 'webview'] as const;
type Room = (typeof ROOMS)[number];

/** Which rooms a room may import, and which packages. */
const RULES: Readonly<Record<Room, { readonly rooms: readonly Room[]; readonly packages: RegExp }>> = {
  core: { rooms: ['core'], packages: /^diff$/ },
  claude: { rooms: ['core', 'claude'], packages: /^@anthropic-ai\/sdk(\/|$)/ },
  host: {
    rooms: ['core', 'host'],
    packages: /^(vscode|ignore|fuzzysort|minisearch|@cantoo\/pdf-lib|@secretlint\/.*|yazl|yauzl)$/,
  },
  webview: { rooms: ['core', 'webview'], packages: /^(lit-html|marked|dompurify|highlight\.js)(\/|$)/ },
};

for (const room of ROOMS) {
  test(`${room} imports only what its room may touch`, () => {
    const files = sourcesIn(`src/${room}`);
    assert.ok(files.length > 0);
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((entry) => !isAllowed(room, file, entry))
        .map((entry) => `${file.path} imports ${entry.from}`),
    );
    assert.deepEqual(wrong, []);
  });
}

test('the composition root loads the room with the SDK only when it is needed', () => {
  const [extension] = sourcesIn('src').filter((file) => file.path === 'src/extension.ts');
  assert.ok(extension);
  const toClaude = importsOf(extension).filter((entry) => entry.from.includes('/claude/'));
  assert.equal(toClaude.length, 1);
  assert.ok(toClaude.every((entry) => entry.dynamic || entry.typeOnly));
});

test('every source file lies in a room', () => {
  const homeless = sourcesIn('src').filter(
    (file) => roomOf(file.path) === undefined && file.path !== 'src/extension.ts',
  );
  assert.deepEqual(homeless, []);
});

function isAllowed(room: Room, file: SourceFile, entry: Import): boolean {
  if (entry.from.startsWith('.')) {
    const target = roomOf(path.join(path.dirname(file.path), entry.from));
    return target !== undefined && RULES[room].rooms.includes(target);
  }
  if (entry.from.startsWith('node:')) return file.path.startsWith('src/host/storage/');
  return RULES[room].packages.test(entry.from);
}

function roomOf(file: string): Room | undefined {
  return ROOMS.find((room) => file.startsWith(`src/${room}/`));
}
