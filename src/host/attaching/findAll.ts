import * as vscode from 'vscode';
import { recognize } from '../../core/request/attachments.ts';
import { type Found, foundNothing, foundPart, NOTHING, together } from '../workspace/found.ts';
import { type Dropped, labelOfAddress, problemOfAddress } from './dropped.ts';

/** How things are found that a gesture names by their place. */
export interface Finders {
  /** Whatever lies at a URI that is no folder. */
  readonly foundAt: (uri: vscode.Uri) => Promise<Found>;
  readonly folderListing: (uri: vscode.Uri, token: vscode.CancellationToken) => Promise<Found>;
}

/**
 * What lies at these places, in their order; a folder gives its listing, a web address a picture that the API fetches. What
 * was found before it is cancelled is handed on; sentences say what was left out. Holds 256 MB of pictures at most and one.
 */
export async function findAll(
  places: readonly Dropped[],
  { foundAt, folderListing }: Finders,
  token: vscode.CancellationToken,
): Promise<Found> {
  const finds: Found[] = [];
  let bytes = 0;
  for (const [at, place] of places.slice(0, MOST_AT_ONCE).entries()) {
    const isTooMuch = bytes > MOST_BYTES;
    if (isTooMuch || token.isCancellationRequested) {
      return together([
        ...finds,
        foundNothing(isTooMuch ? tooMuch(places.length - at) : cancelled(places.length - at)),
      ]);
    }
    const found = await foundIn(place);
    bytes += found.pictures.reduce((sum, picture) => sum + picture.bytes.length, 0);
    finds.push(found);
  }
  const rest = places.length - MOST_AT_ONCE;
  return together([...finds, rest > 0 ? foundNothing(tooMany(rest)) : NOTHING]);

  async function foundIn(place: Dropped): Promise<Found> {
    if (typeof place === 'string') return pictureByAddress(place);
    return (await isFolder(place)) ? folderListing(place, token) : foundAt(place);
  }
}

/** A picture that the API fetches; a sentence when it cannot. */
export function pictureByAddress(url: string): Found {
  if (problemOfAddress(url) !== undefined) {
    const shown = url.slice(0, 200);
    return foundNothing(vscode.l10n.t('Only pictures with an https:// address can be attached: {0}', shown));
  }
  return foundPart({ kind: 'image', label: labelOfAddress(url), source: { type: 'url', url } });
}

/** A drawing of lines is code to everybody but the one who looks for a picture. */
export async function pictureAt(uri: vscode.Uri, foundAt: Finders['foundAt']): Promise<Found> {
  const found = await foundAt(uri);
  const [part] = found.parts;
  if (part?.kind !== 'code') return found;
  const bytes = new TextEncoder().encode(part.text);
  if (recognize(bytes) !== 'svg') return found;
  return { ...NOTHING, pictures: [{ label: part.path.split('/').at(-1) ?? part.path, bytes }] };
}

/** So many that nobody means them one by one. */
const MOST_AT_ONCE = 200;

/** Of pictures, before they are prepared. */
const MOST_BYTES = 256 * 1024 * 1024;

function tooMany(rest: number): string {
  return vscode.l10n.t('{0} files are attached at once at most; {1} were left out.', MOST_AT_ONCE, rest);
}

function tooMuch(rest: number): string {
  return vscode.l10n.t('These are more pictures than can be held at once; {0} files were left out.', rest);
}

function cancelled(rest: number): string {
  return vscode.l10n.t('Cancelled; {0} files were left out.', rest);
}

async function isFolder(uri: vscode.Uri): Promise<boolean> {
  try {
    const { type } = await vscode.workspace.fs.stat(uri);
    return (type & vscode.FileType.Directory) !== 0;
  } catch {
    return false;
  }
}
