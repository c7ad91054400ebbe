import type { ImageType } from '../../core/conversation/parts.ts';
import type { Translate } from '../../core/failure.ts';
import { imageTokens } from '../../core/money/imageFit.ts';
import type { ImageSize } from '../../core/ports.ts';
import { apiImageType, fitFor } from '../../core/request/attachments.ts';
import { bytesOf, IMAGE_LIMITS } from '../../core/request/limits.ts';
import { stripMetadata } from '../../core/request/stripMetadata.ts';
import type { PictureFacts } from '../attaching/arriving.ts';
import type { Prepared, Purpose, Unusable } from '../attaching/picturing.ts';
import type { Decoded } from './decoding.ts';
import { sizeOf } from './drawing.ts';
import { type Edit, edited } from './editing.ts';
import { encoded } from './encoding.ts';
import { bytesOf as bytesIn, decodeOpened, openPicture, refusal } from './opening.ts';
import { canStay, isBomb, type Outlook } from './planning.ts';
import { type Changes, noteOf, type Obstacle } from './sentences.ts';
import type { InTurn } from './turns.ts';

/** What preparing stands on. */
export interface PicturesGround {
  readonly window: Window & typeof globalThis;
  readonly t: Translate;
  /** Reading of headers: at no time more than one file lies in memory for it. */
  readonly inReading: InTurn;
  /** Work on decoded pictures. */
  readonly inTurn: InTurn;
}

/** What may go along with the wish to prepare a picture. */
export interface Manner {
  /** Hears what a chip shows as soon as the header was read, before anything is decoded. */
  readonly learned?: (facts: PictureFacts) => void;
  /** Gets the decoded picture, good until what is returned resolves, before it is worked on. */
  readonly seen?: (image: ImageBitmap) => Promise<void>;
  /** What is painted over is in no byte of the result. */
  readonly edit?: Edit;
}

/**
 * Makes a picture what the API takes and the model sees: recognized by content, upright, no larger than the model looks
 * at it, one frame, without metadata; the very bytes where nothing of that is needed. Never rejects: what cannot be
 * attached is answered with a sentence.
 */
export async function preparePicture(
  { window, t, inReading, inTurn }: PicturesGround,
  picture: Blob,
  purpose: Purpose,
  { learned, seen, edit }: Manner = {},
): Promise<Prepared | Unusable> {
  const outlook = await inReading(() => openPicture(window, picture));
  const refuse = refusal(t, picture, purpose);
  if ('obstacle' in outlook) {
    const { obstacle, kind, isOther = false } = outlook;
    return { ...refuse(obstacle, kind), ...(isOther ? { isOther } : {}) };
  }
  const { kind, size, isComplete } = outlook;
  if (size) learned?.(factsOf(t, { ...outlook, from: size, isPartial: !isComplete }, purpose));
  return inTurn(async () => {
    // A drawing of lines is marked as large as it may be and made small afterwards.
    const wanted = size && fitFor(size, edit ? { ...purpose, detail: 'full' } : purpose);
    const decoded = await decodeOpened(window, outlook, picture, wanted);
    if (!decoded) return refuse(isComplete ? 'unreadable' : 'cutShort', kind);
    try {
      if (!isBomb(decoded.image)) await seen?.(decoded.image);
      const made = await make({ window, t, outlook, decoded, picture, purpose, edit });
      return typeof made === 'string' ? refuse(made, kind) : made;
    } catch {
      return refuse('unreadable', kind);
    } finally {
      decoded.image.close();
    }
  });
}

/** Bytes of a file whose base64 the API takes. */
const MOST_BYTES = bytesOf(IMAGE_LIMITS.base64);

interface Task extends Pick<PicturesGround, 'window' | 't'> {
  readonly outlook: Outlook;
  readonly decoded: Decoded;
  readonly picture: Blob;
  readonly purpose: Purpose;
  readonly edit: Edit | undefined;
}

async function make(task: Task): Promise<Prepared | Obstacle> {
  const { window, t, outlook, decoded, picture, purpose, edit } = task;
  const { image, isPartial } = decoded;
  if (isBomb(image)) return 'tooManyPixels';
  const kept = edit || isPartial ? undefined : await bytesThatStay(outlook, picture, image, purpose);
  if (kept) return { ...factsOf(t, { ...outlook, from: image, isPartial }, purpose), ...kept };
  const source = edit ? await edited(window, image, picture, outlook.kind, edit) : { image };
  const fit = fitFor(sizeOf(source), purpose);
  const made = await encoded(window, source, fit, outlook.mediaType, MOST_BYTES);
  if (!made) return 'tooHeavy';
  const { file, mediaType, ...to } = made;
  const changes: Changes = {
    ...outlook,
    from: outlook.kind === 'svg' && !edit ? to : sizeOf(source),
    to,
    isPartial,
    isCropped: edit?.crop !== undefined,
    isBlackedOut: (edit?.blackOut.length ?? 0) > 0,
    ...(mediaType === outlook.mediaType ? {} : { lighterAs: mediaType }),
  };
  const bytes = new Uint8Array(await file.arrayBuffer());
  return {
    ...to,
    tokens: imageTokens(to, purpose.tier),
    exact: true,
    note: noteOf(t, changes),
    mediaType,
    bytes,
  };
}

function factsOf(t: Translate, before: Omit<Changes, 'to'>, purpose: Purpose): PictureFacts {
  const to = fitFor(before.from, purpose);
  return {
    width: to.width,
    height: to.height,
    tokens: imageTokens(to, purpose.tier),
    exact: true,
    note: noteOf(t, { ...before, to }),
  };
}

/** The file as it is, freed of metadata; undefined when it has to be written anew. */
async function bytesThatStay(
  outlook: Outlook,
  picture: Blob,
  image: ImageSize,
  purpose: Purpose,
): Promise<{ readonly mediaType: ImageType; readonly bytes: Uint8Array } | undefined> {
  const mediaType = apiImageType(outlook.kind);
  const { size } = outlook;
  if (!mediaType || !size || !canStay(outlook) || !isSame(image, size)) return undefined;
  if (!isSame(fitFor(size, purpose), size)) return undefined;
  const bytes = await bytesIn(picture);
  const bare = bytes && stripMetadata(bytes);
  return bare && bare.length <= MOST_BYTES ? { mediaType, bytes: bare } : undefined;
}

function isSame(one: ImageSize, other: ImageSize): boolean {
  return one.width === other.width && one.height === other.height;
}
