import type { Random } from '../random.ts';

/** Prose of about this many characters. */
export function prose(random: Random, length: number): string {
  let text = '';
  while (text.length < length) text += `${sentence(random)}${random.below(5) === 0 ? '\n\n' : ' '}`;
  return text.trimEnd();
}

/** TypeScript of about this many characters, as source files look. */
export function sourceCode(random: Random, length: number): string {
  let text = `import { ${name(random)} } from './${name(random)}.ts';\n\n`;
  while (text.length < length) text += sourceFunction(random);
  return text;
}

/** An answer in Markdown of about this many characters: prose, and code between it. */
export function answer(random: Random, length: number): string {
  let text = '';
  while (text.length < length) {
    text += `${prose(random, 160 + random.below(300))}\n\n`;
    if (random.below(2) === 0) text += `\`\`\`ts\n${sourceFunction(random)}\`\`\`\n\n`;
  }
  return text.trimEnd();
}

/** The same file with some of its lines written anew. */
export function edited(random: Random, text: string): string {
  const lines = text.split('\n');
  for (let changes = 2 + random.below(6); changes > 0; changes--) {
    lines[random.below(lines.length)] = `  const ${name(random)} = ${name(random)}(${random.below(900)});`;
  }
  return lines.join('\n');
}

function sentence(random: Random): string {
  const words = Array.from({ length: 6 + random.below(14) }, () => random.pick(WORDS));
  const text = words.join(' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${random.pick(['.', '.', '.', '?', ', `x`.'])}`;
}

function sourceFunction(random: Random): string {
  const body = Array.from({ length: 3 + random.below(9) }, () => statement(random));
  return `export function ${name(random)}(${name(random)}: ${random.pick(TYPES)}): ${random.pick(TYPES)} {\n${body.join('')}}\n\n`;
}

function statement(random: Random): string {
  const [one, other, third] = [name(random), name(random), name(random)];
  return random.pick([
    `  const ${one} = ${other}.${third}(${random.below(1000)});\n`,
    `  if (${one} === undefined) return ${other}('${random.pick(WORDS)} ${random.pick(WORDS)}');\n`,
    `  for (const ${one} of ${other}) ${third}.push(${one});\n`,
    `  // ${sentence(random)}\n`,
    `  return { ${one}, ${other}: ${third}.length };\n`,
  ]);
}

function name(random: Random): string {
  const second = random.pick(WORDS);
  return random.pick(WORDS) + second.charAt(0).toUpperCase() + second.slice(1);
}

const TYPES = ['string', 'number', 'readonly string[]', 'Map<string, number>'] as const;

const WORDS = [
  'the',
  'a',
  'file',
  'line',
  'reads',
  'cache',
  'when',
  'which',
  'request',
  'answer',
  'because',
  'value',
  'is',
  'not',
  'written',
  'before',
  'every',
  'changes',
  'one',
  'test',
  'index',
  'to',
  'of',
  'result',
  'state',
  'moves',
  'editor',
  'token',
  'after',
  'string',
  'waits',
  'parser',
] as const;
