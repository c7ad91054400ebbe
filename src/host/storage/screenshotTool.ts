import { execFile } from 'node:child_process';
import { access, constants, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

/** How this system takes a picture of a part of the screen that the user chooses. */
export interface ScreenshotTool {
  readonly name: string;
  /** Runs in this order; the output of one that prints goes into the next as `{printed}`. `{file}` is the PNG to be written. */
  readonly steps: readonly (readonly [program: string, ...args: readonly string[]])[];
}

/** What became of a screenshot: a PNG, nothing because the user changed their mind, or what the tool complained of. */
export type Screenshot =
  | { readonly outcome: 'taken'; readonly bytes: Uint8Array }
  | { readonly outcome: 'cancelled' }
  | { readonly outcome: 'failed'; readonly complaint: string };

/** Someone who is called away in the middle of a screenshot comes back to an editor that waits no more. In ms. */
const WITHIN = 5 * 60_000;

/**
 * The tool of this system; undefined where there is none. `isThere` tells whether a program is on the path.
 * Flags are those of the tools' own manuals.
 */
export async function findScreenshotTool(
  platform: string,
  environment: Readonly<Record<string, string | undefined>>,
  isThere: (program: string) => Promise<boolean>,
): Promise<ScreenshotTool | undefined> {
  for (const tool of toolsFor(platform, environment)) {
    const programs = await Promise.all(tool.steps.map(([program]) => isThere(program)));
    if (programs.every(Boolean)) return tool;
  }
  return undefined;
}

/** Whether a program can be started by its name alone. */
export function isOnPath(searchPath: string, platform: string): (program: string) => Promise<boolean> {
  const separator = platform === 'win32' ? ';' : ':';
  const ending = platform === 'win32' ? '.exe' : '';
  return async (program) => {
    for (const folder of searchPath.split(separator).filter((each) => each !== '')) {
      try {
        await access(path.join(folder, `${program}${ending}`), constants.X_OK);
        return true;
      } catch {
        // The next folder may have it.
      }
    }
    return false;
  };
}

/** Lets the user choose a part of the screen. The file lies in a folder of its own, which is removed in any case. */
export async function takeScreenshot(
  { steps }: ScreenshotTool,
  environment: Readonly<Record<string, string | undefined>>,
  within = WITHIN,
): Promise<Screenshot> {
  const folder = await mkdtemp(path.join(tmpdir(), 'parley-screenshot-')).catch(() => undefined);
  if (folder === undefined) return { outcome: 'failed', complaint: 'no temporary folder' };
  try {
    let printed = '';
    for (const [program, ...args] of steps) {
      const filled = args.map((arg) => (arg === '{printed}' ? printed : arg === '{file}' ? FILE : arg));
      const run = await runTool(program, filled, folder, environment, within);
      if (run.complaint !== undefined) return endOf(run.complaint);
      printed = run.printed.trim();
    }
    const bytes = await readFile(path.join(folder, FILE)).catch(() => undefined);
    return bytes && bytes.length > 0 ? { outcome: 'taken', bytes } : { outcome: 'cancelled' };
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Where tools write, in a folder of their own that they run in: some expand a `%` or `$` in a longer path. */
const FILE = 'screenshot.png';

/** Tools end with an error and say little when Escape was pressed; what they say otherwise is worth telling. */
function endOf(complaint: string): Screenshot {
  const isCancelled = complaint === '' || /cancel|abort|escape|selection/i.test(complaint);
  return isCancelled ? { outcome: 'cancelled' } : { outcome: 'failed', complaint };
}

interface Run {
  readonly printed: string;
  /** Set when the program failed: the first line of what it said, which may be empty. */
  readonly complaint?: string;
}

/** No shell: nothing is ever taken for a command. No input either: `slurp` reads it to its end before it asks. */
function runTool(
  program: string,
  args: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
  within: number,
): Promise<Run> {
  return new Promise((resolve) => {
    const options = {
      cwd: folder,
      env: environment,
      timeout: within,
      killSignal: 'SIGKILL',
      windowsHide: true,
    } as const;
    const child = execFile(program, args, options, (error, printed, said) => {
      if (!error) return resolve({ printed });
      if (error.killed) return resolve({ printed, complaint: 'it took too long' });
      const missing = error.code === 'ENOENT' ? 'it is not installed' : '';
      resolve({ printed, complaint: missing || (said.trim().split('\n', 1)[0] ?? '') });
    });
    // A tool that has ended already has closed it itself.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end();
  });
}

function toolsFor(
  platform: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly ScreenshotTool[] {
  if (platform === 'darwin') return [{ name: 'screencapture', steps: [['screencapture', '-i', '{file}']] }];
  if (platform === 'win32') return [{ name: 'Snipping Tool', steps: [['powershell', ...SNIPPING]] }];
  if (platform !== 'linux' && platform !== 'freebsd') return [];
  const isWayland = Boolean(environment.WAYLAND_DISPLAY) || environment.XDG_SESSION_TYPE === 'wayland';
  if (!isWayland && !environment.DISPLAY) return [];
  const desktop = (environment.XDG_CURRENT_DESKTOP ?? '').toLowerCase();
  const own = desktop.includes('kde') ? [KDE, GNOME] : [GNOME, KDE];
  return isWayland ? [...(/gnome|kde/.test(desktop) ? own : []), WLROOTS, ...own] : [...own, ...X11];
}

const GNOME: ScreenshotTool = {
  name: 'gnome-screenshot',
  steps: [['gnome-screenshot', '-a', '-f', '{file}']],
};
const KDE: ScreenshotTool = { name: 'spectacle', steps: [['spectacle', '-b', '-r', '-n', '-o', '{file}']] };
const WLROOTS: ScreenshotTool = { name: 'grim', steps: [['slurp'], ['grim', '-g', '{printed}', '{file}']] };
const X11: readonly ScreenshotTool[] = [
  { name: 'maim', steps: [['maim', '-s', '{file}']] },
  { name: 'scrot', steps: [['scrot', '-s', '{file}']] },
  { name: 'import', steps: [['import', '{file}']] },
];

/**
 * The snipping tool leaves its picture on the clipboard only. It is taken from there when the clipboard has changed, so
 * what lay there before is neither lost nor taken for the picture. Nobody tells when the user gives up, and its processes
 * (ScreenClippingHost, SnippingTool) stay in memory behind its back. But while one chooses, its overlay has the foreground:
 * when that has come back to the window that had it before, the picture is on the clipboard within moments or there will be
 * none, so what is copied later is not taken. All counts are of 200 ms: 30 s for the overlay to appear, two minutes to
 * choose, 3 s for the picture. Who snips with a delay finds the picture on the clipboard and can paste it.
 */
const SNIPPING: readonly string[] = [
  '-NoProfile',
  '-STA',
  '-EncodedCommand',
  Buffer.from(
    [
      'Add-Type -AssemblyName System.Windows.Forms, System.Drawing',
      'Add-Type -Namespace Parley -Name Screen -MemberDefinition ' +
        '\'[DllImport("user32.dll")] public static extern uint GetClipboardSequenceNumber(); ' +
        '[DllImport("user32.dll")] public static extern IntPtr GetForegroundWindow();\'',
      '$before = [Parley.Screen]::GetClipboardSequenceNumber()',
      '$window = [Parley.Screen]::GetForegroundWindow()',
      "Start-Process 'ms-screenclip:'",
      "$phase = 'starting'",
      'for ($rest = 150; $rest -gt 0; $rest--) {',
      '  Start-Sleep -Milliseconds 200',
      '  if ([Parley.Screen]::GetClipboardSequenceNumber() -ne $before) {',
      '    $picture = [Windows.Forms.Clipboard]::GetImage()',
      `    if ($picture) { $picture.Save((Join-Path $PWD '${FILE}'), [Drawing.Imaging.ImageFormat]::Png); break }`,
      '  }',
      '  $isBack = [Parley.Screen]::GetForegroundWindow() -eq $window',
      "  if ($phase -eq 'starting' -and -not $isBack) { $phase = 'choosing'; $rest = 600 }",
      "  if ($phase -eq 'choosing' -and $isBack) { $phase = 'chosen'; $rest = 15 }",
      '}',
    ].join('\n'),
    'utf16le',
  ).toString('base64'),
];
