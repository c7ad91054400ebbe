import type { Gate } from './gate.ts';
import type { Wire } from './wire.ts';

/**
 * What the simulated Claude shall say. Without `text`, `thinking` and `blocks` it says what it always says;
 * `{ blocks: [] }` is an empty answer.
 */
export interface Reply {
  readonly text?: string;
  /** Comes first, and only when the request has thinking on. */
  readonly thinking?: string;
  /** Raw content blocks instead of `text`; thinking blocks without a signature are signed. */
  readonly blocks?: readonly Wire[];
  /** Wins over what fits. Default: `end_turn`, `tool_use`, `stop_sequence` or `max_tokens`. */
  readonly stopReason?: string;
  readonly stopDetails?: Wire;
  /** Fields that override the counted usage, for bills that no real request would give. */
  readonly usage?: Wire;
  /** Characters per delta. Default: 24. */
  readonly chunkChars?: number;
  /** Milliseconds before each delta. Default: 0, or the speed of a real model at human pace. */
  readonly delayMs?: number;
  /** The stream pauses here until the gate opens. */
  readonly hold?: Gate;
  /** Characters that are sent before `hold`. Default: 0, right after `message_start`. */
  readonly holdAfterChars?: number;
}
