import type { ImageDetail } from '../attaching.ts';
import type { DocumentPart, ImagePart, ImageType, Part } from '../conversation/parts.ts';
import type { ModelInfo } from '../modelInfo.ts';
import { documentTokens } from '../money/documentTokens.ts';
import { estimateBlock } from '../money/estimate.ts';
import { fitWithin, imageTokens, mostImageTokens } from '../money/imageFit.ts';
import { type ImageTier, imageTier, tokenFactor } from '../money/modelFacts.ts';
import type { ImageSize } from '../ports.ts';
import { base64Length, bytesOf, IMAGE_LIMITS, LARGEST_BODY, MANY_IMAGES, mostMedia } from './limits.ts';
import { type OtherKind, otherKindOf } from './otherFiles.ts';
import { fileOf, formatOf, sizeIn } from './pictureFile.ts';
import type { PictureDetails } from './pictureFormat.ts';
import { questionContent } from './question.ts';
import { pagesOf } from './sentParts.ts';

/** What page and host ask about a thing before it is attached. Nothing here throws, whatever the bytes are. */

/** What a file is by its content; `unknown` for texts, too. */
export type FileKind = 'png' | 'jpeg' | 'gif' | 'webp' | OtherKind | 'empty' | 'unknown';

/** A picture as its own header describes it. */
export interface PictureFacts extends PictureDetails, ImageSize {
  readonly mediaType: ImageType;
}

/** Tells what a file is by its content, never by its name. Looks at its beginning only. */
export function recognize(bytes: Uint8Array): FileKind {
  if (bytes.length === 0) return 'empty';
  const file = fileOf(bytes);
  const type = formatOf(file)?.mediaType;
  return type ? KINDS[type] : (otherKindOf(file) ?? 'unknown');
}

/** Whether it is a picture, also of a kind that has to be converted before the API takes it. */
export function isPicture(kind: FileKind): boolean {
  return kind !== 'pdf' && kind !== 'empty' && kind !== 'unknown';
}

/** The type under which the API takes it as an image; undefined when it takes none of this kind. */
export function apiImageType(kind: FileKind): ImageType | undefined {
  return TYPES.find((type) => KINDS[type] === kind);
}

/** What the header of a PNG, JPEG, GIF or WebP tells; undefined when it is none of these or has no size. */
export function pictureFacts(bytes: Uint8Array): PictureFacts | undefined {
  const file = fileOf(bytes);
  const format = formatOf(file);
  const size = sizeIn(file);
  return format && size
    ? { mediaType: format.mediaType, ...size, ...format.details(file, bytes) }
    : undefined;
}

/**
 * The size in px to which a picture is made smaller before it is sent; the same size when it is small enough. With
 * `auto` and no more than 20 images its tokens stay those of the original. `images` are those in the request, this one
 * included.
 */
export function fitFor(
  size: ImageSize,
  wish: { readonly detail: ImageDetail; readonly tier: ImageTier; readonly images: number },
): ImageSize {
  const { detail, tier, images } = wish;
  const seen = { auto: tier, fit: 'standard', full: undefined } as const;
  return fitWithin(size, seen[detail], images > MANY_IMAGES ? IMAGE_LIMITS.manySide : IMAGE_LIMITS.side);
}

/** What is known of a request that an attachment would go with, the attachment itself left out. */
export interface Situation {
  /** Undefined where nobody knows it; then the widest limits hold. */
  readonly model: ModelInfo | undefined;
  readonly modelId: string;
  readonly images: number;
  /** Pages of all documents, as `pagesOf` counts them. */
  readonly pages: number;
  /** Bytes of all files, before base64. */
  readonly bytes: number;
  /** Px of the longest side among the images; absent when nobody knows. */
  readonly longestSide?: number;
}

/** A file that is no part yet, and what could be found out about it. */
export interface FileCandidate {
  readonly kind: 'file';
  readonly recognized: FileKind;
  readonly bytes: number;
  /** Of a document. */
  readonly pages?: number;
  /** True when it opens with a password only. */
  readonly encrypted?: boolean;
  /** False when reading it has failed. */
  readonly readable?: boolean;
}

