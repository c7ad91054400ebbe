import { join } from 'node:path';
import type { Chat } from '../../e2e/parley.ts';
import { openBrowserPage } from '../../support/browserPage.ts';
import { repository } from '../../support/vscode/paths.ts';
import type { Window } from '../../support/vscode/window.ts';
import { compare, type Figure } from '../figures.ts';
import { type Pasting, watchPaste } from '../page/pasteProbe.ts';

const REPETITIONS = 6;
const WARM_UP = 1;
/** Ms between two keys: 30 a second. */
const KEY_PAUSE = 33;
/** Ms from which on browsers speak of a long task. */
const LONG = 50;

/**
 * From Ctrl+V in the composer, with a screenshot of 3840 × 2160 px on the clipboard, to its chip and until it is attached,
 * while somebody types.
 */
export async function measurePasting(window: Window, chat: Chat): Promise<readonly Figure[]> {
  await copy(window, await screenshot());
  const rounds: Pasting[] = [];
  for (let at = 0; at < WARM_UP + REPETITIONS; at++) {
    const round = await measureRound(window, chat);
    if (at >= WARM_UP) rounds.push(round);
  }
  const area = 'Paste of a screenshot of 3840 × 2160 px, in the real page';
  const all = (pick: (round: Pasting) => number): readonly number[] => rounds.map(pick);
  const goal = { what: 'goal: at most', values: [150] };
  const bare = {
    what: "createImageBitmap and convertToBlob in one go, the browser's own scaling",
    values: all((one) => one.bare),
  };
  const limit = { what: 'limit', values: [LONG] };
  return [
    compare(
      area,
      'paste to the chip with its size, on screen',
      'ms',
      all((one) => one.chip),
      goal,
    ),
    compare(
      area,
      'paste to attached',
      'ms',
      all((one) => one.attached),
      bare,
    ),
    compare(
      area,
      'longest task of the page',
      'ms',
      all((one) => one.longestTask),
      limit,
    ),
    compare(
      area,
      'longest wait of a key, 30 a second',
      'ms',
      all((one) => one.slowestKey),
      limit,
    ),
  ];
}

async function measureRound({ page }: Window, chat: Chat): Promise<Pasting> {
  await chat.composer.fill('');
  await chat.composer.focus();
  const probe = await chat.frame.evaluateHandle(watchPaste);
  let isDone = false;
  const typing = async (): Promise<void> => {
    while (!isDone) await page.keyboard.type('typing on ', { delay: KEY_PAUSE });
  };
  await page.keyboard.press('Control+V');
  const typed = typing();
  const outcome = await probe.evaluate(({ seen }) => seen).finally(() => (isDone = true));
  await typed;
  await chat.chips
    .first()
    .getByRole('button', { name: /^Remove/ })
    .click();
  await chat.chips.first().waitFor({ state: 'detached' });
  return outcome;
}

async function copy({ page }: Window, base64: string): Promise<void> {
  const { origin } = new URL(page.url());
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  await page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    await navigator.clipboard.write([
      new ClipboardItem({ 'image/png': new Blob([data], { type: 'image/png' }) }),
    ]);
  }, base64);
}

/** A window full of code. */
async function screenshot(): Promise<string> {
  const { page, close } = await openBrowserPage(join(repository, 'test/support/pictures/inPage.ts'));
  try {
    const code =
      'export function sum(values: readonly number[]): number { return values.reduce((a, b) => a + b, 0); }';
    const paint = (letters: readonly string[]) =>
      window.pictures.paintText('14px sans-serif', ['#1f1f1f', '#cccccc'], letters, [3840, 2160]);
    return (await page.evaluate(paint, [...code, ...' '.repeat(120)])).base64;
  } finally {
    await close();
  }
}
