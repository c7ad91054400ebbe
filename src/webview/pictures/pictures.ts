import type { Translate } from '../../core/failure.ts';
import type { Pictures } from '../attaching/picturing.ts';
import { preparePicture } from './prepare.ts';
import { thumbnail, thumbnailOf } from './thumbnail.ts';
import { createTurns } from './turns.ts';

/** The pictures of the page, worked on with the decoders of the browser it runs in; of all of them one is decoded at a time. */
export function createPictures(window: Window & typeof globalThis, t: Translate): Pictures {
  const ground = { window, t, inReading: createTurns(), inTurn: createTurns() };
  /** Of pictures that are prepared: those need not be decoded again. */
  const small = new WeakMap<Blob, Promise<Blob | undefined>>();
  return {
    prepare: async (picture, purpose, learned) => {
      let tell: (made: Blob | undefined) => void = () => undefined;
      small.set(picture, new Promise((resolve) => (tell = resolve)));
      const seen = async (image: ImageBitmap): Promise<void> => tell(await thumbnailOf(window, image));
      try {
        return await preparePicture(ground, picture, purpose, { learned, seen });
      } finally {
        tell(undefined);
      }
    },
    edit: (picture, edit, purpose) => preparePicture(ground, picture, purpose, { edit }),
    thumbnail: (picture) => small.get(picture) ?? ground.inTurn(() => thumbnail(window, picture)),
  };
}
