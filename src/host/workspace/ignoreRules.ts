import ignore, { type Ignore } from 'ignore';
import { withFewerStars } from './fewerStars.ts';

/**
 * What is left out when folders are walked: patterns of .gitignore files by git's rules, globs of VS Code's settings by
 * VS Code's, and `.git` always. Pure and immutable; paths go from the root of the rules, with `/` and no `/` at an end.
 */
export interface IgnoreRules {
  /**
   * Why a path is left out, also when a folder above it is; undefined when it stays. `siblings` are the names beside it,
   * needed by globs with `when` only.
   */
  exclusionOf(path: string, kind: EntryKind, siblings?: ReadonlySet<string>): Exclusion | undefined;
  /** Whether there are globs with `when`, so that a file that comes or goes may concern those beside it. */
  readonly hasConditions: boolean;
  /** The same and more; patterns that come later win over earlier ones. */
  withPatterns(patterns: PatternText): IgnoreRules;
  /** The same and globs that leave out whatever the patterns say. */
  withGlobs(globs: ExcludeGlobs): IgnoreRules;
}

export type EntryKind = 'file' | 'folder';

/** The rule that leaves a path out. */
export interface Exclusion {
  /** Path of the file, or name of the setting, that the rule stands in; empty for the rule about `.git`. */
  readonly source: string;
  /** The rule as it is written there. */
  readonly pattern: string;
}

/** The text of a .gitignore file. */
export interface PatternText {
  /** What `Exclusion.source` shall say. */
  readonly source: string;
  /** The folder that the patterns speak of; empty for the root. */
  readonly folder: string;
  readonly text: string;
}

/** A setting like `files.exclude`. */
export interface ExcludeGlobs {
  readonly source: string;
  /** The folder that the globs speak of; empty for the root. */
  readonly folder: string;
  /** `true`, or `{ when: '$(basename).ts' }`; anything else turns a glob off. */
  readonly globs: Readonly<Record<string, unknown>>;
}

/** Rules that leave out `.git` only. `ignoreCase` as the file system has it. */
export function createIgnoreRules(ignoreCase: boolean): IgnoreRules {
  return rules({
    ignoreCase,
    patterns: matcherOf(ignoreCase, []),
    globs: matcherOf(ignoreCase, []),
    conditions: [],
  });
}

interface Layers {
  readonly ignoreCase: boolean;
  readonly patterns: Matcher;
  readonly globs: Matcher;
  readonly conditions: readonly Condition[];
}

function rules(layers: Layers): IgnoreRules {
  const { ignoreCase } = layers;
  return {
    exclusionOf(path, kind, siblings) {
      if (path === '') return undefined;
      if (path.split('/').includes('.git')) return { source: '', pattern: '.git' };
      const entry = kind === 'folder' ? `${path}/` : path;
      return (
        layers.globs.test(entry) ??
        layers.patterns.test(entry) ??
        conditionFor(layers.conditions, path, entry, siblings)
      );
    },
    hasConditions: layers.conditions.length > 0,
    withPatterns: (text) =>
      rules({ ...layers, patterns: matcherOf(ignoreCase, [layers.patterns.rules, ...patternRules(text)]) }),
    withGlobs: (text) =>
      rules({
        ...layers,
        globs: matcherOf(ignoreCase, [layers.globs.rules, ...globRules(text)]),
        conditions: [...layers.conditions, ...conditionsOf(text, ignoreCase)],
      }),
  };
}

interface Rule {
  readonly pattern: string;
  /** Source and rule as written, on two lines. */
  readonly mark: string;
}

interface Matcher {
  readonly rules: Ignore;
  /** A folder ends with `/`. */
  test(entry: string): Exclusion | undefined;
}

/** The package remembers every path it has seen; after so many it starts afresh. */
const REMEMBERED = 5_000;

function matcherOf(ignoreCase: boolean, from: readonly (Rule | Ignore)[]): Matcher {
  const rules = ignore({ ignoreCase }).add(from);
  let memory = rules;
  let tests = 0;
  return {
    rules,
    test(entry) {
      if (++tests % REMEMBERED === 0) memory = ignore({ ignoreCase }).add(rules);
      const { ignored, rule } = memory.test(entry);
      const [source = '', pattern = ''] = rule?.mark?.split('\n') ?? [];
      return ignored ? { source, pattern } : undefined;
    },
  };
}

