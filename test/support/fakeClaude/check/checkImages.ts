import { invalid } from '../errors.ts';
import { fileType, imageSize } from '../prompt/imageSize.ts';
import { blocksOf, textOf, type Wire, wireOf, wires } from '../wire.ts';
import type { CheckContext } from './checkRequest.ts';

/** All images of a request: type, encoding, size in bytes and pixels. Their number is limited together with pages. */
export function checkImages(request: Wire, { model, endpoint }: CheckContext): void {
  const images = findImages(request);
  if (images.length === 0) return;
  const first = images[0]?.path ?? '';
  if (model.info.capabilities?.image_input.supported === false) {
    throw invalid(first, `image input is not supported on ${model.info.id}`);
  }
  for (const image of images) checkFile(image, endpoint);
  const maxSide = images.length > 20 ? 2000 : 8000;
  const paths = images.filter((image) => longestSide(image.source) > maxSide).map((image) => image.path);
  if (paths.length > 0) {
    const many = images.length > 20 ? ' for many-image requests' : '';
    throw invalid(
      `${paths[0]}.image.source.base64`,
      `At least one of the image dimensions exceed max allowed size${many}: ${maxSide} pixels`,
      { error_code: 'image_dimensions_too_large', max_side_length_pixels: maxSide, paths },
    );
  }
}

/** The images of a request with their paths, those inside tool results included. */
export function findImages(request: Wire): readonly FoundImage[] {
  return wires(request.messages).flatMap((message, index) =>
    imagesIn(blocksOf(message.content), `messages.${index}.content`),
  );
}

export interface FoundImage {
  readonly path: string;
  readonly source: Wire;
}

function imagesIn(blocks: readonly Wire[], path: string): readonly FoundImage[] {
  return blocks.flatMap((block, at) => {
    const here = `${path}.${at}`;
    if (block.type === 'image') return [{ path: here, source: wireOf(block.source) }];
    return block.type === 'tool_result' ? imagesIn(blocksOf(block.content), `${here}.content`) : [];
  });
}

const MEDIA_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
const MAX_BASE64_BYTES = 10 * 1024 * 1024;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

function checkFile({ path, source }: FoundImage, endpoint: CheckContext['endpoint']): void {
  const { type, media_type } = source;
  if (endpoint === 'count_tokens' && (type === 'url' || type === 'file')) {
    throw invalid(`${path}.source`, `'${type}' sources are not supported by count_tokens`);
  }
  if (type === 'url') return;
  if (type === 'file') throw invalid(`${path}.image.source.file`, 'File not found.');
  const where = `${path}.image.source.base64`;
  if (type !== 'base64') throw invalid(`${path}.image.source`, `Input tag '${type}' is not expected`);
  if (!MEDIA_TYPES.includes(textOf(media_type))) {
    const list = MEDIA_TYPES.map((name) => `'${name}'`).join(', ');
    throw invalid(`${where}.media_type`, `Input should be ${list}`);
  }
  const data = textOf(source.data);
  if (data.length % 4 !== 0 || !BASE64.test(data)) throw invalid(`${where}.data`, 'invalid base64 data');
  if (data.length > MAX_BASE64_BYTES) {
    throw invalid(where, `image exceeds 10 MB maximum: ${data.length} bytes > ${MAX_BASE64_BYTES} bytes`);
  }
  const actual = fileType(Buffer.from(data.slice(0, 64), 'base64'));
  if (actual !== undefined && actual !== media_type) {
    const what = `The image was specified using the ${media_type} media type`;
    throw invalid(where, `${what}, but the image appears to be a ${actual} image`);
  }
  if (actual === undefined || !imageSize(source)) throw invalid(where, 'Could not process image');
}

function longestSide(source: Wire): number {
  const size = imageSize(source);
  return size ? Math.max(size.width, size.height) : 0;
}
