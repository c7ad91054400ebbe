import { generatedMark } from './generatedText.ts';
import { BINARY, GENERATED, LOCK_FILES, SECRET } from './knownNames.ts';
import type { LeaveReason } from './pinned.ts';

/** Why a file is left out. `detail` is the rule: a pattern of names, the mark that a tool has made, never what a secret is. */
export interface Leaving {
  readonly reason: Extract<LeaveReason, 'secret' | 'generated' | 'binary' | 'empty'>;
  readonly detail?: string;
}

/** Why a file is left out by its name alone, without being read; undefined when its name says nothing. The path has `/`. */
export function reasonByName(path: string): Leaving | undefined {
  const lower = path.toLowerCase();
  const secret = SECRETS.find(lower);
  if (secret !== undefined && !isExample(lower)) return { reason: 'secret', detail: secret };
  const generated = TOOLS.find(lower);
  if (generated !== undefined) return { reason: 'generated', detail: generated };
  const extension = /\.([^./]+)$/.exec(lower)?.[1];
  return extension !== undefined && EXTENSIONS.has(extension)
    ? { reason: 'binary', detail: `*.${extension}` }
    : undefined;
}

/** Why a file is left out by its text: blank, or made by a tool that says so; undefined when it may go out. */
export function reasonByText(path: string, text: string): Leaving | undefined {
  if (!/\S/.test(text)) return { reason: 'empty' };
  const mark = generatedMark(path, text);
  return mark === undefined ? undefined : { reason: 'generated', detail: mark };
}

/** Templates that are there to be filled in: `.env.example`, `sample.env`. */
function isExample(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (
    /(^|\.)env(\.|$)/.test(name) &&
    /(^|[._-])(example|sample|template|tmpl|dist|defaults?)([._-]|$)/.test(name)
  );
}

interface Names {
  /** The pattern that fits a path in lower case. */
  find(path: string): string | undefined;
}

const SECRETS = namesOf(SECRET);
const TOOLS = namesOf([...LOCK_FILES, ...GENERATED]);
const EXTENSIONS: ReadonlySet<string> = new Set(BINARY);

/** Most patterns are whole names, which one look finds. */
function namesOf(patterns: readonly string[]): Names {
  const whole = new Set(patterns.filter((pattern) => !/[*/]/.test(pattern)));
  const others = patterns
    .filter((pattern) => !whole.has(pattern))
    .map((pattern) => ({ pattern, fits: fitting(pattern) }));
  return {
    find: (path) => {
      const name = path.slice(path.lastIndexOf('/') + 1);
      return whole.has(name) ? name : others.find(({ fits }) => fits(path))?.pattern;
    },
  };
}

/** Expressions take ten times as long as the plain ways, and there may be 100,000 paths. */
function fitting(pattern: string): (path: string) => boolean {
  if (/^\*[^*/]+$/.test(pattern)) {
    const end = pattern.slice(1);
    return (path) => path.endsWith(end);
  }
  if (/^[^*]+\/$/.test(pattern)) return (path) => path.startsWith(pattern) || path.includes(`/${pattern}`);
  const source = pattern.replace(/[.+]/g, '\\$&').replaceAll('*', '[^/]*');
  const expression = new RegExp(`(^|/)${source}$`);
  return (path) => expression.test(path);
}
