/**
 * The lines of a .gitignore file that are plain names, as globs for a search below its folder. A name that a later line with
 * `!` could bring back is not among them.
 */
export function plainNames(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return lines.flatMap((line, at) => {
    const [, root, name = '', slash] = /^(\/?)([\w.-]+)(\/?)$/.exec(line) ?? [];
    if (name === '' || lines.slice(at + 1).some((later) => bringsBack(later, name))) return [];
    return [`${root ? '' : '**/'}${name}${slash ? '/**' : ''}`];
  });
}

/** Any part of the path may mean the name: what lies in an ignored folder cannot be brought back, but this is no place to be strict. */
function bringsBack(line: string, name: string): boolean {
  if (!line.startsWith('!')) return false;
  const parts = line.slice(1).split('/');
  return parts.some((part, at) =>
    part === '**' ? at === parts.length - 1 : part !== '' && patternOf(part).test(name),
  );
}

function patternOf(part: string): RegExp {
  const pattern = part
    .replace(/\[[^\]]*\]/g, '?')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 'i');
}

/**
 * A glob for the files that a query may mean: its letters in their order, in either case, and parts of a path where it has
 * some. Of words apart from each other the longest counts. Undefined for a query without letters or digits.
 */
export function globFor(query: string): string | undefined {
  const longest = query.split(/\s+/).reduce((one, other) => (other.length > one.length ? other : one), '');
  const parts = longest.split('/').filter((part) => part !== '');
  if (!/[\p{L}\p{N}]/u.test(longest)) return undefined;
  const letters = (part: string): string => Array.from(part, letterGlob).join('*');
  return `**/${parts.map((part) => `*${letters(part)}*`).join('/**/')}`;
}

/** What means something in a glob stands for any one character. */
function letterGlob(letter: string): string {
  const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()];
  if (lower !== upper && lower.length === 1 && upper.length === 1) return `[${lower}${upper}]`;
  return /[\p{L}\p{N}._-]/u.test(letter) ? letter : '?';
}
