import { withoutBraces } from '../../workspace/ignoreRules.ts';

/**
 * A test for paths of files against a glob as VS Code has them: `*` and `?` stay within a name, `**` is any number of
 * folders, `{a,b}` either, `[a-z]` and `[!a-z]` one character. It matches files, not all that lies below a folder of that name.
 */
export function globTest(glob: string, ignoreCase = false): (path: string) => boolean {
  const sources = withoutBraces(glob).map((each) => sourceOf(each.replace(/^(\.?\/)+/, '')));
  const pattern = safePattern(`^(?:${sources.join('|')})$`, ignoreCase ? 'i' : '');
  return (path) => pattern?.test(path) ?? false;
}

/** Undefined where brackets hold what is no class of characters. */
function safePattern(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

function sourceOf(glob: string): string {
  const names = glob.split('/').filter((name, at, all) => name !== '**' || all[at - 1] !== '**');
  return names
    .map((name, at) => {
      const isLast = at === names.length - 1;
      if (name === '**') return isLast ? '.+' : '(?:[^/]+/)*';
      return isLast ? nameSource(name) : `${nameSource(name)}/`;
    })
    .join('');
}

function nameSource(name: string): string {
  return name.replace(/\*+|\?|\[([!^]?)([^\]]*)\]|[\\^$.|+()[\]{}]/g, (found, negation, characters) => {
    if (found.startsWith('*')) return '[^/]*?';
    if (found === '?') return '[^/]';
    if (typeof characters !== 'string') return `\\${found}`;
    return `[${negation === '' ? '' : '^/'}${characters.replace(/[\\\]^[]/g, '\\$&')}]`;
  });
}
