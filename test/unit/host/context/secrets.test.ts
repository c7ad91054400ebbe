import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { secretIn } from '../../../../src/host/context/pinning/secrets.ts';
import { createRandom, SEEDED_KINDS } from './seededSecrets.ts';

/** Of each kind. */
const SAMPLES = 40;

const TEXT = readFileSync('src/host/context/pinning/sources.ts', 'utf8');

/** A real source with something put in between two of its lines; and the line it stands on. */
function seeded(secret: string, at: number): { readonly text: string; readonly line: number } {
  const lines = TEXT.split('\n');
  const line = at % lines.length;
  return { text: [...lines.slice(0, line), secret, ...lines.slice(line)].join('\n'), line: line + 1 };
}

for (const { name, make } of SEEDED_KINDS) {
  test(`every ${name} in a source is found, on its line, and not told`, async () => {
    const random = createRandom(name.length * 7919);
    for (let sample = 0; sample < SAMPLES; sample++) {
      const secret = make(random);
      const { text, line } = seeded(secret, random(10_000));
      const found = await secretIn(text, 'src/a.ts');
      assert.ok(found, `missed: ${secret.slice(0, 12)}… (${sample})`);
      assert.equal(found.line, line, found.rule);
      const parts = secret.match(/[A-Za-z0-9]{16,}/g) ?? [];
      assert.ok(!parts.some((part) => found.rule.includes(part)));
    }
  });
}

test('a source without a secret has none', async () => {
  assert.equal(await secretIn(TEXT, 'src/a.ts'), undefined);
  assert.equal(await secretIn('', 'a'), undefined);
});

test('secrets are found behind a lot of text, also where that is cut into pieces', async () => {
  const [kind] = SEEDED_KINDS.filter(({ name }) => name === 'RSA private key');
  assert.ok(kind);
  for (const at of [99_000, 99_990, 100_010, 199_500, 450_000]) {
    const before = 'some words\n'.repeat(Math.floor(at / 11));
    const text = `${before}${kind.make(createRandom(at))}\n${'more words\n'.repeat(20_000)}`;
    const found = await secretIn(text, 'a.txt');
    assert.equal(found?.line, before.split('\n').length);
  }
});

test('a remark that tells a scanner to look away has no effect', async () => {
  const [kind] = SEEDED_KINDS.filter(({ name }) => name === 'AWS access key id');
  assert.ok(kind);
  const text = `// secretlint-disable\nconst key = '${kind.make(createRandom(1))}';\n`;
  assert.equal((await secretIn(text, 'a.ts'))?.line, 2);
});

test('what stands for a secret in documents and examples is none', async () => {
  for (const text of [
    'postgres://user:password@localhost:5432/db',
    'https://user:pass@example.com/',
    'redis://:$' + '{REDIS_PASSWORD}@cache',
    '-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----',
    'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'const token = process.env.GITHUB_TOKEN;',
    "password: 'correct horse battery staple'",
    'API_KEY=your-api-key-goes-here-please',
    '"integrity": "sha512-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+/=="',
    'const tokenIdentifierOfTheCurrentUser = "someVeryLongIdentifierName";',
  ]) {
    assert.deepEqual([text, await secretIn(text, 'a.ts')], [text, undefined]);
  }
});

/**
 * Where nothing is secret, nothing should be found. Figures are what was found when the rules were last changed, each looked
 * at: see the remark beside it.
 */
const FALSE_ALARMS: Readonly<Record<string, number>> = {
  src: 0,
  'node_modules/@anthropic-ai/sdk': 0,
  'node_modules/marked': 0,
  'node_modules/jsdom': 0,
  'node_modules/playwright-core/lib': 0,
};

for (const [folder, expected] of Object.entries(FALSE_ALARMS)) {
  test(`of the texts in ${folder} so many are taken for secrets: ${expected}`, async () => {
    const files = globSync('**/*.{ts,js,mjs,cjs,json,md,css,html}', { cwd: folder });
    assert.ok(files.length > 5);
    const alarms: string[] = [];
    for (const file of files) {
      const found = await secretIn(readFileSync(join(folder, file), 'utf8'), file);
      if (found) alarms.push(`${file}:${found.line} ${found.rule}`);
    }
    assert.equal(alarms.length, expected, alarms.join('\n'));
  });
}
