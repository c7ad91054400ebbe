import { blocksOf, textOf, type Wire, wires } from '../wire.ts';
import { chain, hash } from './render.ts';
import { readSigned, sign } from './signature.ts';

/**
 * Where in a conversation a thinking block stands: what came before it, thinking left out, so that thinking may be
 * removed from the start or the end of a history without harm.
 */
export interface Position {
  /** Hash of tools and system. */
  readonly head: string;
  /** Hash of all messages so far, without thinking. */
  readonly history: string;
  /** Name of the thinking block before this one; a gap in the middle shows here. */
  readonly lastThinking: string;
}

export function isThinking(block: Wire): boolean {
  return block.type === 'thinking' || block.type === 'redacted_thinking';
}

/** The place before the first message. */
export function startOf(request: Wire): Position {
  const fixed = [...wires(request.tools), ...blocksOf(request.system)];
  const head = fixed.reduce((before, block) => chain(before, '', block), '');
  return { head, history: '', lastThinking: '' };
}

/** The place after one more block. A signed compaction block stands for the messages it was made of. */
export function after(position: Position, role: string, block: Wire): Position {
  if (isThinking(block)) return { ...position, lastThinking: nameOf(block) };
  const facts = block.type === 'compaction' ? readSigned(block.signature) : undefined;
  if (facts) return { ...position, history: textOf(facts.history), lastThinking: '' };
  if (block.type === 'compaction') return { ...position, history: hash(textOf(block.encrypted_content)) };
  return { ...position, history: chain(position.history, role, block) };
}

/** The place at the end of a request's messages, where the answer begins. */
export function endOf(request: Wire): Position {
  let position = startOf(request);
  for (const message of wires(request.messages)) {
    for (const block of blocksOf(message.content)) position = after(position, textOf(message.role), block);
  }
  return position;
}

/** A thinking block of this model, bound to its place. `shown` is what the client sees of `tokens` tokens. */
export function signThinking(shown: string, tokens: number, model: string, position: Position): Wire {
  const signature = sign({ model, tokens, shown: hash(shown), ...position });
  return { type: 'thinking', thinking: shown, signature };
}

/** What the signature of a thinking block tells; undefined when it is not ours or the text was changed. */
export function factsOf(block: Wire): Wire | undefined {
  const facts = readSigned(block.type === 'thinking' ? block.signature : block.data);
  if (!facts || block.type !== 'thinking') return facts;
  return facts.shown === hash(textOf(block.thinking)) ? facts : undefined;
}

/** Whether a block with these facts may stand here. */
export function fits(facts: Wire, position: Position): boolean {
  const follows = position.lastThinking === '' || facts.lastThinking === position.lastThinking;
  return follows && facts.head === position.head && facts.history === position.history;
}

function nameOf(block: Wire): string {
  return textOf(block.type === 'thinking' ? block.signature : block.data).slice(-22);
}