/**
 * What the limits of the API say to an attachment. `changed`: it can be attached, and the request will be made to fit:
 * the oldest images or documents are left out, or large images made smaller. `doubtful`: it is sent as it is, and the API
 * may refuse it, as estimates may be off. `refused`: by itself it is more than a request to this model can hold.
 */
export type Verdict =
  | { readonly verdict: 'ok' }
  /** Images and pages of documents with this one, of which a request has `most` together; the oldest are left out. */
  | {
      readonly verdict: 'changed';
      readonly why: 'tooMuchMedia';
      readonly images: number;
      readonly pages: number;
      readonly most: number;
    }
  /** So many images that none may have a side above `maxSide` px; larger ones are made smaller. */
  | {
      readonly verdict: 'changed';
      readonly why: 'manyImages';
      readonly count: number;
      readonly maxSide: number;
    }
  /** Bytes on the wire (base64) of all files; the oldest are left out. */
  | {
      readonly verdict: 'changed';
      readonly why: 'fileTooLarge';
      readonly bytes: number;
      readonly most: number;
    }
  /** Tokens, by an estimate. */
  | {
      readonly verdict: 'doubtful';
      readonly why: 'largerThanWindow';
      readonly tokens: number;
      readonly window: number;
    }
  | { readonly verdict: 'refused'; readonly why: PlainReason }
  | {
      readonly verdict: 'refused';
      readonly why: 'tooManyPages';
      readonly pages: number;
      readonly most: number;
    }
  /** `bytes` of the file and the most that such a file may have, both before base64. */
  | {
      readonly verdict: 'refused';
      readonly why: 'fileTooLarge';
      readonly bytes: number;
      readonly most: number;
    }
  /** Tokens. `window` is absent for a text that is too long for any model. */
  | {
      readonly verdict: 'refused';
      readonly why: 'largerThanWindow';
      readonly tokens: number;
      readonly window?: number;
    };

/** Reasons that need no figures. */
export type PlainReason = 'noImages' | 'noPdf' | 'empty' | 'notReadable' | 'encrypted';

/** Holds something that is to be attached against the limits of the API (API docs: vision, PDF support, errors). */
export function checkAttachment(candidate: Part | FileCandidate, situation: Situation): Verdict {
  switch (candidate.kind) {
    case 'file':
      return checkFile(candidate, situation);
    case 'image':
      return checkImage(candidate.source, situation);
    case 'document':
      return checkDocument(candidate.source, situation);
    default:
      return checkText(candidate, situation);
  }
}

/**
 * What a part adds to the prompt of this model. `exact` where a rule of the API tells (stored images); an image by
 * address counts as the largest there is.
 */
export function estimatePart(
  part: Part,
  modelId: string,
): { readonly tokens: number; readonly exact: boolean } {
  switch (part.kind) {
    case 'image': {
      const tier = imageTier(modelId);
      if (part.source.type === 'url') return { tokens: mostImageTokens(tier), exact: false };
      return { tokens: imageTokens(part.source, tier), exact: true };
    }
    case 'document':
      return { tokens: documentTokens(part.source.pages, part.source.bytes), exact: false };
    default: {
      const texts = questionContent({ parts: [part] }, () => undefined).map(({ block }) =>
        estimateBlock(block, imageTier(modelId)),
      );
      const reckoned = texts.reduce((total, tokens) => total + tokens, 0);
      return { tokens: Math.round(reckoned * tokenFactor(modelId)), exact: false };
    }
  }
}

