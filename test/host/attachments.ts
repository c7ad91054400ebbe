import { createHash } from 'node:crypto';
import { type AttachmentStore, fail, GONE, succeed } from '../../src/core/ports.ts';

/** An attachment store in memory. */
export interface MemoryAttachments extends AttachmentStore {
  bytes(sha256: string): Uint8Array | undefined;
  readonly count: number;
}

export function createMemoryAttachments(): MemoryAttachments {
  const kept = new Map<string, Uint8Array>();
  return {
    bytes: (sha256) => kept.get(sha256),
    get count() {
      return kept.size;
    },
    async put(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      kept.set(sha256, bytes);
      return succeed({ sha256 });
    },
    async base64(sha256) {
      const bytes = kept.get(sha256);
      return bytes ? succeed(Buffer.from(bytes).toString('base64')) : fail({ kind: 'storage', code: GONE });
    },
    async text(sha256) {
      const bytes = kept.get(sha256);
      return bytes ? succeed(Buffer.from(bytes).toString()) : fail({ kind: 'storage', code: GONE });
    },
  };
}
