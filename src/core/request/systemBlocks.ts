import type { FrozenSystem } from '../conversation/model.ts';
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
 * one whose text is gone. The same values give the same objects: what is remembered of a block elsewhere (its hash, its
 * tokens) is found again at the next request.
 */
export function systemBlocks(system: FrozenSystem | undefined, packText: string | undefined): SystemBlocks {
  if (!system) return NONE;
  const known = made.get(system);
  if (known && known.packText === packText) return known.value;
  const value = makeBlocks(system, packText);
  made.set(system, { packText, value });
  return value;
}

const NONE: SystemBlocks = { blocks: [] };

const made = new WeakMap<
  FrozenSystem,
  { readonly packText: string | undefined; readonly value: SystemBlocks }
>();

/** Part of cached prefixes: the words must stay. */
const GONE = '[Files of the workspace stood here. Their text is lost and can no longer be sent.]';

function makeBlocks({ texts, pack }: FrozenSystem, packText: string | undefined): SystemBlocks {
  const at = pack ? Math.min(pack.at, texts.length) : texts.length;
  const before = texts.slice(0, at).flatMap(blockOf);
  const after = texts.slice(at).flatMap(blockOf);
  if (!pack) return { blocks: before };
  const block = blockOf(packText ?? GONE);
  return { blocks: [...before, ...block, ...after], ...(block.length > 0 ? { packAt: before.length } : {}) };
}

function blockOf(text: string): readonly TextBlock[] {
  return text.trim() === '' ? [] : [{ type: 'text', text: wellFormed(text) }];
}
