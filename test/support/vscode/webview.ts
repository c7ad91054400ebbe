import type { Frame, FrameLocator, Page } from 'playwright-core';

/** The page of an extension inside VS Code. VS Code replaces it whenever the view is shown again or moved. */
export interface Webview {
  /** For locators in the newest one, which follow when it is replaced. */
  readonly content: FrameLocator;
  /** The newest document of the extension that is shown and loaded; ask again after it may have been replaced. */
  frame(): Promise<Frame>;
  /** How many are shown and loaded: a view and a panel of one extension are two. */
  count(): Promise<number>;
  /** Waits until none is shown. */
  gone(): Promise<void>;
}

export function webviewOf(page: Page, extension: string): Webview {
  const inner = () => page.frames().filter((frame) => isInner(frame) && belongsTo(frame, extension));
  const shown = async () => {
    const frames = inner();
    const ready = await Promise.all(frames.map(isReady));
    return frames.filter((_frame, index) => ready[index]);
  };
  const outer = page.locator(`iframe.webview[src*="extensionId=${extension}"]`).last();
  return {
    content: outer.contentFrame().frameLocator('#active-frame'),
    frame: () => until(page, `a webview of ${extension}`, async () => (await shown()).at(-1)),
    count: async () => (await shown()).length,
    gone: async () => {
      await until(page, `no webview of ${extension}`, async () => inner().length === 0 || undefined);
    },
  };
}

/** A frame holding the document: the extension's page sits in a frame inside the frame that VS Code makes. */
function belongsTo(frame: Frame, extension: string): boolean {
  const outer = frame.parentFrame()?.url() ?? '';
  return outer.includes('/webview/browser/pre/') && outer.includes(`extensionId=${extension}`);
}

function isInner(frame: Frame): boolean {
  return !frame.isDetached() && !frame.url().includes('/webview/browser/pre/index.html');
}

/**
 * While it loads it has another id, and even when it is active its scripts may not have run yet. An empty one is there
 * before the extension has said what to show, and is replaced then.
 */
async function isReady(frame: Frame): Promise<boolean> {
  try {
    const element = await frame.frameElement();
    const active = (await element.getAttribute('id')) === 'active-frame';
    return (
      active &&
      (await frame.evaluate(() => document.readyState === 'complete' && document.body.childElementCount > 0))
    );
  } catch {
    return false;
  }
}

async function until<Value>(
  page: Page,
  what: string,
  look: () => Promise<Value | undefined>,
): Promise<Value> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await page.waitForTimeout(50);
  }
}
