import type { Claude } from '../core/ports.ts';
import type { ClaudeOptions } from './connection.ts';
import { startCounting } from './counting.ts';
import { startExchange } from './exchange.ts';
import { listModels } from './models.ts';
import { warmCache } from './warming.ts';

/**
 * The Messages API behind one address, over the SDK. Nothing is sent before a question, a count or a list
 * of models is asked for, and the key is asked for anew each time, so that a changed key counts at once.
 * Only what is passed in matters: the `ANTHROPIC_...` variables of the user's shell do not.
 */
export function createClaude(options: ClaudeOptions): Claude {
  return {
    start: (request) => startExchange(options, request),
    countTokens: (request) => startCounting(options, request),
    warm: (request) => warmCache(options, request),
    models: (timeout) => listModels(options, timeout),
  };
}
