import { frameTokens, HEAD_TOKENS } from '../request/pack.ts';
import { finished, type Steps } from '../steps.ts';
import { sortedByPath } from './ordering.ts';
import type { LeftOutEntry, Pin } from './pinned.ts';

/** A file that may go out. */
export interface Candidate {
  readonly path: string;
  readonly uri: string;
  /** Of its text, estimated. */
  readonly tokens: number;
  /** The strongest kind of pin that means it. */
  readonly via: Pin['kind'];
}

export interface Choice<T extends Candidate> {
  /** In the order of the pack. */
  readonly files: readonly T[];
  /** In the same order; each for being `overBudget`. */
  readonly leftOut: readonly LeftOutEntry[];
  /** Tokens that are left. */
  readonly room: number;
}

/**
 * Which files go out when they may not take more than `maxTokens` together, tags and listing included. They are taken whole, in
 * this order, and one that does not fit any more is passed over for those after it that do:
 *
 * 1. by how they are pinned: by name, as open editors, as changed on the branch, by a glob, by a folder, with the workspace;
 * 2. files of up to 5,000 tokens before larger ones, so that one listing or fixture does not push out many sources;
 * 3. those in fewer folders first: what lies at the top tells most of the whole;
 * 4. by path.
 *
 * Hardly any of this changes with an edit, so the choice stays as it is from question to question, and with it the cache.
 * It is the same in whatever order the candidates come.
 */
export function choose<T extends Candidate>(candidates: readonly T[], maxTokens: number): Choice<T> {
  return finished(choosing(candidates, maxTokens));
}

/** The same in steps: there may be 100,000 candidates. */
export function* choosing<T extends Candidate>(
  candidates: readonly T[],
  maxTokens: number,
): Steps<Choice<T>> {
  const chosen = new Set<T>();
  let room = maxTokens - HEAD_TOKENS;
  for (const equals of yield* byRank(candidates)) {
    // Of a big workspace most come too late: they are neither put in order nor is anything estimated for them.
    const small = equals.filter(({ tokens }) => tokens <= room);
    for (const file of yield* sortedByPath(small)) {
      if (file.tokens > room) continue;
      const tokens = file.tokens + frameTokens(file.path);
      if (tokens > room) continue;
      room -= tokens;
      chosen.add(file);
      yield;
    }
  }
  const leftOut = yield* sortedByPath(candidates.filter((file) => !chosen.has(file)));
  return { files: yield* sortedByPath([...chosen]), leftOut: leftOut.map(entryOf), room };
}

/** Stronger kinds of pins come first. */
export const KINDS: readonly Pin['kind'][] = ['file', 'openEditors', 'branch', 'glob', 'folder', 'workspace'];

/** Tokens up to which a file counts as one of many. */
const LARGE = 5_000;

/** The candidates in groups, by the first three rules. */
function* byRank<T extends Candidate>(candidates: readonly T[]): Steps<readonly (readonly T[])[]> {
  const groups = new Map<number, T[]>();
  for (const file of candidates) {
    const rank = rankOf(file);
    const group = groups.get(rank);
    if (group) group.push(file);
    else groups.set(rank, [file]);
    yield;
  }
  return [...groups].sort(([one], [other]) => one - other).map(([, group]) => group);
}

function rankOf({ path, tokens, via }: Candidate): number {
  let depth = 0;
  for (let at = path.indexOf('/'); at >= 0 && depth < 999; at = path.indexOf('/', at + 1)) depth++;
  return KINDS.indexOf(via) * 10_000 + (tokens > LARGE ? 1_000 : 0) + depth;
}

function entryOf({ path, uri, tokens }: Candidate): LeftOutEntry {
  return { path, uri, kind: 'file', reason: 'overBudget', tokens };
}
