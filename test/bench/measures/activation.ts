import { setTimeout as delay } from 'node:timers/promises';
import { PARLEY } from '../../e2e/parley.ts';
import type { Window } from '../../support/vscode/window.ts';
import { compare, type Figure } from '../figures.ts';
import type { BenchLab } from '../lab.ts';
import { EMPTY } from '../peers.ts';

const WINDOWS = 4;

/** How long a new window is left alone, in ms, so that its own start does not count. */
const CALM = 3_000;

const COMMANDS = { [PARLEY]: 'parley.openChat', [EMPTY]: 'parleyBench.activateEmpty' };

/** Milliseconds as VS Code measures them; whole ones. */
interface Activation {
  readonly load: number;
  readonly call: number;
}

/** Loading and activating, by VS Code's own measurement, in several new windows. */
export async function measureActivation(lab: BenchLab): Promise<readonly Figure[]> {
  const parley: Activation[] = [];
  const empty: Activation[] = [];
  for (let at = 0; at < WINDOWS; at += 1) {
    const stats = await lab.withWindow((window) => activateIn(window, at % 2 === 0));
    parley.push(rowOf(stats, PARLEY));
    empty.push(rowOf(stats, EMPTY));
  }
  const area = 'Activation of the packaged extension';
  const row = (what: string, pick: (one: Activation) => number): Figure =>
    compare(area, what, 'ms', parley.map(pick), { what: 'an empty extension', values: empty.map(pick) });
  return [
    row('load code', (one) => one.load),
    row('call activate', (one) => one.call),
    row('both', (one) => one.load + one.call),
  ];
}

async function activateIn(window: Window, parleyFirst: boolean): Promise<string> {
  await window.driver.pid();
  await delay(CALM);
  const order = parleyFirst ? ([PARLEY, EMPTY] as const) : ([EMPTY, PARLEY] as const);
  for (const id of order) {
    await window.driver.run(
      (vscode, command) => vscode.commands.executeCommand(command).then(() => null),
      COMMANDS[id],
    );
  }
  await window.webview(PARLEY).frame();
  await window.runCommand('Developer: Startup Performance');
  return window.driver.run(async (vscode, last) => {
    for (let tries = 0; tries < 200; tries += 1) {
      const text = vscode.workspace.textDocuments
        .find((document) => document.uri.scheme === 'perf')
        ?.getText();
      if (text?.includes(last)) return text;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('"Developer: Startup Performance" does not name the extension');
  }, PARLEY);
}

/** A row of the Markdown table "Extension Activation Stats": extension, eager, load, call, finish, … */
function rowOf(text: string, id: string): Activation {
  const cells = text
    .split('\n')
    .find((line) => line.includes(`| ${id} `))
    ?.split('|')
    .map((cell) => Number(cell));
  const [load, call] = [cells?.[3], cells?.[4]];
  if (load === undefined || call === undefined || Number.isNaN(load + call)) {
    throw new Error(`No activation times of ${id} in:\n${text}`);
  }
  return { load, call };
}
