import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRandom, type Random } from './random.ts';
import { prose, sourceCode } from './sessions/writing.ts';

export interface WrittenTree {
  /** Paths of the files that a pack takes in, with `/`, relative to the folder. */
  readonly paths: readonly string[];
  /** Bytes of these files together. */
  readonly bytes: number;
}

/**
 * Writes a project of so many text files, `.gitignore` among them: TypeScript, Markdown and JSON of 0.5 to 20 KB, most of
 * them small, in nested folders; and some more that are ignored. The same number gives the same tree.
 */
export async function writeTree(folder: string, files: number): Promise<WrittenTree> {
  const random = createRandom(files);
  const write = createWriter(random);
  const ignored = '/dist/\n*.log\n';
  const paths = ['.gitignore', ...Array.from({ length: files - 1 }, (_, at) => pathOf(random, at))];
  let bytes = 0;
  for (const path of paths) {
    const text = path === '.gitignore' ? ignored : write(path);
    bytes += Buffer.byteLength(text);
    await writeIn(folder, path, text);
  }
  for (let at = 0; at < files / IGNORED; at++) {
    await writeIn(folder, at % 2 === 0 ? `dist/part${at}.js` : `run${at}.log`, write('x.ts'));
  }
  return { paths, bytes };
}

/** For so many files there is one more that is ignored. */
const IGNORED = 40;

const LEAST = 500;
const MOST = 20_000;

const FOLDERS = ['src', 'test', 'docs', 'app', 'lib', 'core', 'view', 'data'] as const;
const ENDS = ['.ts', '.ts', '.ts', '.md', '.json'] as const;

function pathOf(random: Random, at: number): string {
  const folders = Array.from({ length: 1 + random.below(4) }, () => random.pick(FOLDERS));
  return `${folders.join('/')}/part${at}${random.pick(ENDS)}`;
}

/** Puts texts together from pieces that were written once: 100 MB take a second. */
function createWriter(random: Random): (path: string) => string {
  const pieces = (write: (random: Random, length: number) => string): readonly string[] =>
    Array.from({ length: PIECES }, () => inManyWords(random, write(random, 200 + random.below(600))));
  const code = pieces(sourceCode);
  const paragraphs = pieces(prose);
  return (path) => {
    // Half of them are below 2 KB, the mean is 4 KB, as in npm packages.
    const length = Math.floor(LEAST * (MOST / LEAST) ** (random.next() ** SMALLER));
    const own = path.endsWith('.ts') ? code : paragraphs;
    let text = '';
    while (text.length < length) text += `${own[random.below(own.length)]}\n\n`;
    text = text.slice(0, length);
    return path.endsWith('.json') ? `${JSON.stringify(text.split('\n'), null, 2)}\n` : `${text}\n`;
  };
}

const PIECES = 1_000;
const SMALLER = 1.3;

/** The writers know few words; a project has thousands of names, which tokenizers have to cut. */
function inManyWords(random: Random, text: string): string {
  return text.replace(/[a-z]{3,}/gi, (word) => (random.below(2) === 0 ? word : madeUp(random, word)));
}

function madeUp(random: Random, word: string): string {
  const syllables = Array.from({ length: 1 + random.below(3) }, () => random.pick(SYLLABLES)).join('');
  return /^[A-Z]/.test(word) ? syllables.charAt(0).toUpperCase() + syllables.slice(1) : syllables;
}

const SYLLABLES = [
  ...([
    'con',
    'par',
    'ren',
    'text',
    'node',
    'der',
    'ser',
    'map',
    'val',
    'ix',
    'tor',
    'ob',
    'ject',
    'fil',
  ] as const),
  ...([
    'req',
    'uid',
    'buf',
    'fer',
    'str',
    'enc',
    'ode',
    'hash',
    'log',
    'ger',
    'cfg',
    'tmp',
    'idx',
    'url',
  ] as const),
  ...([
    'pro',
    'mise',
    'ev',
    'ent',
    'sub',
    'scr',
    'ibe',
    'lay',
    'out',
    'gri',
    'dim',
    'ens',
    'ion',
    'qua',
  ] as const),
] as const;

async function writeIn(folder: string, path: string, text: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
