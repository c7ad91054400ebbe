import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type FakeClaude, startFakeClaude } from '../fakeClaude/main.ts';
import { openFrontDoor } from './frontDoor.ts';
import { packagedExtension, testFolder } from './paths.ts';
import { startServer } from './server.ts';
import { quietStart, withoutBuiltInChat } from './settings.ts';
import { ensureVsCode } from './vsCode.ts';

/** What `npm start` runs after the build: Parley in a VS Code for the own browser, until Ctrl+C. */
const folder = process.env.PARLEY_START_FOLDER ?? join(testFolder, 'start');
const workspace = join(folder, 'workspace');

async function main(): Promise<void> {
  const vsCode = await ensureVsCode();
  await provideWorkspace();
  const claude = process.env.ANTHROPIC_API_KEY ? undefined : await startFakeClaude({ pace: 'human' });
  const server = await startServer({
    vsCode,
    dataFolder: join(folder, 'data'),
    extensionsFolder: join(folder, 'extensions'),
    extensions: [packagedExtension],
    ...(!existsSync(join(folder, 'data')) && { userSettings: { ...quietStart, ...withoutBuiltInChat } }),
    machineSettings: claude ? { 'parley.baseUrl': claude.url } : {},
    environment: keyEnvironment(),
  });
  const firstLayout = { views: ['parley.chat'], editors: [join(workspace, 'README.md')] };
  const door = await openFrontDoor(server, { port: 7420, windowOptions: { firstLayout } });
  // A name below localhost, so that the webviews' own names (x.parley.localhost) belong to the same site: as parts of
  // another one they would lose their storage in a private window or where third-party cookies are blocked.
  const address = `http://parley.localhost:${door.port}/?folder=${encodeURI(workspace)}`;
  endWith(async () => {
    await door.close();
    await Promise.all([server.close(), claude?.close()]);
  });
  console.log(welcome(address, claude));
  if (process.argv.includes('--open')) openInBrowser(address);
}

/** A copy that is kept from run to run, as what belongs to it is: conversations, open editors, settings. */
async function provideWorkspace(): Promise<void> {
  const isEmpty = (await readdir(workspace).catch(() => [])).length === 0;
  if (isEmpty) await cp(join(import.meta.dirname, 'sampleWorkspace'), workspace, { recursive: true });
}

/** The key reaches the extension host as it would on the desktop; it is written nowhere. */
function keyEnvironment(): Record<string, string> {
  const key = process.env.ANTHROPIC_API_KEY;
  return key ? { ANTHROPIC_API_KEY: key } : {};
}

function welcome(address: string, claude: FakeClaude | undefined): string {
  const who = claude
    ? `A simulated Claude answers, at ${claude.url}: no key, no network, no cost.
  (For the real one: ANTHROPIC_API_KEY=… npm start)`
    : 'The real Claude answers, with the key from ANTHROPIC_API_KEY, once Parley may use it.';
  return `
  Parley is ready. Open this address in Chrome, Edge or Firefox:

      ${address}

  Parley is the speech bubble in the activity bar on the left.
  ${who}
  The folder that opens is a copy to play with: ${workspace}

  To stop: Ctrl+C
`;
}

/** One Ctrl+C may come several times: from the terminal and from each program that passes it on. */
function endWith(close: () => Promise<void>): void {
  let closing = false;
  const end = () => {
    if (closing) return;
    closing = true;
    setTimeout(() => process.exit(1), 5_000);
    void close().finally(() => process.exit());
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, end);
}

function openInBrowser(address: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [address], { stdio: 'ignore', detached: true });
  child.once('error', () => console.log(`  There is no ${program} here: please open the address yourself.`));
  child.unref();
}

await main();
