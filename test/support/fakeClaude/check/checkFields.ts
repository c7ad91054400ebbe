import { invalid } from '../errors.ts';
import { isWire, type Wire } from '../wire.ts';
import { requireBeta } from './betas.ts';
import type { CheckContext } from './checkRequest.ts';

/** Top-level fields: which there are, which need a beta header, which this simulation has to refuse. */
export function checkFields(request: Wire, { betas, endpoint }: CheckContext): void {
  for (const [name, value] of Object.entries(request)) {
    if (REMOVED.has(name)) {
      throw invalid(name, 'Extra inputs are not permitted (sampling parameters were removed; use effort)');
    }
    const fields = endpoint === 'messages' ? MESSAGES_FIELDS : COUNT_FIELDS;
    if (!fields.has(name)) throw invalid(name, 'Extra inputs are not permitted');
    if (value === null || value === undefined) continue;
    const beta = BETA_FIELDS.get(name);
    if (beta) requireBeta(betas, name, beta);
    // On a model without fallbacks, as all of these are, the default means none.
    if (name === 'fallbacks' && value === 'default') continue;
    if (UNSUPPORTED.has(name)) throw invalid(name, 'not supported by the simulated Claude');
  }
}

/** Refuses fields of an object that are not in the list. */
export function onlyFields(value: unknown, path: string, fields: readonly string[]): void {
  if (!isWire(value)) throw invalid(path, 'Input should be an object');
  const extra = Object.keys(value).find((name) => !fields.includes(name));
  if (extra !== undefined) throw invalid(`${path}.${extra}`, 'Extra inputs are not permitted');
}

const REMOVED = new Set(['temperature', 'top_p', 'top_k']);

const SHARED = [
  'billing_policy',
  'cache_control',
  'compaction',
  'context_management',
  'mcp_servers',
  'messages',
  'model',
  'output_config',
  'output_format',
  'speed',
  'system',
  'thinking',
  'tool_choice',
  'tools',
];
const COUNT_FIELDS = new Set(SHARED);
const MESSAGES_FIELDS = new Set([
  ...SHARED,
  'container',
  'diagnostics',
  'fallback_credit_token',
  'fallbacks',
  'inference_geo',
  'max_tokens',
  'metadata',
  'service_tier',
  'stop_sequences',
  'stream',
  'thread',
]);

const BETA_FIELDS = new Map([
  ['compaction', 'compact-2026-09-04'],
  ['fallback_credit_token', 'fallback-credit-2026-07-01'],
  ['fallbacks', 'server-side-fallback-2026-07-01'],
  ['mcp_servers', 'mcp-client-2025-11-20'],
  ['thread', 'message-threads-2026-08-12'],
]);

const UNSUPPORTED = new Set([
  'billing_policy',
  'container',
  'fallback_credit_token',
  'fallbacks',
  'mcp_servers',
  'output_format',
  'thread',
]);
