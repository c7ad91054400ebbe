import type { ImagePart } from '../conversation/parts.ts';
import { figureIn } from './complaint.ts';
import { bytesOf, leaveOut, type Need, shrink } from './limits.ts';
import { oldestAbove } from './oldestFirst.ts';
import { pointedAt, type Refused } from './refused.ts';
import { isImage, newestQuestion, type SentFile, sentFiles } from './sentParts.ts';

/** Images that are too many, too large, or nothing that the API can read. */
export function repairImages(refused: Refused): readonly Need[] {
  const { complaint, failure, composed, conversation } = refused;
  const { message, code } = complaint;
  const images = sentFiles(composed, conversation).filter(isImage);
  const isAbout = /image|media type|media_type|picture/.test(message) || code.startsWith('image_');
  if (!isAbout || images.length === 0) return [];
  if (TOO_MANY.test(message)) return tooMany(images, refused).map(leaveOut);
  if (NOT_AT_ALL.test(message)) return images.map(leaveOut);
  const guilty = pointedAt(images, refused);
  if (code === 'image_dimensions_too_large' || TOO_WIDE.test(message)) {
    const limit = failure.limit ?? figureIn(message, /([\d,]+) (?:pixels|px)/);
    return (guilty.length > 0 ? guilty : wider(images, limit)).map((image) => smaller(image, refused));
  }
  if (TOO_HEAVY.test(message)) {
    const limit = figureIn(message, />\s*([\d,]+) bytes/) ?? megabytes(message);
    const heavy = guilty.length > 0 ? guilty : heavier(images, limit);
    return heavy.map((image) => smaller(image, refused, limit));
  }
  return (guilty.length > 0 ? guilty : suspects(images, refused)).map(leaveOut);
}

/**
 * A body that is too large for the API or for something on the way to it, whose limit nobody knows: the oldest half of
 * the files, by weight, stays behind.
 */
export function repairSize({ failure, composed, conversation }: Refused): readonly Need[] {
  if (failure.kind !== 'tooLarge') return [];
  const files = sentFiles(composed, conversation).filter(({ size }) => size > 0);
  const half = files.reduce((total, { size }) => total + size, 0) / 2;
  const gone: SentFile[] = [];
  for (let weight = 0, at = 0; weight < half && at < files.length; at++) {
    const file = files[at];
    if (file) gone.push(file);
    weight += file?.size ?? 0;
  }
  return gone.map(leaveOut);
}

const TOO_MANY =
  /too many images|(number|count) of images|images? (limit|count)|at most \d+ images|> \d+ images/;
const NOT_AT_ALL =
  /images? (input|content|block)?s?\s*(is|are) not (supported|allowed|enabled)|not support (image|vision)|no vision/;
const TOO_WIDE = /dimension|pixels|\bpx\b|resolution/;
const TOO_HEAVY = /image exceeds|exceeds? (the )?(\d+ ?mb|maximum)|image.*too (large|big)|bytes >/;

/** Without a place it is most likely an image that has not been sent before; with an address, one that has one. */
function suspects(
  images: readonly SentFile<ImagePart>[],
  { complaint, composed }: Refused,
): readonly SentFile<ImagePart>[] {
  const remote = images.filter(({ file }) => file.source.type === 'url');
  const candidates = /\burl\b|download|fetch/.test(complaint.message) && remote.length > 0 ? remote : images;
  const asked = newestQuestion(composed);
  const fresh = candidates.filter(({ turn }) => turn === asked);
  return fresh.length > 0 ? fresh : candidates;
}

/** Made smaller at first; left out when that was not enough, or when its bytes are not here. */
function smaller(image: SentFile<ImagePart>, { tried }: Refused, limit?: number): Need {
  const { turn, part } = image;
  const isTried = tried.some(
    (repair) => repair.kind === 'partReplaced' && repair.turn === turn && repair.part === part,
  );
  if (isTried || image.file.source.type === 'url') return leaveOut(image);
  return limit === undefined ? shrink(image) : shrink(image, bytesOf(limit));
}

function wider(images: readonly SentFile<ImagePart>[], limit = 2_000): readonly SentFile<ImagePart>[] {
  return images.filter(({ file: { source } }) =>
    source.type === 'stored' ? Math.max(source.width, source.height) > limit : false,
  );
}

function heavier(
  images: readonly SentFile<ImagePart>[],
  limit: number | undefined,
): readonly SentFile<ImagePart>[] {
  const heaviest = Math.max(...images.map(({ size }) => size));
  return images.filter(({ size }) => size > 0 && size > Math.min(limit ?? heaviest, heaviest - 1));
}

/** What is above the limit; the oldest half where the complaint does not name one that is exceeded. */
function tooMany(
  images: readonly SentFile<ImagePart>[],
  { complaint: { message }, composed }: Refused,
): readonly SentFile<ImagePart>[] {
  const most =
    figureIn(message, />\s*([\d,]+)/) ??
    figureIn(message, /(?:at most|maximum (?:of|is)|limit (?:of|is)|up to) ([\d,]+)/);
  const room = most === undefined ? undefined : { most, newest: newestQuestion(composed) };
  const above = room ? oldestAbove(images, room, () => 1) : [];
  return above.length > 0 ? above : images.slice(0, Math.ceil(images.length / 2));
}

/** Characters of base64. */
function megabytes(message: string): number | undefined {
  const figure = figureIn(message, /(\d+) ?mb/);
  return figure === undefined ? undefined : figure * 1024 * 1024;
}
