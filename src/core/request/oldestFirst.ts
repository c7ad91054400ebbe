import { isDocument, isImage, pagesOf, type SentFile } from './sentParts.ts';

/** What the limits of a request allow: how much, and the question that it is for. */
export interface Room {
  readonly most: number;
  /** The turn of the newest question. */
  readonly newest: string | undefined;
}

/**
 * The files that have to go for the others to weigh `most` at most. When it is too much, the history goes down to three
 * quarters of that: each change costs the cache from there on, so the next questions find room and change nothing. What
 * was attached to the newest question goes only as far as it must.
 */
export function oldestAbove<Sent extends SentFile>(
  files: readonly Sent[],
  { most, newest }: Room,
  weightOf: (file: Sent) => number,
): readonly Sent[] {
  let weight = files.reduce((total, file) => total + weightOf(file), 0);
  if (weight <= most) return [];
  const gone: Sent[] = [];
  for (const file of oldestFirst(files)) {
    if (weight <= (file.turn === newest ? most : most * KEPT)) break;
    if (weightOf(file) <= 0) continue;
    gone.push(file);
    weight -= weightOf(file);
  }
  return gone;
}

/**
 * The files that have to go for the images and the pages of the others to be `most` at most, which the API counts
 * together. Documents that are too long by themselves go without taking others along. `uncounted` is reckoned for a
 * document whose pages nobody has counted.
 */
export function mediaAbove(files: readonly SentFile[], room: Room, uncounted?: number): readonly SentFile[] {
  const weightOf = (file: SentFile): number => (isDocument(file) ? pagesOf(file.file, uncounted) : 1);
  const alone = files.filter((file) => isDocument(file) && weightOf(file) > room.most);
  const others = files.filter((file) => !alone.includes(file));
  return [...alone, ...oldestAbove(others, room, weightOf)];
}

/** The part of a limit down to which the history goes once it is exceeded. */
const KEPT = 0.75;

/** Within a question images come first: they go one at a time, a document with all its pages. */
function oldestFirst<Sent extends SentFile>(files: readonly Sent[]): readonly Sent[] {
  const turns = new Set(files.map(({ turn }) => turn));
  return [...turns].flatMap((turn) => {
    const own = files.filter((file) => file.turn === turn);
    return [...own.filter((file) => isImage(file)), ...own.filter((file) => !isImage(file))];
  });
}
