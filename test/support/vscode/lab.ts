import { type Chromium, ensureChromium } from './chromium.ts';
import { ensureVsCode, type VsCode } from './vsCode.ts';

/** What browser tests need: a VS Code to serve and a Chromium to open it in. */
export interface Lab {
  readonly vsCode: VsCode;
  readonly chromium: Chromium;
}

/** Installs both into `.vscode-test/lab` unless they are there; safe to interrupt and to run twice at once. */
export async function ensureLab(print: (line: string) => void = console.log): Promise<Lab> {
  return { vsCode: await ensureVsCode(print), chromium: await ensureChromium(print) };
}
