import { ends, little, says } from './byteReading.ts';
import type { ByteFile } from './pictureFormat.ts';

/** Files that the API does not take as images, told by their content. */
export type OtherKind = 'pdf' | 'bmp' | 'svg' | 'heic' | 'avif' | 'tiff' | 'ico';

/** Which of these a file is; undefined for anything else. Looks at its beginning only. */
export function otherKindOf(file: ByteFile): OtherKind | undefined {
  return TESTS.find(([, test]) => test(file))?.[0];
}

const TESTS: readonly (readonly [OtherKind, (file: ByteFile) => boolean])[] = [
  ['pdf', (file) => says(file, textStart(file), '%PDF-')],
  ['bmp', isBmp],
  ['tiff', (file) => ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].some((start) => says(file, 0, start))],
  ['ico', (file) => says(file, 0, '\0\0\x01\0') && little(file, 4, 2) > 0 && file.at(9) === 0],
  ['avif', (file) => hasBrand(file, ['avif', 'avis'])],
  ['heic', (file) => hasBrand(file, ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'])],
  ['svg', isSvg],
];

/** The two letters alone begin many a text. */
function isBmp(file: ByteFile): boolean {
  const headerSizes = [12, 40, 52, 56, 64, 108, 124];
  return says(file, 0, 'BM') && headerSizes.includes(little(file, 14, 4));
}

/** Brands of an ISO media file: the main one and those that it is compatible with (ISO/IEC 14496-12, 4.3). */
function hasBrand(file: ByteFile, brands: readonly string[]): boolean {
  if (!says(file, 4, 'ftyp')) return false;
  for (let at = 8; at < MOST_BRANDS && !ends(file, at + 4); at += 4) {
    if (at !== 12 && brands.some((brand) => says(file, at, brand))) return true;
  }
  return false;
}

/** The root element is `svg`, behind whatever XML allows before it. */
function isSvg(file: ByteFile): boolean {
  let text = '';
  for (let at = textStart(file); at < PROLOG && !ends(file, at + 1); at++) {
    text += String.fromCharCode(file.at(at));
  }
  for (let before = ''; before !== text; ) {
    before = text;
    text = withoutProlog(text).trimStart();
  }
  return /^<(\w+:)?svg[\s/>]/.test(text);
}

function withoutProlog(text: string): string {
  if (text.startsWith('<?')) return behind(text, '?>');
  if (text.startsWith('<!--')) return behind(text, '-->');
  if (!text.startsWith('<!')) return text;
  const hasEntities = text.indexOf('[') >= 0 && text.indexOf('[') < text.indexOf('>');
  return behind(hasEntities ? behind(text, ']') : text, '>');
}

function behind(text: string, end: string): string {
  const at = text.indexOf(end);
  return at < 0 ? '' : text.slice(at + end.length);
}

/** Where a text begins behind a byte order mark and blanks. */
function textStart(file: ByteFile): number {
  let at = says(file, 0, '\xef\xbb\xbf') ? 3 : 0;
  while (at < PROLOG && [0x09, 0x0a, 0x0d, 0x20].includes(file.at(at))) at++;
  return at;
}

/** Bytes that are searched for brands, and for the root element of an XML text. */
const MOST_BRANDS = 128;
const PROLOG = 16_384;
