import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { PinnedFile } from '../../../src/core/context/pinned.ts';
import { estimateText } from '../../../src/core/money/estimateText.ts';
import { fileHash, normalizeText, packOf } from '../../../src/core/request/pack.ts';

const run = promisify(execFile);

/** The pinned files of a workspace at one moment, by path. */
export type Tree = ReadonlyMap<string, PinnedFile>;

/**
 * The text files below `folders` of a repository at its last `commits` commits, oldest first, as somebody would have them
 * pinned while these commits were made. Only commits that changed one of them count. Throws where there is no such history.
 */
export async function treesOf(
  repository: string,
  folders: readonly string[],
  commits: number,
): Promise<readonly Tree[]> {
  const log = await git(repository, ['log', `-n${commits}`, '--format=%H', '--', ...folders]);
  const hashes = log.split('\n').filter(Boolean).reverse();
  if (hashes.length < commits)
    throw new Error(`${repository} has ${hashes.length} commits in ${folders.join(', ')}`);
  const files = new Map<string, PinnedFile>();
  const trees: Tree[] = [];
  for (const hash of hashes) trees.push(await treeAt(repository, hash, folders, files));
  return trees;
}

/** All of a tree as one context pack. */
export function packedText(tree: Tree): string {
  return packOf([...tree.values()]).text;
}

/** The same blob gives the same value. */
async function treeAt(
  repository: string,
  commit: string,
  folders: readonly string[],
  known: Map<string, PinnedFile>,
): Promise<Tree> {
  const listed = await git(repository, ['ls-tree', '-r', '-z', commit, '--', ...folders]);
  const tree = new Map<string, PinnedFile>();
  for (const entry of listed.split('\0').filter(Boolean)) {
    const [, blob = '', path = ''] = /^\d+ blob (\w+)\t(.*)$/s.exec(entry) ?? [];
    if (path === '') continue;
    const key = `${blob} ${path}`;
    const file = known.get(key) ?? (await fileAt(repository, blob, path));
    known.set(key, file);
    if (file.text !== '') tree.set(path, file);
  }
  return tree;
}

/** A binary file is one without text. */
async function fileAt(repository: string, blob: string, path: string): Promise<PinnedFile> {
  const raw = await git(repository, ['cat-file', 'blob', blob]);
  const text = raw.includes('\0') ? '' : normalizeText(raw);
  return { path, uri: `file:///w/${path}`, text, hash: fileHash(text), tokens: estimateText(text) };
}

async function git(repository: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', repository, ...args], { maxBuffer: 1 << 28 });
  return stdout;
}
