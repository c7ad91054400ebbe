import type { CacheTtl, OptionalField } from '../conversation/model.ts';
import type { SentMessage } from './history.ts';
import type { CacheControl, TextBlock } from './messageRequest.ts';

/** The mark of a cache point, or undefined where the endpoint takes none. Five minutes are the API's default. */
export function cacheControl(ttl: CacheTtl, without: ReadonlySet<OptionalField>): CacheControl | undefined {
  if (without.has('cache_control')) return undefined;
  return ttl === '1h' && !without.has('cache_ttl') ? { type: 'ephemeral', ttl } : { type: 'ephemeral' };
}

/** The system prompt with a point at its end: other conversations with the same prompt read it too. */
export function markSystem(
  system: readonly TextBlock[],
  control: CacheControl | undefined,
): readonly TextBlock[] {
  const last = system.at(-1);
  return control && last ? system.with(-1, { ...last, cache_control: control }) : system;
}

/**
 * The messages with a point at the end of the newest question, for the next request to read, and one at the end of the
 * newest question before it that was answered, which wrote the entry to read now. The API looks back 20 blocks
 * from each point (API docs, prompt caching), and an answer can have more than that; the second point stands on the
 * entry itself. With the one in the system prompt these are three of the four that a request may have.
 */
export function markQuestions(
  messages: readonly SentMessage[],
  control: CacheControl | undefined,
): readonly SentMessage[] {
  const newest = messages.findLastIndex(({ message }) => message.role === 'user');
  const before = messages.slice(0, Math.max(0, newest)).findLastIndex(({ answered }) => answered);
  if (!control) return messages;
  return messages.map((sent, index) => (index === newest || index === before ? marked(sent, control) : sent));
}

function marked(sent: SentMessage, control: CacheControl): SentMessage {
  const { message } = sent;
  const last = message.role === 'user' ? message.content.at(-1) : undefined;
  if (message.role !== 'user' || !last) return sent;
  const content = message.content.with(-1, { ...last, cache_control: control });
  return { ...sent, message: { role: 'user', content } };
}
