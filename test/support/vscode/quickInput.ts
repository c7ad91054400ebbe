import type { Locator, Page } from 'playwright-core';

/** VS Code's input at the top of the window: quick picks, input boxes, and (here) the open and save dialogs too. */
export interface QuickInput {
  /** Waits until it is open, then replaces its text. */
  fill(text: string): Promise<void>;
  /** Presses Enter. */
  accept(): Promise<void>;
  /** Presses Escape. */
  cancel(): Promise<void>;
  /** Waits for an item by its label and chooses it. */
  pick(label: string | RegExp): Promise<void>;
  /** Waits until one with this title is open: the next step of several is in the same place. */
  titled(title: string | RegExp): Promise<void>;
  /** Waits until it is open and returns its title, empty when it has none. */
  title(): Promise<string>;
  /** The labels that are shown now; a long list shows only the first dozen or so. */
  items(): Promise<string[]>;
  /** Waits until the message below the input, a validation error or the prompt, contains this text. */
  says(message: string | RegExp): Promise<void>;
  /** The text in the input, and whether it is hidden as a password. */
  input(): Promise<{ readonly value: string; readonly placeholder: string; readonly hidden: boolean }>;
  /** Waits until it is closed. */
  closed(): Promise<void>;
}

export function quickInputOf(page: Page): QuickInput {
  const widget = page.locator('.quick-input-widget');
  const input = widget.locator('.quick-input-box input');
  return {
    fill: (text) => input.fill(text),
    accept: () => input.press('Enter'),
    cancel: () => page.keyboard.press('Escape'),
    pick: (label) => rowOf(page, label).click(),
    titled: (title) => widget.locator('.quick-input-title').filter({ hasText: title }).waitFor(),
    title: async () => {
      await input.waitFor();
      return (await widget.locator('.quick-input-title').innerText()).trim();
    },
    items: async () => {
      await input.waitFor();
      return widget.locator('.monaco-list-row .quick-input-list-label .label-name').allInnerTexts();
    },
    says: (message) => widget.locator('.quick-input-message').filter({ hasText: message }).waitFor(),
    input: async () => ({
      value: await input.inputValue(),
      placeholder: (await input.getAttribute('placeholder')) ?? '',
      hidden: (await input.getAttribute('type')) === 'password',
    }),
    closed: () => widget.waitFor({ state: 'hidden' }),
  };
}

/** Runs a command by its text in the Command Palette; waits until the command is there. */
export async function runCommand(page: Page, label: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  // The list is read when the box opens, and while VS Code starts other things take the focus and close it: so again.
  while (!(await chooseCommand(page, label))) {
    if (Date.now() > deadline) throw new Error(`The Command Palette does not offer "${label}"`);
    await page.keyboard.press('Escape');
  }
  await paletteClosed(page);
}

/**
 * Runs a command as people without a mouse do: F1, its text, Enter. VS Code puts the one that fits best, or was used last,
 * on top; arrow keys lead to the others.
 */
export async function runCommandByKeys(page: Page, label: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await typeCommand(page, label))) {
    if (Date.now() > deadline) throw new Error(`The Command Palette does not lead to "${label}" by keys`);
    await page.keyboard.press('Escape');
  }
  await paletteClosed(page);
}

async function typeCommand(page: Page, label: string): Promise<boolean> {
  const input = page.locator('.quick-input-widget .quick-input-box input');
  try {
    await page.keyboard.press('F1');
    await input.and(page.locator(':focus')).waitFor({ timeout: 2_000 });
    await page.keyboard.type(label);
    const row = rowOf(page, label);
    await row.waitFor({ timeout: 2_000 });
    const rows = await page.locator('.quick-input-widget .monaco-list-row').count();
    for (let presses = 0; presses < rows && !(await isFocused(row)); presses++) {
      await page.keyboard.press('ArrowDown');
    }
    if (!(await isFocused(row))) return false;
    await page.keyboard.press('Enter');
    return true;
  } catch (error) {
    if (page.isClosed()) throw error;
    return false;
  }
}

async function isFocused(row: Locator): Promise<boolean> {
  return ((await row.getAttribute('class', { timeout: 2_000 })) ?? '').split(' ').includes('focused');
}

async function chooseCommand(page: Page, label: string): Promise<boolean> {
  const input = page.locator('.quick-input-widget .quick-input-box input');
  try {
    await page.keyboard.press('F1');
    await input.fill(`>${label}`, { timeout: 2_000 });
    const row = rowOf(page, label);
    // Looked for often: a locator's own waiting makes half a second of a quarter.
    for (let looks = 0; looks < 80 && !(await row.isVisible()); looks++) await page.waitForTimeout(25);
    await row.click({ timeout: 2_000 });
    return true;
  } catch (error) {
    if (page.isClosed()) throw error;
    return false;
  }
}

/** The command may open an input of its own at once, in the same place. */
async function paletteClosed(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const widget = document.querySelector<HTMLElement>('.quick-input-widget');
    const input = widget?.querySelector<HTMLInputElement>('.quick-input-box input');
    return !input || widget?.style.display === 'none' || !input.value.startsWith('>');
  });
}

function rowOf(page: Page, label: string | RegExp) {
  const exact = typeof label === 'string' ? new RegExp(`^${escapePattern(label)}$`) : label;
  const name = page.locator('.quick-input-list-label .label-name', { hasText: exact });
  return page.locator('.quick-input-widget .monaco-list-row', { has: name }).first();
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
