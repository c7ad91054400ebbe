import type { FrozenPack, FrozenSystem } from '../conversation/model.ts';
import type { TextBlock } from './messageRequest.ts';
import { wellFormed } from './wellFormed.ts';

/** A system prompt as blocks. */
export interface SystemBlocks {
  readonly blocks: readonly TextBlock[];
  /** Position of the context pack among them; absent where there is none. */
  readonly packAt?: number;
}

/**
 * The blocks of a frozen system prompt, blank texts left out. `packText` is the text of its pack; a pack without text is
 * one whose text is gone. The same pack and text give the same block: what is remembered of it elsewhere (its hash, its
 * tokens) is found again at the next request.
 */
export function systemBlocks(system: FrozenSystem | undefined, packText: string | undefined): SystemBlocks {
  const { texts = [], pack } = system ?? {};
  if (!pack) return { blocks: texts.flatMap(blockOf) };
  const at = Math.min(pack.at, texts.length);
  const before = texts.slice(0, at).flatMap(blockOf);
  const packed = packBlock(pack, packText ?? GONE);
  const blocks = [...before, ...packed, ...texts.slice(at).flatMap(blockOf)];
  return { blocks, ...(packed.length > 0 ? { packAt: before.length } : {}) };
}

/** Part of cached prefixes: the words must stay. */
const GONE = '[Files of the workspace stood here. Their text is lost and can no longer be sent.]';

const packBlocks = new WeakMap<
  FrozenPack,
  { readonly text: string; readonly blocks: readonly TextBlock[] }
>();

function packBlock(pack: FrozenPack, text: string): readonly TextBlock[] {
  const known = packBlocks.get(pack);
  if (known?.text === text) return known.blocks;
  const blocks = blockOf(text);
  packBlocks.set(pack, { text, blocks });
  return blocks;
}

function blockOf(text: string): readonly TextBlock[] {
  return text.trim() === '' ? [] : [{ type: 'text', text: wellFormed(text) }];
}
