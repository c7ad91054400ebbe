/** Orders texts by code points, as no language does but every machine can. */
export function byCodePoints(one: string, other: string): number {
  if (one === other) return 0;
  let at = 0;
  while (one.charCodeAt(at) === other.charCodeAt(at)) at++;
  // Inside of a pair the difference of its halves is the one that counts, and halves of pairs come after all else.
  const rank = (text: string): number => {
    const code = at < text.length ? text.charCodeAt(at) : -1;
    return code >= 0xd800 && code <= 0xdfff ? code + 0x10000 : code;
  };
  return rank(one) - rank(other);
}

/** The order of files in the context, whatever the system and its languages. */
export function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return byCodePoints(one.path, other.path);
}
