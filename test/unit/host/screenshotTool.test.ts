import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import {
  findScreenshotTool,
  isOnPath,
  type ScreenshotTool,
  takeScreenshot,
} from '../../../src/host/storage/screenshotTool.ts';

const folder = await mkdtemp(join(tmpdir(), 'parley tools '));
after(() => rm(folder, { recursive: true, force: true }));
const environment = { PATH: `${folder}${delimiter}${process.env.PATH}` };

test('each desktop is asked with its own tool, the first that is there', async () => {
  const cases: readonly [string, Record<string, string>, readonly string[], string | undefined][] = [
    ['darwin', {}, ['screencapture'], 'screencapture'],
    ['win32', {}, ['powershell'], 'Snipping Tool'],
    ['linux', { WAYLAND_DISPLAY: 'w', XDG_CURRENT_DESKTOP: 'sway' }, ['slurp', 'grim'], 'grim'],
    ['linux', { WAYLAND_DISPLAY: 'w', XDG_CURRENT_DESKTOP: 'sway' }, ['grim'], undefined],
    [
      'linux',
      { WAYLAND_DISPLAY: 'w', XDG_CURRENT_DESKTOP: 'KDE' },
      ['spectacle', 'grim', 'slurp'],
      'spectacle',
    ],
    [
      'linux',
      { DISPLAY: ':0', XDG_CURRENT_DESKTOP: 'ubuntu:GNOME' },
      ['gnome-screenshot', 'scrot'],
      'gnome-screenshot',
    ],
    ['linux', { DISPLAY: ':0', XDG_CURRENT_DESKTOP: 'KDE' }, ['gnome-screenshot', 'spectacle'], 'spectacle'],
    ['linux', { DISPLAY: ':0' }, ['scrot', 'maim'], 'maim'],
    ['linux', { DISPLAY: ':0' }, ['import'], 'import'],
    ['linux', {}, ['scrot'], undefined],
    ['linux', { WAYLAND_DISPLAY: 'w' }, ['scrot'], undefined],
    ['aix', {}, ['scrot'], undefined],
  ];
  for (const [platform, given, installed, expected] of cases) {
    const tool = await findScreenshotTool(platform, given, async (program) => installed.includes(program));
    assert.equal(tool?.name, expected, `${platform} ${JSON.stringify(given)}`);
  }
});

test('a program counts as installed when it can be run from the path', async () => {
  await script('there', 'exit 0');
  await writeFile(join(folder, 'no-program'), 'text');
  const isThere = isOnPath(environment.PATH, 'linux');
  assert.equal(await isThere('there'), true);
  assert.equal(await isThere('no-program'), false);
  assert.equal(await isThere('nowhere-at-all'), false);
});

test('what the tool writes is the screenshot, and nothing of it stays behind', async () => {
  const before = await leftBehind();
  await script('shoot', 'printf picture > "$2"');
  const made = await takeScreenshot(toolOf(['shoot', '-f', '{file}']), environment);
  assert.ok(made.outcome === 'taken');
  assert.equal(Buffer.from(made.bytes).toString(), 'picture');
  assert.deepEqual(await leftBehind(), before);
});

test('a tool that chooses first and one that shoots then work together', async () => {
  await script('choose', 'echo "10,20 30x40"');
  await script('draw', 'printf %s "$2" > "$3"');
  const made = await takeScreenshot(toolOf(['choose'], ['draw', '-g', '{printed}', '{file}']), environment);
  assert.ok(made.outcome === 'taken');
  assert.equal(Buffer.from(made.bytes).toString(), '10,20 30x40');
});

test('Escape is no failure: no file or an empty one, or an error with nothing to say', async () => {
  await script('empty', ': > screenshot.png');
  await script('silent', 'exit 0');
  await script('escaped', 'exit 1');
  await script('said', 'echo "selection cancelled" >&2; exit 1');
  for (const name of ['silent', 'empty', 'escaped', 'said']) {
    const made = await takeScreenshot(toolOf([name]), environment);
    assert.equal(made.outcome, 'cancelled', name);
  }
});

test('what a tool complains of is told', async () => {
  await script('broken', 'echo "cannot open display" >&2; echo more >&2; exit 1');
  const made = await takeScreenshot(toolOf(['broken']), environment);
  assert.deepEqual(made, { outcome: 'failed', complaint: 'cannot open display' });
  const missing = await takeScreenshot(toolOf(['nowhere-at-all']), environment);
  assert.deepEqual(missing, { outcome: 'failed', complaint: 'it is not installed' });
});

test('a tool that hangs is ended', async () => {
  const before = await leftBehind();
  await script('hang', 'exec sleep 600');
  const made = await takeScreenshot(toolOf(['hang']), environment, 100);
  assert.deepEqual(made, { outcome: 'failed', complaint: 'it took too long' });
  assert.deepEqual(await leftBehind(), before);
});

test('a tool that ignores the request to end is ended too', async () => {
  await script('stubborn', 'trap "" TERM\nexec sleep 600');
  const made = await takeScreenshot(toolOf(['stubborn']), environment, 100);
  assert.deepEqual(made, { outcome: 'failed', complaint: 'it took too long' });
});

test('a tool that reads its input before it asks is not kept waiting', async () => {
  await script('reader', 'cat > /dev/null; printf picture > "$1"');
  const made = await takeScreenshot(toolOf(['reader', '{file}']), environment, 30_000);
  assert.equal(made.outcome, 'taken');
});

test('the file has a plain name in the folder that the tool runs in', async () => {
  await script('where', 'printf "%s" "$1" > "$1"');
  const made = await takeScreenshot(toolOf(['where', '{file}']), environment);
  assert.ok(made.outcome === 'taken');
  assert.equal(Buffer.from(made.bytes).toString(), 'screenshot.png');
});

test('what was chosen is handed on as it was printed, and never to a shell', async () => {
  await script('odd', 'printf "%s\\n" \'$& $(touch shell) {file}\'');
  await script('take', 'ls > "$2"; printf "%s" "$1" >> "$2"');
  const made = await takeScreenshot(toolOf(['odd'], ['take', '{printed}', '{file}']), environment);
  assert.ok(made.outcome === 'taken');
  assert.equal(Buffer.from(made.bytes).toString(), 'screenshot.png\n$& $(touch shell) {file}');
});

test('when the choice is given up nothing is shot', async () => {
  await script('given-up', 'echo "selection cancelled" >&2; exit 1');
  await script('shot', 'printf picture > "$1"');
  const made = await takeScreenshot(toolOf(['given-up'], ['shot', '{file}']), environment);
  assert.deepEqual(made, { outcome: 'cancelled' });
});

function toolOf(...steps: ScreenshotTool['steps']): ScreenshotTool {
  return { name: 'a tool', steps };
}

async function script(name: string, body: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${body}\n`);
  await chmod(join(folder, name), 0o755);
}

async function leftBehind(): Promise<readonly string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith('parley-screenshot-')).sort();
}