/** Nested files become one list for the root, deeper ones later: that is git's order of precedence. */
function patternRules({ source, folder, text }: PatternText): readonly Rule[] {
  return text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .flatMap((line) => {
      // Blanks at the end do not count, unless a backslash quotes them.
      const written = line.replace(/(?<!\\) +$/, '');
      const placed = fromRoot(written, folder);
      const pattern = placed && withFewerStars(placed);
      return pattern === undefined ? [] : [{ pattern, mark: `${source}\n${written}` }];
    });
}

/** A line of a .gitignore file in `folder` as it would stand in the root's; undefined when it says nothing. */
function fromRoot(line: string, folder: string): string | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  if (folder === '') return line;
  const sign = line.startsWith('!') ? '!' : '';
  const body = line.slice(sign.length);
  const isAnchored = body.slice(0, -1).includes('/');
  const rest = body.replace(/^\//, '');
  return rest === '' ? undefined : `${sign}/${quoted(folder)}/${isAnchored ? '' : '**/'}${rest}`;
}

/** A path as a pattern that matches nothing else. */
function quoted(path: string): string {
  return path.replace(/[\\*?[\]]/g, '\\$&');
}

function globRules({ source, folder, globs }: ExcludeGlobs): readonly Rule[] {
  return Object.entries(globs).flatMap(([glob, value]) =>
    value === true
      ? patternsOf(glob, folder).map((pattern) => ({ pattern, mark: `${source}\n${glob}` }))
      : [],
  );
}

/** A glob of VS Code as patterns of git: always anchored, `{a,b}` spelled out. */
function patternsOf(glob: string, folder: string): readonly string[] {
  const start = folder === '' ? '/' : `/${quoted(folder)}/`;
  // What would be too many is left out by a glob that leaves out more.
  const globs = withoutBraces(glob) ?? [withStars(glob)];
  return globs.flatMap((each) => withFewerStars(`${start}${each.replace(/^(\.?\/)+/, '')}`) ?? []);
}

/**
 * `a{b,c{d,e}}` as `ab`, `acd`, `ace`. Braces that do not close stay as they are. Undefined when there would be too many: each
 * pair of braces multiplies them.
 */
export function withoutBraces(glob: string): readonly string[] | undefined {
  let globs: readonly string[] = [glob];
  while (globs.some((each) => BRACES.test(each))) {
    const characters = globs.reduce((sum, each) => sum + choicesOf(each).length * each.length, 0);
    if (characters > MOST_CHARACTERS) return undefined;
    globs = [...new Set(globs.flatMap(withoutInner))];
    if (globs.length > MOST_GLOBS) return undefined;
  }
  return globs;
}

/** Braces that hold none. */
const BRACES = /\{([^{}]*)\}/;
const MOST_GLOBS = 1_000;
/** UTF-16 units of all globs that one may become. */
const MOST_CHARACTERS = 200_000;

function choicesOf(glob: string): readonly string[] {
  return BRACES.exec(glob)?.[1]?.split(',') ?? [''];
}

function withoutInner(glob: string): readonly string[] {
  return choicesOf(glob).map((choice) => glob.replace(BRACES, () => choice));
}

function withStars(glob: string): string {
  const made = glob.replaceAll(/\{[^{}]*\}/g, '*');
  return made === glob ? glob : withStars(made);
}

/** A glob that counts only where another file lies beside: `*.js` when there is `$(basename).ts`. */
interface Condition {
  readonly matcher: Matcher;
  readonly when: string;
}

function conditionsOf({ source, folder, globs }: ExcludeGlobs, ignoreCase: boolean): readonly Condition[] {
  return Object.entries(globs).flatMap(([glob, value]) => {
    const when = typeof value === 'object' && value !== null && 'when' in value ? value.when : undefined;
    if (typeof when !== 'string') return [];
    const mark = `${source}\n${glob}`;
    const from = patternsOf(glob, folder).map((pattern) => ({ pattern, mark }));
    return [{ matcher: matcherOf(ignoreCase, from), when }];
  });
}

function conditionFor(
  conditions: readonly Condition[],
  path: string,
  entry: string,
  siblings: ReadonlySet<string> | undefined,
): Exclusion | undefined {
  if (!siblings) return undefined;
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/(?<=.)\.[^.]*$/, '');
  for (const { matcher, when } of conditions) {
    const excluded = siblings.has(when.replace('$(basename)', () => name)) ? matcher.test(entry) : undefined;
    if (excluded) return excluded;
  }
  return undefined;
}
