import type { Gate } from '../gate.ts';
import { readSigned } from '../prompt/signature.ts';
import { textOf, type Wire, wireOf, wires } from '../wire.ts';

/** One thing that happens to the connection while an answer streams. Times are milliseconds. */
export type Step =
  | { readonly kind: 'event'; readonly event: Wire }
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'pause'; readonly ms: number }
  | { readonly kind: 'gate'; readonly gate: Gate }
  | { readonly kind: 'stall'; readonly pingMs: number | undefined }
  | { readonly kind: 'destroy' }
  | { readonly kind: 'end' };

/** Steps that come in between when this many characters of thinking and text have been sent. */
export interface Insert {
  readonly afterChars: number;
  readonly steps: readonly Step[];
}

export interface Pacing {
  readonly chunkChars: number;
  /** Before each delta. */
  readonly delayMs: number;
  /** Before the first block. */
  readonly firstMs: number;
  readonly inserts: readonly Insert[];
}

/** A finished message as the events that stream it, in the API's order. */
export function* streamSteps(message: Wire, pacing: Pacing): Generator<Step> {
  const cursor = { sent: 0, inserts: [...pacing.inserts].sort((a, b) => a.afterChars - b.afterChars) };
  yield event({ type: 'message_start', message: startOfMessage(message) });
  yield* due(cursor);
  if (pacing.firstMs > 0) yield { kind: 'pause', ms: pacing.firstMs };
  let index = 0;
  for (const block of wires(message.content)) {
    yield* blockSteps(block, index, pacing, cursor);
    index += 1;
  }
  // An answer that is shorter than the place of a fault is disturbed at its end.
  for (const insert of cursor.inserts) yield* insert.steps;
  yield event(endOfMessage(message));
  yield event({ type: 'message_stop' });
}

interface Cursor {
  sent: number;
  inserts: Insert[];
}

function* due(cursor: Cursor): Generator<Step> {
  for (let next = cursor.inserts[0]; next && next.afterChars <= cursor.sent; next = cursor.inserts[0]) {
    cursor.inserts.shift();
    yield* next.steps;
  }
}

function* blockSteps(block: Wire, index: number, pacing: Pacing, cursor: Cursor): Generator<Step> {
  const { start, deltas } = disassemble(block);
  yield event({ type: 'content_block_start', index, content_block: start });
  if (index === 0) yield event({ type: 'ping' });
  if (block.type === 'thinking' && block.thinking === '') yield* hiddenThinking(block, pacing);
  for (const delta of deltas) {
    for (const piece of split(delta, pacing.chunkChars, cursor)) {
      if (pacing.delayMs > 0) yield { kind: 'pause', ms: pacing.delayMs };
      yield event({ type: 'content_block_delta', index, delta: piece });
      yield* due(cursor);
    }
  }
  yield event({ type: 'content_block_stop', index });
}

/** While a model thinks and shows nothing of it, only pings come, one a second. */
function* hiddenThinking(block: Wire, pacing: Pacing): Generator<Step> {
  const tokens = Number(readSigned(block.signature)?.tokens ?? 0);
  const seconds = Math.round((tokens * TOKEN_CHARS * pacing.delayMs) / pacing.chunkChars / 1000);
  for (let second = 0; second < seconds; second += 1) {
    yield { kind: 'pause', ms: 1000 };
    yield event({ type: 'ping' });
  }
}

const TOKEN_CHARS = 3.5;

/** What a block begins as, and the deltas that make it whole. Blocks of other types arrive at once. */
function disassemble(block: Wire): { start: Wire; deltas: readonly Wire[] } {
  switch (block.type) {
    case 'text':
      return { start: { ...block, text: '' }, deltas: [{ type: 'text_delta', text: block.text }] };
    case 'thinking': {
      const { thinking, signature } = block;
      const text = thinking === '' ? [] : [{ type: 'thinking_delta', thinking }];
      const deltas = [...text, { type: 'signature_delta', signature }];
      return { start: { ...block, thinking: '', signature: '' }, deltas };
    }
    case 'tool_use': {
      const json = JSON.stringify(block.input ?? {});
      return { start: { ...block, input: {} }, deltas: [{ type: 'input_json_delta', partial_json: json }] };
    }
    case 'compaction': {
      if (block.signature !== undefined) return { start: block, deltas: [] };
      const { content, encrypted_content } = block;
      const delta = { type: 'compaction_delta', content, encrypted_content };
      return { start: { ...block, content: null, encrypted_content: null }, deltas: [delta] };
    }
    default:
      return { start: block, deltas: [] };
  }
}

/** Cuts a delta into chunks, and also wherever something comes in between. */
function* split(delta: Wire, chunkChars: number, cursor: Cursor): Generator<Wire> {
  const field = ['text', 'thinking', 'partial_json'].find((name) => typeof delta[name] === 'string');
  if (!field) {
    yield delta;
    return;
  }
  const counts = field !== 'partial_json';
  let rest = textOf(delta[field]);
  while (rest !== '') {
    const next = cursor.inserts[0]?.afterChars;
    const size = counts && next !== undefined ? Math.min(chunkChars, next - cursor.sent) : chunkChars;
    const piece = whole(rest, size);
    if (counts) cursor.sent += piece.length;
    rest = rest.slice(piece.length);
    yield { ...delta, [field]: piece };
  }
}

/** The first characters of a text; half of a surrogate pair would become a question mark on the wire. */
function whole(text: string, size: number): string {
  const last = text.charCodeAt(size - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? size + 1 : size);
}

function startOfMessage(message: Wire): Wire {
  const usage = { ...wireOf(message.usage), output_tokens: 1, output_tokens_details: null, iterations: null };
  return {
    ...message,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    context_management: null,
    usage,
  };
}

function endOfMessage(message: Wire): Wire {
  const { stop_reason, stop_sequence, stop_details, context_management } = message;
  const usage = wireOf(message.usage);
  return {
    type: 'message_delta',
    delta: { stop_reason, stop_sequence, stop_details, container: null },
    context_management,
    usage: {
      input_tokens: usage.input_tokens,
      cache_creation_input_tokens: usage.cache_creation_input_tokens,
      cache_read_input_tokens: usage.cache_read_input_tokens,
      output_tokens: usage.output_tokens,
      output_tokens_details: usage.output_tokens_details,
      iterations: usage.iterations,
      server_tool_use: usage.server_tool_use,
      fallback_credit: null,
    },
  };
}

function event(value: Wire): Step {
  return { kind: 'event', event: value };
}
