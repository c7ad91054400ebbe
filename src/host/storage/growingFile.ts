import * as fs from 'node:fs/promises';

/** A file of JSON lines that others append to; each read costs only what came since the last one. */
export interface GrowingFile<T> {
  /** All values so far, in the order of the file; what was read before when the file cannot be read now. */
  read(): Promise<readonly T[]>;
}

/**
 * A line without its line break is still being written and waits for the next read. Lines that `decode` does
 * not know are passed over; `onBad` hears how many there were among the new ones. One `read` at a time.
 */
export function createGrowingFile<T>(
  file: string,
  decode: (value: unknown) => T | undefined,
  onBad: (lines: number) => void,
): GrowingFile<T> {
  let values: T[] = [];
  let offset = 0;
  let inode = 0;

  function take(text: string): void {
    let bad = 0;
    for (const line of text.split('\n')) {
      if (line.trim() === '') continue;
      const value = decode(parse(line));
      if (value === undefined) bad++;
      else values.push(value);
    }
    if (bad > 0) onBad(bad);
  }

  async function readOn(handle: fs.FileHandle): Promise<void> {
    const { size, ino } = await handle.stat();
    // Another file in its place (restored from a backup, say): begin anew.
    if (ino !== inode || size < offset) {
      values = [];
      offset = 0;
      inode = ino;
    }
    if (size === offset) return;
    const bytes = Buffer.alloc(size - offset);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset);
    const whole = bytes.subarray(0, bytesRead).lastIndexOf(LINE_BREAK) + 1;
    offset += whole;
    take(bytes.toString('utf8', 0, whole));
  }

  return {
    async read() {
      try {
        const handle = await fs.open(file, 'r');
        try {
          await readOn(handle);
        } finally {
          await handle.close();
        }
      } catch {
        return values;
      }
      return values;
    },
  };
}

const LINE_BREAK = 0x0a;

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
