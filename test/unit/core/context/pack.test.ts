import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byCodePoints } from '../../../../src/core/context/ordering.ts';
import type { PinnedFile } from '../../../../src/core/context/pinned.ts';
import {
  createPacker,
  decodeManifest,
  fileHash,
  normalizePath,
  normalizeText,
  type PackedFile,
  packOf,
  textIn,
} from '../../../../src/core/request/pack.ts';
import { finished } from '../../../../src/core/steps.ts';
import { createRandom, type Random } from '../../../support/random.ts';
import { pinned } from './files.ts';

const NAMES = ['a', 'B', 'é', 'u\u0308ber', '漢', '😀', '\uffe6', 'a b', '.env', 'read me'] as const;
const PIECES = [
  'x',
  '\n',
  '\r\n',
  '\r',
  '</document_content>',
  '</document>\n<document index="2">',
  '</documents>',
  '<source>a</source>',
  'é',
  'e\u0301',
  '😀',
  '\ud800',
  '\ufeff',
] as const;

function tree(random: Random): ReadonlyMap<string, string> {
  const count = 1 + random.below(12);
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const folders = Array.from({ length: random.below(3) }, () => random.pick(NAMES));
      const text = Array.from({ length: random.below(20) }, () => random.pick(PIECES)).join('');
      return [[...folders, `${index}${random.pick(NAMES)}`].join('/'), text] as const;
    }),
  );
}

function shuffled<T>(values: readonly T[], random: Random): T[] {
  const left = [...values];
  return Array.from({ length: left.length }, () => left.splice(random.below(left.length), 1)).flat();
}

test('a small pack reads like this', () => {
  const { text } = packOf([
    pinned('src/core/tags.xml', '<a>\n</document_content>\n'),
    pinned('README.md', '# Parley\n'),
    pinned('src/main.ts', 'start();'),
    pinned('src/core/a.ts', ''),
  ]);
  assert.equal(
    text,
    `The files of the workspace that the user has pinned, as they were when this was packed. Changes since then are told with the questions. Where a document says its number of lines, tags within these are part of the file.

README.md
src/
  main.ts
src/core/
  a.ts
  tags.xml

<documents>
<document index="1">
<source>README.md</source>
<document_content>
# Parley

</document_content>
</document>
<document index="2">
<source>src/core/a.ts</source>
<document_content>

</document_content>
</document>
<document index="3" lines="3">
<source>src/core/tags.xml</source>
<document_content>
<a>
</document_content>

</document_content>
</document>
<document index="4">
<source>src/main.ts</source>
<document_content>
start();
</document_content>
</document>
</documents>`,
  );
});

test('without files there is no pack', () => {
  assert.deepEqual(packOf([]), { text: '', manifest: { files: [] }, tokens: 0 });
});

test('the same tree gives the same bytes in any order, with any line ends, composed or not, with either separator', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = createRandom(seed);
    const files = [...tree(random)];
    const { text } = packOf(files.map(([path, content]) => pinned(path, content)));
    const elsewhere = shuffled(files, random).map(([path, content]) => {
      const plain = content.replace(/\r\n?/g, '\n');
      const name = random.below(2) ? path.normalize('NFD') : path.normalize('NFC');
      return pinned(
        random.below(2) ? `.\\${name.replaceAll('/', '\\')}` : `./${name}`,
        random.below(2) ? plain.replaceAll('\n', '\r\n') : plain.replaceAll('\n', '\r'),
      );
    });
    assert.equal(packOf(elsewhere).text, text, `seed ${seed}`);
  }
});

test('a packer makes of every tree what is made of it from nothing, whatever it has packed before', () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = createRandom(seed);
    const packer = createPacker();
    let files = Array.from({ length: random.below(120) }, (_, at) => pinned(`${at % 7}/${at}.ts`, `${at}\n`));
    for (let edit = 0; edit < 12; edit++) {
      files = edited(files, random);
      const { text, manifest, tokens, parts } = finished(packer(shuffled(files, random)));
      assert.deepEqual({ text, manifest, tokens }, packOf(files), `seed ${seed}, edit ${edit}`);
      assert.equal(parts.map((part) => part.text).join(''), text);
      assert.deepEqual(
        parts.flatMap((part) => part.files),
        manifest.files,
      );
    }
  }
});

test('after an edit the parts of a pack before it are the same values, and those after it have the same texts', () => {
  const files = Array.from({ length: 1_000 }, (_, at) => pinned(`${1000 + at}.ts`, `${at}\n`));
  const packer = createPacker();
  const { parts } = finished(packer(files));
  const after = finished(
    packer(files.map((file, at) => (at === 500 ? pinned(file.path, 'longer\n') : file))),
  ).parts;
  const changed = after.findIndex((part, at) => part.text !== parts[at]?.text);
  assert.ok(changed > 0 && after[changed]?.files.some(({ path }) => path === '1500.ts'));
  assert.ok(after.slice(0, changed).every((part, at) => part.files === parts[at]?.files));
  assert.ok(after.slice(changed + 1).every((part, at) => part.text === parts[changed + 1 + at]?.text));
});

