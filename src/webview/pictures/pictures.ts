import type { Translate } from '../../core/failure.ts';
import type { Pictures } from '../attaching/picturing.ts';
import { preparePicture } from './prepare.ts';
import { thumbnail } from './thumbnail.ts';
import { createTurns } from './turns.ts';

/** The pictures of the page, worked on with the decoders of the browser it runs in. */
export function createPictures(window: Window & typeof globalThis, t: Translate): Pictures {
  const ground = { window, t, inTurn: createTurns() };
  return {
    prepare: (picture, purpose, learned) => preparePicture(ground, picture, purpose, { learned }),
    edit: (picture, edit, purpose) => preparePicture(ground, picture, purpose, { edit }),
    thumbnail: (picture, side) => thumbnail(window, picture, side),
  };
}
