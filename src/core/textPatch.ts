/** What makes one text of another: what stands from `start` to `end` (UTF-16 units) gives way to `text`. */
export interface TextPatch {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The one change, at one place, that leads from a text to another; the smallest there is. */
export function patchBetween(before: string, after: string): TextPatch {
  const shorter = Math.min(before.length, after.length);
  const start = mostThat(shorter, (length) => before.slice(0, length) === after.slice(0, length));
  const end = mostThat(
    shorter - start,
    (length) => before.slice(before.length - length) === after.slice(after.length - length),
  );
  return { start, end: before.length - end, text: after.slice(start, after.length - end) };
}

/** The changed text; undefined when the patch does not fit it. */
export function patched(before: string, { start, end, text }: TextPatch): string | undefined {
  if (start > end || end > before.length) return undefined;
  return before.slice(0, start) + text + before.slice(end);
}

/** The largest number up to `most` for which something holds that holds for 0 and for all numbers below one that it holds for. */
function mostThat(most: number, holds: (length: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
