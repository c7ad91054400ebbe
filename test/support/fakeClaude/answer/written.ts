import type { Prepared } from '../prompt/prepare.ts';
import type { Reply } from '../reply.ts';
import type { Wire } from '../wire.ts';
import type { Composed } from './compose.ts';

/** What the model made of a request, with its bill. */
export interface Written {
  readonly blocks: readonly Wire[];
  readonly stopReason: string;
  readonly stopSequence: string | null;
  readonly usage: Wire;
}

/** Output is limited by the request, then by what the window leaves. */
export function roomFor(request: Wire, { model, tokens }: Prepared): { tokens: number; fullReason: string } {
  const asked = Number(request.max_tokens);
  const left = (model.info.max_input_tokens ?? Number.POSITIVE_INFINITY) - tokens;
  return left < asked
    ? { tokens: Math.max(0, left), fullReason: 'model_context_window_exceeded' }
    : { tokens: asked, fullReason: 'max_tokens' };
}

/** A scripted stop reason wins over the one that fits. */
export function ending(composed: Composed, reply: Reply): Omit<Written, 'usage'> {
  const { blocks, stopReason, stopSequence } = composed;
  return { blocks, stopReason: reply.stopReason ?? stopReason, stopSequence };
}
