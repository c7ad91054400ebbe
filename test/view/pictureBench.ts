import type { PictureFacts } from '../../src/webview/attaching/arriving.ts';
import type { Pictures, Prepared, Purpose, Unusable } from '../../src/webview/attaching/picturing.ts';
import type { Rect } from '../../src/webview/attaching/viewing.ts';

/** Work on one picture that waits for the test. */
export interface PictureJob {
  readonly picture: Blob;
  readonly purpose: Purpose;
  /** Absent when it is only prepared. */
  readonly edit?: { readonly crop?: Rect; readonly blackOut: readonly Rect[] };
  learn(facts?: Partial<PictureFacts>): void;
  /** Ends the work; the page has heard of it when this resolves. */
  end(result?: Partial<Prepared> | Unusable): Promise<void>;
}

/** A picture pipeline that does what the test says, when it says so. */
export interface PictureBench {
  readonly port: Pictures;
  readonly jobs: PictureJob[];
  /** Sizes of the pictures of which thumbnails were asked, in bytes. */
  readonly thumbnails: number[];
}

export const FACTS: PictureFacts = { width: 1280, height: 800, tokens: 1334, exact: true, note: '' };
const MADE: Prepared = { ...FACTS, mediaType: 'image/png', bytes: new Uint8Array([1, 2, 3]) };

export function createPictureBench(): PictureBench {
  const jobs: PictureJob[] = [];
  const thumbnails: number[] = [];
  const add = (job: Omit<PictureJob, 'learn' | 'end'>, learned: (facts: PictureFacts) => void) =>
    new Promise<Prepared | Unusable>((resolve) => {
      jobs.push({
        ...job,
        learn: (facts) => learned({ ...FACTS, ...facts }),
        end: async (result = {}) => {
          resolve('problem' in result && result.problem ? result : { ...MADE, ...result });
          await turn();
        },
      });
    });
  const port: Pictures = {
    prepare: (picture, purpose, learned) => add({ picture, purpose }, learned),
    edit: (picture, edit, purpose) => add({ picture, purpose, edit }, () => undefined),
    thumbnail: async (picture) => {
      thumbnails.push(picture.size);
      return picture;
    },
  };
  return { port, jobs, thumbnails };
}

/** Lets promises that are settled be heard. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
