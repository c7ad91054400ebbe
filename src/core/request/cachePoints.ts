import type { CacheTtl, OptionalField } from '../conversation/model.ts';
import type { SentMessage } from './history.ts';
import type { CacheControl, TextBlock, UserBlock } from './messageRequest.ts';
import type { SystemBlocks } from './systemBlocks.ts';

/** The mark of a cache point, or undefined where the endpoint takes none. Five minutes are the API's default. */
export function cacheControl(ttl: CacheTtl, without: ReadonlySet<OptionalField>): CacheControl | undefined {
  if (without.has('cache_control')) return undefined;
  return ttl === '1h' && !without.has('cache_ttl') ? { type: 'ephemeral', ttl } : { type: 'ephemeral' };
}

/**
 * The system prompt with a point at its end, if there is to be one, and one at the end of the context pack, which other
 * conversations read too though what follows it be another. A longer lifetime must stand before a shorter one (API docs, prompt caching).
 */
export function markSystem(
  { blocks, packAt }: SystemBlocks,
  controls: { readonly end: CacheControl | undefined; readonly pack: CacheControl | undefined },
): readonly TextBlock[] {
  const last = blocks.length - 1;
  return blocks.map((block, at) => {
    const control = at === packAt ? controls.pack : at === last ? controls.end : undefined;
    return control ? withControl(block, control) : block;
  });
}

/**
 * The messages with a point at the end of the newest question, for the next request to read, and one at the end of the
 * newest question before it that was answered, which wrote the entry to read now. The API looks back 20 blocks
 * from each point (API docs, prompt caching), and an answer can have more than that; the second point stands on the
 * entry itself. With the two in the system prompt these are the four that a request may have. Where the first question
 * begins with updates of the context pack, the point at the end of the system prompt stands behind them: the next
 * conversation is told the same and then what has changed since. While that question is the newest, the point that is
 * left stands behind what an earlier conversation was told, which may be further back than the API looks.
 */
export function markQuestions(
  messages: readonly SentMessage[],
  control: CacheControl | undefined,
): readonly SentMessage[] {
  if (!control) return messages;
  const newest = messages.findLastIndex(({ message }) => message.role === 'user');
  const before = messages.slice(0, Math.max(0, newest)).findLastIndex(({ answered }) => answered);
  return messages.map((sent, index) => {
    const ends = index === newest || index === before ? [sent.message.content.length] : [];
    const { all, shared } = (index === 0 ? sent.updates : undefined) ?? { all: 0, shared: 0 };
    const places = new Set([...(index === newest ? [shared] : []), all, ...ends]);
    return [...places].reduce((made, place) => (place > 0 ? marked(made, control, place - 1) : made), sent);
  });
}

/** Whether the first question begins with updates of the context pack, so that a point stands behind them. */
export function opensWithUpdates(messages: readonly SentMessage[]): boolean {
  return messages[0]?.updates !== undefined;
}

/** The message with a point at the end of one of its blocks. */
function marked(sent: SentMessage, control: CacheControl, at: number): SentMessage {
  const { message } = sent;
  const block = message.role === 'user' ? message.content[at] : undefined;
  if (message.role !== 'user' || !block) return sent;
  return {
    ...sent,
    message: { role: 'user', content: message.content.with(at, withControl(block, control)) },
  };
}

/** The same block and lifetime give the same object: the hash and the tokens of a long text are reckoned once. */
function withControl<Block extends UserBlock>(block: Block, control: CacheControl): Block {
  const key = control.ttl ?? '5m';
  const known = controlled[key].get(block);
  // What was made of a block is of its type.
  if (known) return known as Block;
  const made = { ...block, cache_control: control };
  controlled[key].set(block, made);
  return made;
}

const controlled: Record<CacheTtl, WeakMap<UserBlock, UserBlock>> = {
  '5m': new WeakMap(),
  '1h': new WeakMap(),
};
