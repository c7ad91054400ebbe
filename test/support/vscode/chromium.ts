import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installOnce } from './installOnce.ts';
import { nodeBinary, npmInstall } from './npm.ts';
import { testFolder } from './paths.ts';

/** A Chromium or Chrome that Playwright can launch. */
export interface Chromium {
  readonly executablePath: string;
  /** Environment variables it needs on top of the process's own. */
  readonly env: Readonly<Record<string, string>>;
}

const version = '147.0.0';

/**
 * The browser for the tests: `PARLEY_CHROME`, else the pinned Chromium from npm where it runs (Linux on x64: the same
 * for everyone, with its own libraries and fonts), else an installed Chrome or Chromium.
 */
export async function ensureChromium(print: (line: string) => void = console.log): Promise<Chromium> {
  const chosen = process.env.PARLEY_CHROME;
  if (chosen) return { executablePath: chosen, env: {} };
  if (process.platform === 'linux' && process.arch === 'x64') return installChromium(print);
  const installed = usualPlaces().find((path) => existsSync(path));
  if (installed) return { executablePath: installed, env: {} };
  throw new Error(
    'No Chrome or Chromium found. Install one, or set PARLEY_CHROME to the path of its program.',
  );
}

async function installChromium(print: (line: string) => void): Promise<Chromium> {
  const folder = join(testFolder, 'lab', `chromium-${version}`);
  await installOnce(folder, async (partial) => {
    print(`Getting Chromium ${version} from npm (once, about 220 MB on disk) …`);
    await npmInstall(partial, [`@sparticuz/chromium@${version}`]);
    await unpack(partial);
    await writeFile(join(partial, 'fonts.conf'), fontConfiguration(folder));
    await rm(join(partial, 'node_modules'), { recursive: true });
  });
  return {
    executablePath: join(folder, 'unpacked/chromium'),
    env: {
      LD_LIBRARY_PATH: join(folder, 'unpacked/al2023/lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  };
}

/** The package unpacks into the temporary folder, and its libraries only when it believes to be on AWS Lambda. */
async function unpack(folder: string): Promise<void> {
  const unpacked = join(folder, 'unpacked');
  await mkdir(unpacked);
  const script =
    "const chromium = await import('@sparticuz/chromium'); await chromium.default.executablePath();";
  await promisify(execFile)(nodeBinary(), ['--input-type=module', '--eval', script], {
    cwd: folder,
    env: { ...process.env, TMPDIR: unpacked, AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' },
  });
}

/** The package's own configuration knows only the folders of AWS Lambda. */
function fontConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(folder, 'unpacked/fonts')}</dir>
  <cachedir>${join(folder, 'font-cache')}</cachedir>
</fontconfig>
`;
}

function usualPlaces(): string[] {
  if (process.platform === 'darwin') {
    return [
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
      '/Applications/Chromium.app/Contents/MacOS/Chromium',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ];
  }
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
  return names.map((name) => join('/usr/bin', name));
}