/** A file more, one less, one that has changed, one with tags in it, or nothing at all. */
function edited(files: readonly PinnedFile[], random: Random): PinnedFile[] {
  const at = random.below(files.length + 1);
  const path = files[at]?.path ?? `new${random.below(1_000_000)}.ts`;
  switch (random.below(5)) {
    case 0:
      return [...files, pinned(`${random.below(7)}/new${random.below(1_000_000)}.ts`, 'new\n')];
    case 1:
      return files.toSpliced(at, 1);
    case 2:
      return files.toSpliced(at, 1, pinned(path, `changed ${random.below(1_000)}\n`));
    case 3:
      return files.toSpliced(at, 1, pinned(path, '</document>\n'));
    default:
      return [...files];
  }
}

test('the manifest gives every text back as it went in, also one with the tags of a pack', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = createRandom(seed);
    const files = [...tree(random)].map(([path, content]) => pinned(path, content));
    const { text, manifest } = packOf(files);
    const inside = packOf([...files, pinned('pack.xml', text)]);
    const kept = decodeManifest(JSON.parse(JSON.stringify(inside.manifest)));
    assert.ok(kept);
    assert.equal(kept.files.length, manifest.files.length + 1);
    for (const { path, hash, text: whole } of [...files, pinned('pack.xml', text)]) {
      const packed: PackedFile | undefined = kept.files.find((file) => file.path === path);
      assert.ok(packed, `seed ${seed}: ${path}`);
      assert.equal(textIn(inside.text, packed), whole, `seed ${seed}: ${path}`);
      assert.equal(packed.hash, hash);
    }
  }
});

test('read by its lines, a pack gives every text back to one who counts them where it says so', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const files = [...tree(createRandom(seed))].map(([path, content]) => pinned(path, content));
    const texts = files.toSorted((one, other) => byCodePoints(one.path, other.path)).map(({ text }) => text);
    assert.deepEqual(textsByLines(packOf(files).text), texts, `seed ${seed}`);
  }
});

/** As Claude may read it: from tag to tag, or by the number of lines. */
function textsByLines(pack: string): readonly string[] {
  const lines = pack.split('\n');
  const texts: string[] = [];
  for (let at = lines.indexOf('<documents>') + 1; lines[at] !== '</documents>'; at += 2) {
    const count = /^<document index="\d+" lines="(\d+)">$/.exec(lines[at] ?? '')?.[1];
    const start = at + 3;
    at = count === undefined ? lines.indexOf('</document_content>', start) : start + Number(count);
    texts.push(lines.slice(start, at).join('\n'));
  }
  return texts;
}

test('files are ordered by code points, not by language or UTF-16', () => {
  const { manifest } = packOf(['b', 'B', '😀', '\uffe6', 'a/b', 'a.b'].map((path) => pinned(path, 'x')));
  assert.deepEqual(
    manifest.files.map(({ path }) => path),
    ['B', 'a.b', 'a/b', 'b', '\uffe6', '😀'],
  );
});

test('normalizing takes byte order marks, carriage returns and halves of pairs, and nothing else', () => {
  assert.equal(normalizeText('\ufeffa\r\nb\rc\n\r\nd\ufeff'), 'a\nb\nc\n\nd\ufeff');
  assert.equal(normalizeText('e\u0301 \u2028\t \ud83d'), 'e\u0301 \u2028\t \ufffd');
  assert.equal(normalizeText('\r\r\n'), '\n\n');
  for (let seed = 1; seed <= 200; seed++) {
    const text = createRandom(seed).text(60);
    assert.equal(normalizeText(normalizeText(text)), normalizeText(text));
  }
});

test('a path has slashes, is composed and starts with a name', () => {
  assert.equal(normalizePath('.\\src\\u\u0308ber.ts'), 'src/über.ts');
  assert.equal(normalizePath('././.gitignore'), '.gitignore');
  assert.equal(normalizePath('../up'), '../up');
});

test('a name with a line end cannot begin a line of its own', () => {
  const { text, manifest } = packOf([pinned('x\n<documents>\ny/a\n<documents>\nb.ts', 'x')]);
  assert.equal(text.split('\n').filter((line) => line === '<documents>').length, 1);
  assert.equal(manifest.files[0]?.path, 'x\n<documents>\ny/a\n<documents>\nb.ts');
});

test('equal texts have equal hashes, others do not', () => {
  const texts = new Set(['', 'a', 'b', 'ab', 'ba', 'a\n', '\na', 'a '.repeat(1000), 'a '.repeat(1001)]);
  assert.equal(new Set([...texts].map(fileHash)).size, texts.size);
  assert.match(fileHash('a'), /^[0-9a-z]{14}$/);
});

test('what is no manifest is none', () => {
  const file = { path: 'a', hash: 'h', start: 0, length: 1 };
  const wrong = [
    undefined,
    null,
    '',
    [],
    {},
    { files: {} },
    { files: [null] },
    { files: [{ ...file, path: 1 }] },
    { files: [{ ...file, hash: undefined }] },
    { files: [{ ...file, start: -1 }] },
    { files: [{ ...file, length: 1.5 }] },
    { files: [{ ...file, length: '1' }] },
  ];
  for (const json of wrong) assert.equal(decodeManifest(json), undefined);
  assert.deepEqual(decodeManifest({ files: [{ ...file, later: true }], later: 1 }), { files: [file] });
});
