import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openChat, setKey } from '../e2e/parley.ts';
import { repository } from '../support/vscode/paths.ts';
import type { Figure } from './figures.ts';
import { startHttpReader } from './httpReader.ts';
import { type BenchLab, withLab } from './lab.ts';
import { measureActivation } from './measures/activation.ts';
import { measureEstimates, tableOfEstimates } from './measures/estimates.ts';
import { measureFirstCharacter } from './measures/firstCharacter.ts';
import { measureHistory } from './measures/history.ts';
import { measureAppending } from './measures/journalAppend.ts';
import { measureReading } from './measures/journalReading.ts';
import { measureOverhead } from './measures/overhead.ts';
import { measurePacking } from './measures/packing.ts';
import { measurePasting } from './measures/pasting.ts';
import { measurePictures } from './measures/pictures.ts';
import { measureQuoting } from './measures/quoting.ts';
import { measureSessions } from './measures/sessions.ts';
import { measureSizes } from './measures/sizes.ts';
import { measureStreaming } from './measures/streaming.ts';
import { measureWorkspace } from './measures/workspace.ts';
import { tableOf } from './table.ts';

/**
 * Measures Parley beside yardsticks of the same run and prints the figures; none of them is a test.
 * `--no-package` takes `dist/` and `parley.vsix` as they are.
 */
async function main(): Promise<void> {
  if (!process.argv.includes('--no-package')) makePackage();
  const figures = [
    ...(await withLab(async (lab) => [...(await measureActivation(lab)), ...(await measureChat(lab))])),
    ...(await measureJournal()),
    ...(await measureOverhead()),
    ...(await measureSessions()),
    ...(await measureWorkspace()),
    ...(await measurePacking()),
    ...measureEstimates(),
    ...(await measurePictures()),
    ...(await measureSizes()),
  ];
  await writeReport(figures);
  console.log(`\n${tableOf(figures)}\n\n${tableOfEstimates()}`);
}

async function measureChat(lab: BenchLab): Promise<readonly Figure[]> {
  const http = startHttpReader();
  try {
    return await lab.withWindow(async (window) => {
      const chat = await openChat(window);
      await setKey(window, 'sk-ant-bench');
      const first = await measureFirstCharacter(lab, window, chat, http);
      const quoting = await measureQuoting(chat);
      const pasting = await measurePasting(window, chat);
      return [...first, ...quoting, ...pasting, ...(await measureStreaming(lab, window, chat, http))];
    });
  } finally {
    await http.close();
  }
}

async function measureJournal(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-bench-'));
  try {
    return [
      ...(await measureAppending(folder)),
      ...(await measureReading(folder)),
      ...(await measureHistory(folder)),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function makePackage(): void {
  const own = process.env.npm_execpath;
  const [command, first] = own?.endsWith('.js') ? [process.execPath, [own]] : ['npm', []];
  const { status, error } = spawnSync(command, [...first, 'run', '--silent', 'package'], {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: command === 'npm' && process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`"npm run package" ended with ${status}`, { cause: error });
}

async function writeReport(figures: readonly Figure[]): Promise<void> {
  const file = join(repository, 'out/bench.json');
  const { platform, arch, version } = process;
  const machine = { platform, arch, cpus: cpus().length, node: version };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ at: new Date().toISOString(), machine, figures }, null, 2)}\n`);
}

await main();
