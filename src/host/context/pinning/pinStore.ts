import type { Pin } from '../../../core/context/pinned.ts';
import { isInside } from '../../../core/context/pinText.ts';
import type { JsonCache } from '../../storage/jsonCache.ts';

/** The pins of a workspace on disk. Neither reading nor writing ever fails the caller. */
export interface PinStore {
  /** What is on disk now; whatever is no pin is dropped. */
  read(): Promise<readonly Pin[]>;
  /**
   * Changes what is on disk by then, which may be another window's doing, and gives what is there afterwards. One change
   * waits for the other.
   */
  change(change: (pins: readonly Pin[]) => readonly Pin[]): Promise<readonly Pin[]>;
}

export function createPinStore(cache: JsonCache): PinStore {
  let writing: Promise<unknown> = Promise.resolve();

  async function read(): Promise<readonly Pin[]> {
    return decodePins(await cache.read());
  }

  return {
    read,
    async change(change) {
      const changed = writing.then(async () => {
        const pins = change(await read()).slice(0, MOST_PINS);
        await cache.write({ version: VERSION, pins });
        return pins;
      });
      writing = changed.catch(() => undefined);
      return changed;
    },
  };
}

/** The pins in what was read; whatever is none, or of a version that is not known, is dropped. */
export function decodePins(value: unknown): readonly Pin[] {
  const known = isRecord(value) && value.version === VERSION && Array.isArray(value.pins);
  return known ? (value.pins as unknown[]).flatMap((pin) => decodePin(pin) ?? []).slice(0, MOST_PINS) : [];
}

/** One pin; undefined when it is none, or leads out of the workspace. */
export function decodePin(value: unknown): Pin | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, path, glob } = value;
  switch (kind) {
    case 'file':
    case 'folder':
      return isPath(path) ? { kind, path } : undefined;
    case 'glob':
      return isPath(glob) ? { kind, glob } : undefined;
    case 'workspace':
    case 'openEditors':
    case 'branch':
      return { kind };
    default:
      return undefined;
  }
}

const VERSION = 1;
/** More than anybody pins one by one. */
const MOST_PINS = 5_000;
function isPath(path: unknown): path is string {
  return typeof path === 'string' && isInside(path);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
