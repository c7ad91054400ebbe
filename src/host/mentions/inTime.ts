/** A list that follows the keys waits so long for what is slow. In ms. */
export const WITHIN = 400;

/** `otherwise` when it takes longer than so many ms, or fails. */
export async function inTime<T>(result: Promise<T>, otherwise: T, within = WITHIN): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), within);
  });
  try {
    return await Promise.race([result, tooLate]);
  } catch {
    return otherwise;
  } finally {
    clearTimeout(timer);
  }
}
