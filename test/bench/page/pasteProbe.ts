/** What became of a paste. All in ms. */
export interface Pasting {
  /** Until the chip with its size was on screen. */
  readonly chip: number;
  /** Until the host had the picture and the page heard of it. */
  readonly attached: number;
  /** The longest task of the page meanwhile; 0 when none was above 50. */
  readonly longestTask: number;
  /** From the press of a key until the text box had it, at worst. */
  readonly slowestKey: number;
  /** What the browser needs to decode the same picture, make it smaller and write it, in one go. */
  readonly bare: number;
}

/** Runs in the page. The promise is wrapped: what a page returns bare is awaited. */
export function watchPaste(): { readonly seen: Promise<Pasting> } {
  const ended = new AbortController();
  const { signal } = ended;
  const long: number[] = [];
  const keys: number[] = [];
  let picture: Blob | undefined;
  let pastedAt = 0;
  let chipAt = 0;
  const tasks = new PerformanceObserver((list) =>
    long.push(...list.getEntries().map(({ duration }) => duration)),
  );
  const pasted = ({ timeStamp, clipboardData }: ClipboardEvent): void => {
    pastedAt = timeStamp;
    picture = clipboardData?.files[0];
    tasks.observe({ type: 'longtask' });
  };
  let pressedAt = 0;
  window.addEventListener('paste', pasted, { capture: true, signal });
  window.addEventListener('keydown', ({ timeStamp }) => (pressedAt = timeStamp), { capture: true, signal });
  window.addEventListener(
    'input',
    () => {
      if (pastedAt > 0) keys.push(performance.now() - pressedAt);
    },
    { capture: true, signal },
  );
  const bareOf = async (size: { readonly width: number; readonly height: number }): Promise<number> => {
    if (!picture) throw new Error('Nothing was pasted');
    const start = performance.now();
    const image = await createImageBitmap(picture, {
      resizeWidth: size.width,
      resizeHeight: size.height,
      resizeQuality: 'high',
    });
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext('2d')?.drawImage(image, 0, 0);
    await canvas.convertToBlob({ type: 'image/png' });
    return performance.now() - start;
  };
  const seen = new Promise<Pasting>((resolve, reject) => {
    const observer = new MutationObserver(() => {
      const chip = document.querySelector('.draft-chips .chip');
      const [width, height] = (chip?.querySelector('.chip-size')?.textContent ?? '').split('×').map(Number);
      if (pastedAt === 0 || !chip || !width || !height) return;
      if (chipAt === 0) {
        chipAt = performance.now();
        // Drawn with the frame; what comes after it runs once it was handed over.
        requestAnimationFrame(() => setTimeout(() => (chipAt = performance.now())));
      }
      if (chip.getAttribute('aria-busy') === 'true') return;
      observer.disconnect();
      const attached = performance.now() - pastedAt;
      setTimeout(() => {
        long.push(...tasks.takeRecords().map(({ duration }) => duration));
        tasks.disconnect();
        ended.abort();
        const outcome = {
          chip: chipAt - pastedAt,
          attached,
          longestTask: Math.max(0, ...long),
          slowestKey: Math.max(0, ...keys),
        };
        bareOf({ width, height }).then((bare) => resolve({ ...outcome, bare }), reject);
      }, 100);
    });
    observer.observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      characterData: true,
    });
  });
  return { seen };
}
