import { createHash } from 'node:crypto';
import type { FakeModel } from '../catalogue.ts';
import { blocksOf, isWire, textOf, type Wire, wireOf, wires, withoutMarkers } from '../wire.ts';
import { countBlock, MESSAGE_OVERHEAD, TOOLS_OVERHEAD } from './tokens.ts';

/** One block of the prompt in the order in which the model reads it: tools, system, messages. */
export interface PromptBlock {
  readonly part: 'tools' | 'system' | 'messages';
  /** The message's role; empty for tools and system. */
  readonly role: string;
  /** Where it is in the request, as error messages say it: `messages.0.content.1`. */
  readonly path: string;
  readonly block: Wire;
  /** Tokens, with the share of the message or of the tools that begins here. */
  readonly tokens: number;
  /** The block's own cache breakpoint. */
  readonly ttl?: Ttl;
}

export type Ttl = '5m' | '1h';

/** Message blocks, by path, that the model reads otherwise than they were sent; `null` for not at all. */
export type Changes = ReadonlyMap<string, Wire | null>;

/** The prompt of a request as this model reads it. */
export function renderPrompt(
  request: Wire,
  model: FakeModel,
  changes: Changes = new Map(),
): readonly PromptBlock[] {
  const piece = (part: PromptBlock['part'], role: string, path: string, block: Wire, extra: number) => {
    const ttl = ttlOf(block.cache_control) ?? innerTtl(block);
    const tokens = extra + countBlock(withoutMarkers(block), model.rules);
    return { part, role, path, block, tokens, ...(ttl ? { ttl } : {}) };
  };
  const tools = wires(request.tools).map((tool, index) =>
    piece('tools', '', `tools.${index}`, tool, index === 0 ? TOOLS_OVERHEAD : 0),
  );
  const system = blocksOf(request.system).map((block, index) =>
    piece('system', '', `system.${index}`, block, 0),
  );
  const messages = wires(request.messages).flatMap((message, index) => {
    const role = textOf(message.role);
    const read = blocksOf(message.content).flatMap((sent, at) => {
      const path = `messages.${index}.content.${at}`;
      const block = changes.get(path);
      return block === null ? [] : [{ path, block: block ?? sent }];
    });
    return read.map(({ path, block }, at) =>
      piece('messages', role, path, block, at === 0 ? MESSAGE_OVERHEAD : 0),
    );
  });
  return [...tools, ...system, ...messages];
}

export function totalTokens(blocks: readonly PromptBlock[]): number {
  return blocks.reduce((total, block) => total + block.tokens, 0);
}

/** The breakpoint in a `cache_control` field, if there is one. */
export function ttlOf(cacheControl: unknown): Ttl | undefined {
  if (!isWire(cacheControl)) return undefined;
  return wireOf(cacheControl).ttl === '1h' ? '1h' : '5m';
}

/** A marker inside a tool result marks the result. */
function innerTtl(block: Wire): Ttl | undefined {
  if (block.type !== 'tool_result') return undefined;
  return wires(block.content)
    .map((inner) => ttlOf(inner.cache_control))
    .findLast((ttl) => ttl !== undefined);
}

/**
 * Hash of everything up to and including a block, from the hash of everything before it. Cache markers, fields that are
 * null and the order of a block's own fields make no difference; everything else does.
 */
export function chain(before: string, role: string, block: Wire): string {
  const fields = Object.entries(withoutMarkers(block))
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return hash(before, role, JSON.stringify(fields));
}

export function hash(...parts: readonly string[]): string {
  const digest = createHash('sha1');
  for (const part of parts) digest.update(`${part.length}:`).update(part);
  return digest.digest('base64url');
}
