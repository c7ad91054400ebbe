import * as vscode from 'vscode';

/** What a drag carries: a place in the workspace or on the disk, or a web address with every letter as it came. */
export type Dropped = vscode.Uri | string;

/** URIs one a line, as drags carry them; a line that is none is passed over. */
export function droppedIn(list: string): readonly Dropped[] {
  return list.split(/\r?\n/).flatMap((line): readonly Dropped[] => {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) return [];
    // Taking it apart and together again would change its escapes, which signatures are made over.
    if (/^https?:/i.test(text)) return [text];
    try {
      return [vscode.Uri.parse(text, true)];
    } catch {
      return [];
    }
  });
}

/** Why the API cannot fetch a picture from there; undefined when it can. It takes https only. */
export function problemOfAddress(address: string): string | undefined {
  const fits = /^https:\/\/\S+$/i.test(address) && address.length <= LONGEST_ADDRESS;
  if (fits && URL.canParse(address)) return undefined;
  return vscode.l10n.t('Enter a web address that starts with https://');
}

const LONGEST_ADDRESS = 8_000;

/** The file name at the end of an address that has no problem, or the host where it has none. */
export function labelOfAddress(address: string): string {
  const { pathname, host } = new URL(address);
  return (pathname.split('/').at(-1) || host).slice(0, 100);
}
