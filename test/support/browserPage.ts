import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { launchBrowser } from './vscode/browser.ts';
import { ensureChromium } from './vscode/chromium.ts';

/** An empty page in a real browser, without VS Code. */
export interface BrowserPage {
  readonly page: Page;
  close(): Promise<void>;
}

/**
 * Opens an empty page over HTTP, under the rules of Parley's own page (`csp`), and runs a module in it, bundled with
 * what it imports. Ended with `close`.
 */
export async function openBrowserPage(entryPoint: string): Promise<BrowserPage> {
  const bundled = await build({
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'chrome128',
    logLevel: 'error',
  });
  const script = bundled.outputFiles[0]?.text ?? '';
  const server = createServer(({ url }, response) => {
    const isScript = url === '/script.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    if (!isScript) response.setHeader('content-security-policy', csp);
    response.end(isScript ? script : '<!doctype html><title>Page</title><script src="script.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await launchBrowser(await ensureChromium(() => {})).catch((error: unknown) => {
    server.close();
    throw error;
  });
  const close = async (): Promise<void> => {
    await browser.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  try {
    const page = await browser.newPage({ viewport: { width: 800, height: 600 } });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** As the host writes it for the page: its own script, pictures that the page makes, nothing else. */
const csp = "default-src 'none'; script-src 'self'; img-src 'self' blob: data:";
