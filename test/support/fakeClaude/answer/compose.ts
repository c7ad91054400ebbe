import type { FakeModel } from '../catalogue.ts';
import { after, endOf, isThinking, type Position, signThinking } from '../prompt/binding.ts';
import { sign } from '../prompt/signature.ts';
import { countBlock, cutText } from '../prompt/tokens.ts';
import { textOf, type Wire, wireOf } from '../wire.ts';

/** What the model wrote, before anything is said about the bill. */
export interface Composed {
  readonly blocks: readonly Wire[];
  readonly stopReason: string;
  readonly stopSequence: string | null;
  /** Tokens, thinking included. */
  readonly outputTokens: number;
  readonly thinkingTokens: number;
}

/**
 * Makes the final content of raw blocks: stops at `room` tokens or at a stop sequence, shows of the thinking
 * what the request wants to see, and signs it.
 */
export function compose(
  raw: readonly Wire[],
  request: Wire,
  model: FakeModel,
  room: { readonly tokens: number; readonly fullReason: string },
): Composed {
  const blocks: Wire[] = [];
  let position = endOf(request);
  let used = 0;
  let thinkingTokens = 0;
  let end: { reason: string; sequence: string | null } | undefined;
  for (const block of raw) {
    if (end) break;
    const stopped = stopAtSequence(block, request);
    const fitted = fit(stopped.block, room.tokens - used, model);
    if (!fitted.whole) end = { reason: room.fullReason, sequence: null };
    else if (stopped.sequence !== null) end = { reason: 'stop_sequence', sequence: stopped.sequence };
    if (!fitted.block) break;
    if (fitted.block.type === 'text' && fitted.block.text === '') continue;
    const final = isThinking(fitted.block) ? showThinking(fitted, request, model, position) : fitted.block;
    used += fitted.tokens;
    if (isThinking(final)) thinkingTokens += fitted.tokens;
    position = after(position, 'assistant', final);
    blocks.push(final);
  }
  const asksTool = blocks.some((block) => block.type === 'tool_use');
  return {
    blocks,
    stopReason: end?.reason ?? (asksTool ? 'tool_use' : 'end_turn'),
    stopSequence: end?.sequence ?? null,
    outputTokens: used,
    thinkingTokens,
  };
}

/** Whether this request makes the model think. */
export function thinks(request: Wire, model: FakeModel): boolean {
  const { type } = wireOf(request.thinking);
  return type === undefined ? model.rules.thinksByDefault : type === 'adaptive' || type === 'enabled';
}

/** How thinking is shown to this request. */
export function displayOf(request: Wire, model: FakeModel): string {
  return textOf(wireOf(request.thinking).display) || model.rules.defaultDisplay;
}

interface Fitted {
  readonly block: Wire | undefined;
  readonly tokens: number;
  readonly whole: boolean;
}

function fit(block: Wire, room: number, model: FakeModel): Fitted {
  const tokens = countBlock(block, model.rules);
  if (tokens <= room) return { block, tokens, whole: true };
  const field = block.type === 'thinking' ? 'thinking' : 'text';
  const text = block[field];
  if (typeof text !== 'string' || room < 1) return { block: undefined, tokens: 0, whole: false };
  const cut = cutText(text, Math.floor(room / model.rules.tokenFactor));
  if (cut === '') return { block: undefined, tokens: 0, whole: false };
  return { block: { ...block, [field]: cut }, tokens: room, whole: false };
}

function stopAtSequence(block: Wire, request: Wire): { block: Wire; sequence: string | null } {
  const sequences = Array.isArray(request.stop_sequences) ? request.stop_sequences.map(textOf) : [];
  const text = textOf(block.text);
  const hits = sequences.map((sequence) => ({ sequence, at: text.indexOf(sequence) }));
  const first = hits.filter((hit) => hit.at >= 0).sort((a, b) => a.at - b.at)[0];
  if (!first || block.type !== 'text') return { block, sequence: null };
  return { block: { ...block, text: text.slice(0, first.at) }, sequence: first.sequence };
}

function showThinking(fitted: Fitted, request: Wire, model: FakeModel, position: Position): Wire {
  const block = fitted.block ?? {};
  const id = model.info.id;
  if (block.type === 'redacted_thinking') {
    return { ...block, data: block.data ?? sign({ model: id, tokens: fitted.tokens, ...position }) };
  }
  if (block.signature !== undefined) return block;
  const shown = displayOf(request, model) === 'omitted' ? '' : textOf(block.thinking);
  return signThinking(shown, fitted.tokens, id, position);
}
