/** Work that is done in steps of few ms: whoever does it decides what happens in between. */
export type Steps<T> = Generator<void, T, void>;

/** What all steps at once come to. */
export function finished<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}
