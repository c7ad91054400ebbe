/**
 * A pattern of .gitignore with so few stars that looking for them ends: the regular expressions that patterns become try every
 * way to share a name among its stars. The first stars and the last one stay, what lies between others becomes one star: so it
 * matches all that it did, and may match more. Undefined for a pattern that brings files back, as it must not bring back more.
 */
export function withFewerStars(pattern: string): string | undefined {
  const names = merged(pattern.split('/'), (name) => name === '**');
  const made = names.map((name) => merged(piecesOf(name), isStars).join('')).join('/');
  return made !== pattern && pattern.startsWith('!') ? undefined : made;
}

/** Stars that stay: a name of 255 characters is compared within a few ms. */
const MOST_STARS = 3;

/** Stars, quoted characters and classes of characters are pieces of their own. */
function piecesOf(name: string): readonly string[] {
  return name.split(/(\\.|\[[!^]?\]?[^\]]*\]|\*+)/).filter((piece) => piece !== '');
}

function isStars(piece: string): boolean {
  return piece.startsWith('*');
}

function merged(pieces: readonly string[], isStar: (piece: string) => boolean): readonly string[] {
  const stars = pieces.flatMap((piece, at) => (isStar(piece) ? [at] : []));
  const last = stars.at(-1);
  const cut = stars[MOST_STARS - 1];
  if (last === undefined || cut === undefined || cut === last) return pieces;
  return [...pieces.slice(0, cut), ...pieces.slice(last)];
}
