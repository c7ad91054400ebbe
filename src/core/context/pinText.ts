import { normalizePath } from '../request/pack.ts';
import type { Pin } from './pinned.ts';

/**
 * A pin as a line of text, as it stands in the setting `parley.context.sets`: `src/a.ts` is a file, `src/` a folder (`./` the
 * workspace folder itself), then `glob:*.md`, `workspace:`, `open-editors:` and `branch:`. A path that could be taken for
 * one of these has `./` in front.
 */
export function pinText(pin: Pin): string {
  switch (pin.kind) {
    case 'file':
      return plainPath(pin.path);
    case 'folder':
      return pin.path === '.' ? './' : `${plainPath(pin.path)}/`;
    case 'glob':
      return `${GLOB}${pin.glob}`;
    default:
      return WORDS[pin.kind];
  }
}

/**
 * The pin that a line of text means; undefined when it means none, is a glob of nothing, or leads out of the workspace: a
 * workspace may bring sets along, and they must not reach what lies elsewhere.
 */
export function pinOf(text: string): Pin | undefined {
  for (const kind of ['workspace', 'openEditors', 'branch'] as const)
    if (text === WORDS[kind]) return { kind };
  if (text.startsWith(GLOB)) {
    const glob = text.slice(GLOB.length);
    return glob.trim() !== '' && isInside(glob) ? { kind: 'glob', glob } : undefined;
  }
  if (text.trim() === '' || SCHEME.test(text) || /^[\\/]/.test(text)) return undefined;
  return pathPin(normalizePath(text));
}

/** Whether a path or glob stays in the workspace; the rule for everything that is read, wherever it was written. */
export function isInside(path: string): boolean {
  if (path === '' || path.length > LONGEST_PATH) return false;
  return !/^[\\/]/.test(path) && !path.includes('\0') && !path.split(/[\\/]/).includes('..');
}

/** Equal for pins that mean the same, else different. */
export function pinKey(pin: Pin): string {
  return pinText(pin);
}

export function samePin(one: Pin, other: Pin): boolean {
  return pinKey(one) === pinKey(other);
}

/** UTF-16 units; no file system takes longer paths. */
const LONGEST_PATH = 4_096;

const GLOB = 'glob:';
const WORDS = { workspace: 'workspace:', openEditors: 'open-editors:', branch: 'branch:' } as const;

/** Words for kinds of pins, known and to come, and the drives of Windows. */
const SCHEME = /^[a-z][a-z-]*:/i;

function plainPath(path: string): string {
  return SCHEME.test(path) || path.trim() === '' ? `./${path}` : path;
}

function pathPin(path: string): Pin | undefined {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  const whole = names.join('/');
  if (whole === '') return { kind: 'folder', path: '.' };
  if (!isInside(whole)) return undefined;
  return /(^|\/)\.?$/.test(path) ? { kind: 'folder', path: whole } : { kind: 'file', path: whole };
}
