import type { Translate } from '../../core/failure.ts';
import { MAX_FILE, type ToHost } from '../../core/protocol.ts';
import { addNotice } from '../changes.ts';
import { createTurns } from '../pictures/turns.ts';
import type { Store } from '../store.ts';
import { stopWaiting } from './arriving.ts';
import { type Collect, endCollecting } from './collecting.ts';

/** Sends a file to the host, which finds out what it is. Its chip is there with the next frame. */
export type AttachFile = (file: Blob, name: string) => void;

export interface AttachFileGround {
  readonly store: Store;
  readonly collect: Collect;
  readonly t: Translate;
  send(wish: ToHost): void;
}

/** Files are read one after the other, however many are dropped. */
export function createAttachFile({ store, collect, t, send }: AttachFileGround): AttachFile {
  const inTurn = createTurns();
  const tell = (sentence: string): void => store.change((now) => addNotice(now, sentence));
  return (file, given) => {
    const name = shortName(given) || t('File');
    if (file.size > MAX_FILE)
      return tell(t('{0} is larger than {1} MB and cannot be attached.', name, MAX_FILE / 1024 ** 2));
    const wish = collect(name);
    if (!wish) return;
    void inTurn(async () => {
      try {
        send({ type: 'attachFile', ...wish, name, bytes: new Uint8Array(await file.arrayBuffer()) });
      } catch {
        store.change((now) => stopWaiting(endCollecting(now, wish.id)));
        // A folder, or a file that has gone since.
        tell(t('{0} could not be read. Folders and files of the workspace are attached with "+".', name));
      }
    });
  };
}

/** At most 200 UTF-16 units, the end of the name among them. */
function shortName(name: string): string {
  const most = 200;
  return name.length <= most ? name : `${name.slice(0, most - 21)}…${name.slice(-20)}`;
}
