import type { Chat } from '../../e2e/parley.ts';
import { compare, type Figure } from '../figures.ts';

const REPETITIONS = 12;
const WARM_UP = 2;

/** From the last key to the exact quote in the composer, with the estimate on the way; the goal is 400 ms. */
export async function measureQuoting(chat: Chat): Promise<readonly Figure[]> {
  const rounds: { readonly estimate: number; readonly exact: number }[] = [];
  for (let at = 0; at < WARM_UP + REPETITIONS; at++) {
    await chat.composer.fill('');
    await chat.composer.pressSequentially(`How much is question ${at} with ${'more '.repeat(at)}words`);
    await chat.frame.locator('[data-part="quote"][data-state="exact"]').waitFor();
    const round = await measureRound(chat);
    if (at >= WARM_UP) rounds.push(round);
  }
  await chat.composer.fill('');
  const area = 'Quote';
  const goal = { what: 'goal: at most', values: [400] };
  return [
    compare(
      area,
      'last key to the estimate on screen',
      'ms',
      rounds.map((round) => round.estimate),
    ),
    compare(
      area,
      'last key to the exact quote on screen',
      'ms',
      rounds.map((round) => round.exact),
      goal,
    ),
  ];
}

/** Types one more character in the page itself and watches the quote, so that no driver's time is measured. */
function measureRound(chat: Chat): Promise<{ readonly estimate: number; readonly exact: number }> {
  return chat.composer.evaluate((element) => {
    const box = element as HTMLTextAreaElement;
    const quote = document.querySelector<HTMLElement>('[data-part="quote"]');
    if (!quote) throw new Error('The composer shows no quote');
    return new Promise<{ estimate: number; exact: number }>((resolve) => {
      const pressed = performance.now();
      let estimate = Number.NaN;
      const observer = new MutationObserver(() => {
        const { state } = quote.dataset;
        const passed = performance.now() - pressed;
        if (state === 'estimate' && Number.isNaN(estimate)) estimate = passed;
        if (state !== 'exact' || Number.isNaN(estimate)) return;
        observer.disconnect();
        resolve({ estimate, exact: passed });
      });
      observer.observe(quote, { attributes: true });
      box.setRangeText('?', box.value.length, box.value.length, 'end');
      box.dispatchEvent(new InputEvent('input', { bubbles: true }));
    });
  });
}