const KINDS = { 'image/png': 'png', 'image/jpeg': 'jpeg', 'image/gif': 'gif', 'image/webp': 'webp' } as const;
const TYPES: readonly ImageType[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** UTF-16 units. More is no text that one asks about, and would take seconds to reckon. */
const LONGEST_TEXT = 8_000_000;
/** Characters to a token, where a text is too long to be reckoned. */
const CHARACTERS = 3.3;
/** An estimate of a text by so many times larger than the window is not off alone. */
const CERTAINLY = 1.25;
/** Bytes of a body that are kept for everything that is no file. */
const REST_OF_BODY = 1024 * 1024;

const OK: Verdict = { verdict: 'ok' };

function checkFile(file: FileCandidate, situation: Situation): Verdict {
  const { recognized, bytes, pages, encrypted, readable = true } = file;
  if (recognized === 'empty' || bytes === 0) return refused('empty');
  if (encrypted) return refused('encrypted');
  if (!readable) return refused('notReadable');
  if (recognized === 'pdf')
    return checkDocument({ bytes, ...(pages === undefined ? {} : { pages }) }, situation);
  return isPicture(recognized) ? checkImage({ bytes }, situation) : OK;
}

function checkImage(source: ImagePart['source'] | { readonly bytes: number }, situation: Situation): Verdict {
  const { longestSide = Number.POSITIVE_INFINITY } = situation;
  if (situation.model?.images === false) return refused('noImages');
  const own = 'bytes' in source ? source.bytes : undefined;
  if (own === 0) return refused('empty');
  const most = bytesOf(IMAGE_LIMITS.base64);
  if (own !== undefined && own > most) return { verdict: 'refused', why: 'fileTooLarge', bytes: own, most };
  const images = situation.images + 1;
  const full = checkTogether({ ...situation, images, bytes: situation.bytes + (own ?? 0) });
  if (full.verdict !== 'ok') return full;
  const { manySide: maxSide } = IMAGE_LIMITS;
  const side = 'width' in source ? Math.max(source.width, source.height, longestSide) : longestSide;
  const isMany = images > MANY_IMAGES && side > maxSide;
  return isMany ? { verdict: 'changed', why: 'manyImages', count: images, maxSide } : OK;
}

function checkDocument(
  source: Pick<DocumentPart['source'], 'pages' | 'bytes'>,
  situation: Situation,
): Verdict {
  const { model } = situation;
  const { bytes } = source;
  if (model?.pdf === false) return refused('noPdf');
  if (bytes === 0) return refused('empty');
  const mostBytes = bytesOf(LARGEST_BODY - REST_OF_BODY);
  if (bytes > mostBytes) return { verdict: 'refused', why: 'fileTooLarge', bytes, most: mostBytes };
  const most = mostMedia(model);
  const pages = pagesOf({ source });
  if (pages > most) return { verdict: 'refused', why: 'tooManyPages', pages, most };
  const tokens = documentTokens(source.pages, bytes);
  const window = model?.maxInput;
  if (window !== undefined && tokens > window)
    return { verdict: 'doubtful', why: 'largerThanWindow', tokens, window };
  return checkTogether({ ...situation, pages: situation.pages + pages, bytes: situation.bytes + bytes });
}

function checkText(part: Exclude<Part, ImagePart | DocumentPart>, { model, modelId }: Situation): Verdict {
  if (part.text === '') return refused('empty');
  const { length } = part.text;
  if (length > LONGEST_TEXT) {
    const tokens = Math.round((length / CHARACTERS) * tokenFactor(modelId));
    return { verdict: 'refused', why: 'largerThanWindow', tokens };
  }
  const { tokens } = estimatePart(part, modelId);
  const window = model?.maxInput;
  if (window === undefined || tokens <= window) return OK;
  const verdict = tokens > window * CERTAINLY ? 'refused' : 'doubtful';
  return { verdict, why: 'largerThanWindow', tokens, window };
}

/** All files together: their number and pages, and the body of a request. */
function checkTogether({ model, images, pages, bytes: files }: Situation): Verdict {
  const media = mostMedia(model);
  if (images + pages > media) return { verdict: 'changed', why: 'tooMuchMedia', images, pages, most: media };
  const bytes = base64Length(files);
  const most = LARGEST_BODY - REST_OF_BODY;
  return bytes > most ? { verdict: 'changed', why: 'fileTooLarge', bytes, most } : OK;
}

function refused(why: PlainReason): Verdict {
  return { verdict: 'refused', why };
}
