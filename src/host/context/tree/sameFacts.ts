import type { ContextFacts, ContextFile } from '../../../core/context/facts.ts';

/** Whether the tree of both reads the same: then it is left alone, for VS Code drops clicks on rows while it asks for them anew. */
export function saySame(one: ContextFacts, other: ContextFacts): boolean {
  return (
    one.leftOut === other.leftOut &&
    one.files.length === other.files.length &&
    one.files.every((file, at) => isSameFile(file, other.files[at])) &&
    JSON.stringify(restOf(one)) === JSON.stringify(restOf(other))
  );
}

function isSameFile(one: ContextFile, other: ContextFile | undefined): boolean {
  return (
    one.path === other?.path &&
    one.uri === other.uri &&
    one.tokens === other.tokens &&
    one.state === other.state &&
    one.by === other.by
  );
}

/** How many files have been looked at is told above the rows. */
function restOf({ files, leftOut, looking, ...rest }: ContextFacts): object {
  return { ...rest, isLooking: looking !== undefined };
}
