import { withoutBraces } from '../../workspace/ignoreRules.ts';

/**
 * A test for paths of files against a glob as VS Code has them: `*` and `?` stay within a name, `**` is any number of
 * folders, `{a,b}` either, `[a-z]` and `[!a-z]` one character. It matches files, not all that lies below a folder of that name.
 * One that is too long, or means too many to be tried, matches nothing. A test takes no more than the product of both lengths.
 */
export function globTest(glob: string, ignoreCase = false): (path: string) => boolean {
  const same = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const globs = isTooMuch(glob) ? [] : (withoutBraces(same(glob)) ?? []);
  const tests = globs.map((each) => pathTest(each.replace(/^(\.?\/)+/, '')));
  return (path) => tests.some((matches) => matches(same(path)));
}

/** Whether a glob is too long, or its braces mean too many paths. */
export function isTooMuch(glob: string): boolean {
  return glob.length > LONGEST_GLOB || withoutBraces(glob) === undefined;
}

/** UTF-16 units. */
const LONGEST_GLOB = 4_096;

/** Stands for any number of items in a row; everything else is a test for one. */
const ANY = Symbol('any number');
type Piece<T> = typeof ANY | ((item: T) => boolean);

function pathTest(glob: string): (path: string) => boolean {
  const names = glob.split('/');
  const pieces = names.flatMap((name, at): readonly Piece<string>[] => {
    if (name !== '**') return [nameTest(name)];
    // At the end it means the files, of which there has to be one.
    return at === names.length - 1 ? [ANY, () => true] : [ANY];
  });
  return (path) => isMatch(pieces, path.split('/'));
}

function nameTest(name: string): (name: string) => boolean {
  const pieces = [...name.matchAll(/\*+|\[([!^]?)([^\]]*)\]|[\s\S]/g)].map(
    ([found, negation, characters]): Piece<string> => {
      if (found.startsWith('*')) return ANY;
      if (found === '?') return () => true;
      return characters === undefined ? (one) => one === found : classTest(negation ?? '', characters);
    },
  );
  return (text) => isMatch(pieces, text.split(''));
}

/** Brackets that hold what is no class of characters match nothing. */
function classTest(negation: string, characters: string): (character: string) => boolean {
  try {
    const pattern = new RegExp(`^[${negation && '^'}${characters.replace(/[\\\]^[]/g, '\\$&')}]$`);
    return (one) => pattern.test(one);
  } catch {
    return () => false;
  }
}

/** Where it does not go on, only the last `ANY` has to take one item more: those before it need never take more. */
function isMatch<T>(pieces: readonly Piece<T>[], items: readonly T[]): boolean {
  let piece = 0;
  let item = 0;
  let back: { readonly piece: number; readonly item: number } | undefined;
  for (let one = items[item]; one !== undefined; one = items[item]) {
    const wanted = pieces[piece];
    if (wanted === ANY) back = { piece: ++piece, item };
    else if (wanted?.(one)) {
      piece++;
      item++;
    } else if (back) {
      back = { ...back, item: back.item + 1 };
      ({ piece, item } = back);
    } else return false;
  }
  return pieces.slice(piece).every((wanted) => wanted === ANY);
}
