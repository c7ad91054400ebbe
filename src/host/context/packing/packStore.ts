import type { OpenPack } from '../../../core/context/conversationContext.ts';
import type { PinnedFile } from '../../../core/context/pinned.ts';
import type { FrozenPack } from '../../../core/conversation/model.ts';
import { type AttachmentStore, type Result, succeed } from '../../../core/ports.ts';
import { createPacker, decodeManifest, type PackedFile } from '../../../core/request/pack.ts';
import { createTextHasher } from '../../storage/textHash.ts';
import { createBreather, inTurns } from '../../workspace/breathing.ts';

/** Packs by the hash of their text: those that are stored, and the one that would be made now. */
export interface PackStore {
  /** The store with the texts of packs in it that are open, or have only been made so far. */
  readonly attachments: AttachmentStore;
  /** The pack of these files, which is not stored yet. The same files give the same objects. */
  fresh(files: readonly PinnedFile[]): Promise<MadePack>;
  /** Puts a pack into the store. Where that fails it stays in memory until it can be, and the reason is given. */
  keep(made: MadePack): Promise<Result<void>>;
  /** Tries again to store what could not be stored before. */
  storeUnsaved(): Promise<Result<void>>;
  /** A pack's text and manifest; undefined when they cannot be read. The same pack gives the same object. */
  open(pack: FrozenPack): Promise<OpenPack | undefined>;
}

export interface MadePack {
  readonly pack: FrozenPack;
  readonly open: OpenPack;
}

export function createPackStore(store: AttachmentStore): PackStore {
  let made: { readonly files: readonly PinnedFile[]; readonly pack: Promise<MadePack> } | undefined;
  /** Texts of the newest fresh pack, and of those that could not be stored. */
  const inMemory = new Map<string, string>();
  const unsaved = new Map<string, string>();
  const opened = new Map<string, OpenPack>();
  const packing = createPacker();
  const hashText = createTextHasher();
  const hashManifest = createTextHasher();
  const write = createManifestWriter();

  function remember(sha256: string, pack: OpenPack): void {
    opened.delete(sha256);
    opened.set(sha256, pack);
    for (const oldest of opened.keys()) if (opened.size > MOST_OPEN) opened.delete(oldest);
  }

  async function make(files: readonly PinnedFile[]): Promise<MadePack> {
    const breathe = createBreather();
    const { text, manifest, tokens, parts } = await inTurns(packing(files), breathe);
    await breathe();
    const sha256 = await hashText(
      parts.map((part) => part.text),
      breathe,
    );
    const pieces = await write(
      parts.map((part) => part.files),
      breathe,
    );
    const written = pieces.join('');
    const ofManifest = await hashManifest(pieces, breathe);
    // One that was begun later knows better what is newest.
    if (made?.files === files) inMemory.clear();
    inMemory.set(sha256, text).set(ofManifest, written);
    const open = opened.get(sha256) ?? { manifest, text };
    remember(sha256, open);
    const pack = {
      at: 1,
      sha256,
      manifest: ofManifest,
      files: files.length,
      tokens,
    };
    return { pack, open };
  }

  async function read(pack: FrozenPack): Promise<OpenPack | undefined> {
    const [text, manifest] = await Promise.all([store.text(pack.sha256), store.text(pack.manifest)]);
    const decoded = manifest.ok ? decodeManifest(parsed(manifest.value)) : undefined;
    return text.ok && decoded ? { text: text.value, manifest: decoded } : undefined;
  }

  async function storeUnsaved(): Promise<Result<void>> {
    for (const [sha256, text] of [...unsaved]) {
      const put = await store.put(new TextEncoder().encode(text));
      if (!put.ok) return put;
      unsaved.delete(sha256);
    }
    return succeed(undefined);
  }

  return {
    storeUnsaved,
    attachments: {
      ...store,
      async text(sha256) {
        // An open pack is not read again: the same text is the same value, which its block is known by.
        const text = inMemory.get(sha256) ?? unsaved.get(sha256) ?? opened.get(sha256)?.text;
        return text === undefined ? store.text(sha256) : succeed(text);
      },
    },
    fresh(files) {
      if (made?.files !== files) made = { files, pack: make(files) };
      return made.pack;
    },
    async keep({ pack, open }) {
      unsaved.set(pack.sha256, open.text).set(pack.manifest, JSON.stringify(open.manifest));
      return storeUnsaved();
    },
    async open(pack) {
      const known = opened.get(pack.sha256) ?? (await read(pack));
      if (known) remember(pack.sha256, known);
      return known;
    },
  };
}

/** Conversations and revisions that are looked at in turns. */
const MOST_OPEN = 10;

/** Writes manifests as `JSON.stringify` does, in pieces; those of files that are the same values as before are the same. */
function createManifestWriter(): (
  parts: readonly (readonly PackedFile[])[],
  breathe: () => Promise<void>,
) => Promise<readonly string[]> {
  const known = new WeakMap<readonly PackedFile[], string>();
  return async (parts, breathe) => {
    const pieces: string[] = [];
    for (const files of parts.filter(({ length }) => length > 0)) {
      await breathe();
      const written = known.get(files) ?? JSON.stringify(files).slice(1, -1);
      known.set(files, written);
      pieces.push(pieces.length > 0 ? ',' : '{"files":[', written);
    }
    return pieces.length > 0 ? [...pieces, ']}'] : ['{"files":[]}'];
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
