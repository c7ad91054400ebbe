import type { Step } from './http/steps.ts';
import type { Reply } from './reply.ts';
import type { Wire } from './wire.ts';

/** The endpoint that a fault strikes. */
export type Endpoint = 'messages' | 'count_tokens' | 'models';

/** Something that goes wrong. `afterChars` counts characters of thinking and text; default 0, right after the start. */
export type Fault = FaultKind & {
  /** Default: `messages`. */
  readonly path?: Endpoint;
  /** How many requests it strikes. Default: 1; `Infinity` until the next `reset()`. */
  readonly times?: number;
  /** The answer that is disturbed. Default: the usual one. */
  readonly reply?: Reply;
};

type FaultKind =
  /** An error response of the API. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly type?: string;
      readonly message?: string;
      /** `error.details.error_code`. */
      readonly code?: string;
      readonly details?: Wire;
      /** For instance `retry-after`. */
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Any other response: by default the HTML page of a captive portal, with status 200. */
  | { readonly kind: 'body'; readonly status?: number; readonly body?: string; readonly contentType?: string }
  /** Accepts the request and never answers. */
  | { readonly kind: 'silence' }
  /** An `error` event inside the stream; by default `overloaded_error`. */
  | {
      readonly kind: 'errorEvent';
      readonly afterChars?: number;
      readonly type?: string;
      readonly message?: string;
      readonly code?: string;
    }
  /** The connection breaks. */
  | { readonly kind: 'cut'; readonly afterChars?: number }
  /** The stream ends properly, but without `message_stop`. */
  | { readonly kind: 'end'; readonly afterChars?: number }
  /** Nothing more comes; with `pingMs` only pings do. Milliseconds. */
  | { readonly kind: 'stall'; readonly afterChars?: number; readonly pingMs?: number }
  /** An event whose data is not JSON. */
  | { readonly kind: 'malformed'; readonly afterChars?: number }
  /** The model declines: a success with `stop_reason: 'refusal'`, by default without content. */
  | {
      readonly kind: 'refusal';
      readonly text?: string;
      readonly category?: string | null;
      readonly explanation?: string | null;
    }
  /** A stop reason that no client knows. */
  | { readonly kind: 'unknownStopReason'; readonly stopReason?: string }
  /** A content block of a type that no client knows, before the text. */
  | { readonly kind: 'unknownBlock'; readonly block?: Wire }
  | { readonly kind: 'unknownEvent'; readonly afterChars?: number }
  | { readonly kind: 'unknownDelta'; readonly afterChars?: number };

/** Faults that need no answer to disturb: they strike before the request is even read. */
export function strikesEarly(fault: Fault): boolean {
  return fault.kind === 'status' || fault.kind === 'body' || fault.kind === 'silence';
}

/** What the fault does to a stream at `afterChars`; empty when it changes the answer itself. */
export function stepsOf(fault: Fault, requestId: string): readonly Step[] {
  switch (fault.kind) {
    case 'errorEvent': {
      const { type = 'overloaded_error', message = 'Overloaded', code } = fault;
      const details = code ? { details: { error_code: code } } : {};
      const error = { type, message, ...details };
      return [{ kind: 'event', event: { type: 'error', error, request_id: requestId } }, { kind: 'end' }];
    }
    case 'cut':
      return [{ kind: 'destroy' }];
    case 'end':
      return [{ kind: 'end' }];
    case 'stall':
      return [{ kind: 'stall', pingMs: fault.pingMs }];
    case 'malformed':
      return [{ kind: 'raw', text: 'event: content_block_delta\ndata: {"type":"content_block_del\n\n' }];
    case 'unknownEvent':
      return [{ kind: 'event', event: { type: 'weather_report', forecast: 'sunny' } }];
    case 'unknownDelta':
      return [
        {
          kind: 'event',
          event: {
            type: 'content_block_delta',
            index: 0,
            delta: { type: 'melody_delta', notes: 'c d e' },
          },
        },
      ];
    default:
      return [];
  }
}

/** The answer that a fault makes of the one that was asked for. */
export function replyOf(fault: Fault): Reply | undefined {
  switch (fault.kind) {
    case 'refusal': {
      const { category = 'cyber', explanation = 'This request was declined by a safety classifier.' } = fault;
      return {
        ...fault.reply,
        blocks: fault.text ? [{ type: 'text', text: fault.text }] : [],
        stopReason: 'refusal',
        stopDetails: { type: 'refusal', category, explanation },
      };
    }
    case 'unknownStopReason':
      return { ...fault.reply, stopReason: fault.stopReason ?? 'moon_phase' };
    case 'unknownBlock': {
      const block = fault.block ?? { type: 'hologram', depth: 3 };
      const text = { type: 'text', text: fault.reply?.text ?? 'After the unknown block.' };
      return { ...fault.reply, blocks: [block, text] };
    }
    default:
      return fault.reply;
  }
}
