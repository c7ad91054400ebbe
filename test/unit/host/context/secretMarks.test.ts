import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import { hasMarks, rulesFor } from '../../../../src/host/context/pinning/secretMarks.ts';
import { SECRET_SHAPES } from '../../../../src/host/context/pinning/secretShapes.ts';
import { createRandom, SEEDED_KINDS } from './seededSecrets.ts';

type Rule = (typeof rules)[number];

/** All but the one that obeys remarks, which finds nothing. */
const SCANNERS = rules.filter(({ meta }) => meta.type === 'scanner' && !meta.id.endsWith('filter-comments'));

/** Of each kind. */
const SAMPLES = 20;

const SECRETS: readonly string[] = SEEDED_KINDS.flatMap(({ make }, at) => {
  const random = createRandom(at * 7919);
  return Array.from({ length: SAMPLES }, () => make(random));
});

/** Texts that rules find, of which the seeded secrets have none. */
const OTHERS: readonly string[] = [
  `https://${'a1'.repeat(20)}:x-oauth-basic@github.com/`,
  `{ "private_key_id": "a", "private_key": "-----BEGIN PRIVATE KEY-----" }`,
  `https://hooks.slack.com/services/T${'A1'.repeat(5)}/B${'A1'.repeat(5)}/${'A1'.repeat(12)}`,
  `mysql://root:${'x7'.repeat(8)}@db.internal/data`,
  `mongodb+srv://root:${'x7'.repeat(8)}@db.internal/data`,
  `postgresql://root:${'x7'.repeat(8)}@db.internal/data`,
  `gsk_${'a1'.repeat(26)}`,
  `lin_api_${'a1'.repeat(20)}`,
  `glc_${'a1'.repeat(32)}`,
  `vcp_${'a1'.repeat(12)}`,
  `figd_${'a1'.repeat(22)}`,
  `hf_${'aB'.repeat(17)}`,
  `ntn_${'1'.repeat(11)}${'a1b2c'.repeat(7)}`,
  `ops_${btoa(JSON.stringify({ signInAddress: 'a', userAuth: {}, email: 'a', srpX: 'a', muk: {}, secretKey: 'a', deviceUuid: 'a' }))}`,
  `cfut_${'aB'.repeat(20)}${'a1'.repeat(4)}`,
  `tskey-auth-${'a1'.repeat(8)}-${'a1'.repeat(16)}`,
];

test('a text in which a shape is found has one of its marks', () => {
  for (const { rule, pattern } of SECRET_SHAPES) {
    const found = [...SECRETS, ...OTHERS].filter((text) => text.search(pattern) >= 0);
    const missed = found.filter((text) => hasMarks(rule) && !rulesFor(`before ${text}\n`).has(rule));
    assert.deepEqual(missed, [], rule);
  }
});

test("a text in which one of secretlint's rules finds something has one of its marks", async () => {
  const noticed = new Set<string>();
  for (const rule of SCANNERS) {
    const name = nameOf(rule);
    for (const text of [...SECRETS, ...OTHERS]) {
      if (!(await finds(rule, text))) continue;
      noticed.add(name);
      assert.ok(!hasMarks(name) || rulesFor(text).has(name), `${name} in ${text.slice(0, 12)}…`);
    }
  }
  const others = SCANNERS.map(nameOf).filter((name) => !noticed.has(name));
  assert.deepEqual(others, [], 'rules of which no text here tells anything');
});

test('marks are found wherever they stand, in the case that matters', () => {
  assert.ok(rulesFor('SG.').has('SendGrid key'));
  assert.ok(!rulesFor('msg.').has('SendGrid key'));
  assert.ok(rulesFor('const a = 1;\nconst Api_Key').has('password in a setting'));
  assert.equal(rulesFor('').size, 0);
  assert.equal(rulesFor('const a = 1;\n').size, 0);
});

function nameOf({ meta }: Rule): string {
  return `secretlint ${meta.id.replace('@secretlint/secretlint-rule-', '')}`;
}

async function finds(rule: Rule, content: string): Promise<boolean> {
  let found = 0;
  const context = {
    sharedOptions: {},
    createTranslator: () => (messageId: string) => ({ message: '', messageId, data: {} }),
    report: () => found++,
    ignore: () => undefined,
  } as unknown as Parameters<Rule['create']>[0];
  const source = { content, filePath: 'a.json', ext: '.json', contentType: 'text', hasBOM: false };
  const file = rule.create(context, {}).file;
  await file?.(source as Parameters<NonNullable<typeof file>>[0]);
  return found > 0;
}

/** Settings in all the forms in which the shapes know them, and some in which they do not. */
function settings(): readonly string[] {
  const value = 'aB3dE5gH7jK9mN1pQ2rS4tU6';
  const names = [
    'my.secret',
    'PASSWORD',
    'db_passwd',
    'Token',
    'api-key',
    'ApiKey',
    'access_key',
    'ACCESSKEY',
  ];
  const separators = [':', '=', ' = ', '\t:\t', ' => ', ':=', '" : ', '`=   ', "'\n:\n"];
  const values = [
    `"${value}"`,
    `'${value}'`,
    `\`${value}\``,
    value,
    `${value}  `,
    `${value}==`,
    value.slice(0, 9),
  ];
  return names.flatMap((name) =>
    separators.flatMap((separator) => values.map((one) => `first\n  export ${name}${separator}${one}\nlast`)),
  );
}

test('what a shape needs stands in all that it fits', () => {
  const fits = new Map<RegExp, number>();
  const keys = Array.from({ length: 20 }, (_, at) => `${'0a'.repeat(16)}-us${at + 1}`);
  for (const text of [...settings(), ...keys, ...SECRETS, ...OTHERS]) {
    for (const { rule, pattern, needs } of SECRET_SHAPES) {
      if (needs === undefined || text.search(pattern) < 0) continue;
      fits.set(pattern, (fits.get(pattern) ?? 0) + 1);
      assert.ok(typeof needs === 'string' ? text.includes(needs) : needs.test(text), `${rule}: ${text}`);
    }
  }
  const needing = SECRET_SHAPES.filter(({ needs }) => needs instanceof RegExp);
  assert.equal(needing.length, 4);
  assert.deepEqual(
    needing.filter(({ pattern }) => (fits.get(pattern) ?? 0) < 5).map(({ rule }) => rule),
    [],
  );
});
